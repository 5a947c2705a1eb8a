import Pixels
import TestKit
import Testing

@testable import Fingerprint

struct FrameSketchTests {
  private let scene = PaintedScene(seed: 3)

  private func print(_ image: RGBImage) throws -> FramePrint {
    try #require(FramePrint(of: image, time: 0))
  }

  @Test func aSketchOfTheWholeHasTheHashOfTheWhole() throws {
    let frame = try print(scene.image(width: 160, height: 90))
    #expect(frame.hash == PDQ(of: scene.image(width: 160, height: 90)).hash)
    #expect(frame.sketch.hash(of: .whole).distance(to: frame.hash) <= 10)
    #expect(frame.isReliable)
  }

  /// What PDQ alone cannot do: the hash of a part, worked out from the whole.
  @Test(arguments: [(0.0, 0.0, 0.8), (0.13, 0.07, 0.8), (0.1, 0.1, 0.9), (0.2, 0.05, 0.6)])
  func theHashOfAPartIsThatOfTheCroppedPicture(_ part: (x: Double, y: Double, side: Double)) throws
  {
    let whole = try print(scene.image(width: 160, height: 90))
    let crop = try print(
      scene.image(width: 128, height: 72, x: part.x, y: part.y, part: part.side))
    let window = FrameWindow(x: part.x, y: part.y, width: part.side, height: part.side)
    #expect(whole.sketch.hash(of: window).distance(to: crop.hash) <= PDQHash.matchDistance)
    #expect(whole.hash.distance(to: crop.hash) > PDQHash.matchDistance)
  }

  @Test func turnsAndMirrorsComeBackToThemselves() throws {
    let sketch = try print(scene.image(width: 64, height: 64)).sketch
    let turned = sketch.oriented(isMirrored: false, quarterTurns: 1)
    #expect(turned != sketch)
    #expect(turned.oriented(isMirrored: false, quarterTurns: 3) == sketch)
    let mirrored = sketch.oriented(isMirrored: true, quarterTurns: 0)
    #expect(mirrored != sketch)
    #expect(mirrored.oriented(isMirrored: true, quarterTurns: 0) == sketch)
  }

  @Test func otherNumbersOfBytesAreNoSketch() {
    #expect(FrameSketch(bytes: []) == nil)
    #expect(FrameSketch(bytes: [UInt8](repeating: 0, count: 4097)) == nil)
  }
}
