import Testing

@testable import Watermark

struct FlatBordersTests {
  private func borders(of scene: Scene, top: Int, left: Int) -> FlatBorders.Box? {
    var borders = FlatBorders()
    let (width, height) = (scene.width + 2 * left, scene.height + 2 * top)
    for (number, frame) in scene.frames.enumerated() {
      var luma = [UInt8](repeating: UInt8(16 + number % 3), count: width * height)
      for y in 0..<scene.height {
        luma.replaceSubrange(
          (y + top) * width + left..<(y + top) * width + left + scene.width,
          with: frame[y * scene.width..<(y + 1) * scene.width])
      }
      borders.add(luma: luma.span, width: width, height: height, stride: width)
    }
    return borders.inside
  }

  @Test func barsAreCut() {
    let scene = Scene(width: 320, height: 180, count: 6)
    #expect(
      borders(of: scene, top: 70, left: 0)
        == FlatBorders.Box(x: 0, y: 70, width: 320, height: 180))
    #expect(
      borders(of: scene, top: 0, left: 50)
        == FlatBorders.Box(x: 50, y: 0, width: 320, height: 180))
  }

  /// A title card: flat where it meets its bars, but not as dark as they are.
  @Test func aFlatSceneIsNoBar() {
    var card = Scene(width: 320, height: 180, count: 2)
    for index in card.frames.indices {
      for y in 0..<180 {
        for x in 0..<320 where !(60..<120).contains(y) || !(80..<240).contains(x) {
          card.frames[index][y * 320 + x] = UInt8(30 + (x + y) % 3)
        }
      }
    }
    #expect(
      borders(of: card, top: 70, left: 0) == FlatBorders.Box(x: 0, y: 70, width: 320, height: 180))
  }

  @Test func aFullPictureHasNone() {
    #expect(borders(of: Scene(width: 320, height: 180, count: 6), top: 0, left: 0) == nil)
  }

  @Test func nothingButBarsIsNoPicture() {
    var flat = FlatBorders()
    let luma = [UInt8](repeating: 16, count: 200 * 100)
    flat.add(luma: luma.span, width: 200, height: 100, stride: 200)
    #expect(flat.inside == nil)
  }
}
