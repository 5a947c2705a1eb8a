import TestKit
import Testing

@testable import Fingerprint

struct WindowCodeTests {
  /// Crops that lie between the windows that have codes are still brought up, and strangers are not.
  @Test func aCropAnywhereIsNearOneOfTheWindows() throws {
    let whole = try #require(
      FramePrint(of: PaintedScene(seed: 5).image(width: 160, height: 90), time: 0))
    let codes = WindowCode.codes(of: whole.sketch)
    #expect(codes.count == WindowCode.windows.count)
    func nearest(_ scene: UInt64, _ x: Double, _ y: Double, _ part: Double) throws -> Int {
      let image = PaintedScene(seed: scene).image(width: 120, height: 68, x: x, y: y, part: part)
      let sketch = try #require(FramePrint(of: image, time: 0)).sketch
      let code = WindowCode.code(of: sketch)
      return codes.map { ($0 ^ code).nonzeroBitCount }.min()!
    }
    for (x, y, part) in [(0.13, 0.07, 0.8), (0.02, 0.11, 0.83), (0.19, 0.2, 0.77)] {
      #expect(try nearest(5, x, y, part) <= WindowCode.candidateDistance, "\(x), \(y), \(part)")
    }
    let strangers = try (100..<120).map { try nearest($0, 0.1, 0.1, 0.8) }
    #expect(strangers.min()! > WindowCode.candidateDistance / 2)
  }
}
