import Pixels
import Testing

@testable import Classifiers

@Suite struct NudityClassifierTests {
  @Test func hasOnePipeline() throws {
    let image = try #require(
      RGBImage(
        width: 40, height: 20, pixels: (0..<800).flatMap { _ in [10, 20, 30] as [UInt8] }))
    let pixels = NudityClassifier.pixels(of: image)
    #expect(pixels.count == 224 * 224 * 3)
    // Blue, green, red, less the means 104, 117, 123.
    #expect(Array(pixels.prefix(3)) == [-74, -97, -113])
  }

  @Test func resizesByArea() throws {
    let checkers = try #require(
      RGBImage(
        width: 8, height: 8,
        pixels: (0..<64).flatMap { index -> [UInt8] in
          [UInt8]((0..<3).map { _ in (index / 8 + index).isMultiple(of: 2) ? 255 : 0 })
        }))
    let small = checkers.resized(width: 2, height: 2)
    #expect(small.pixels.allSatisfy { (120...135).contains($0) })
    #expect(checkers.resized(width: 8, height: 8) == checkers)
    #expect(checkers.resized(width: 16, height: 3).pixels.count == 16 * 3 * 3)
  }
}
