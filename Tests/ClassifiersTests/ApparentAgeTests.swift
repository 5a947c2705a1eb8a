import Pixels
import Testing

@testable import Classifiers

struct ApparentAgeTests {
  /// Red grows to the right, green downwards.
  private func ramp(_ side: Int) throws -> RGBImage {
    var pixels: [UInt8] = []
    for y in 0..<side { for x in 0..<side { pixels += [UInt8(x), UInt8(y), 0] } }
    return try #require(RGBImage(width: side, height: side, pixels: pixels))
  }

  private func face(_ move: (Face.Point) -> Face.Point) -> Face {
    Face(
      score: 1, left: 0, top: 0, right: 64, bottom: 64, landmarks: ApparentAge.places.map(move))
  }

  private func colour(_ chip: [Float], _ x: Int, _ y: Int) -> [Float] {
    Array(chip[(y * ApparentAge.side + x) * 3..<(y * ApparentAge.side + x) * 3 + 2])
  }

  @Test func `A face in its place is taken as it is`() throws {
    let chip = ApparentAge.aligned(face { $0 }, in: try ramp(64))
    #expect(chip.count == 64 * 64 * 3)
    let found = colour(chip, 20, 40)
    #expect(abs(found[0] - 20) < 0.1 && abs(found[1] - 40) < 0.1)
  }

  @Test func `A face that is moved, turned and twice as large comes out upright`() throws {
    // A quarter turn clockwise, about (60, 60).
    let chip = ApparentAge.aligned(
      face { Face.Point(x: 140 - 2 * $0.y, y: 20 + 2 * $0.x) }, in: try ramp(200))
    let found = colour(chip, 20, 40)
    #expect(abs(found[0] - 60) < 1.5 && abs(found[1] - 60) < 1.5)
  }

  @Test func `Beyond the edge the edge goes on`() throws {
    let chip = ApparentAge.aligned(face { Face.Point(x: $0.x - 64, y: $0.y) }, in: try ramp(64))
    #expect(colour(chip, 10, 10)[0] == 0)
    #expect(chip.allSatisfy { $0.isFinite })
  }

  @Test func `Faces without extent are no trap`() throws {
    let chip = ApparentAge.aligned(face { _ in Face.Point(x: 5, y: 5) }, in: try ramp(64))
    #expect(chip.allSatisfy { $0.isFinite })
  }
}
