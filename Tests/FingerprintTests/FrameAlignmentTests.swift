import TestKit
import Testing

@testable import Fingerprint

struct FrameAlignmentTests {
  private func sketch(
    _ seed: UInt64, x: Double = 0, y: Double = 0, part: Double = 1
  ) throws -> FrameSketch {
    let image = PaintedScene(seed: seed).image(width: 120, height: 68, x: x, y: y, part: part)
    return try #require(FramePrint(of: image, time: 0)).sketch
  }

  @Test func aCropIsFoundInTheFrameThatItComesFrom() throws {
    let known = try [sketch(1), sketch(2), sketch(3)]
    let crop = try sketch(2, x: 0.13, y: 0.07, part: 0.8)
    let best = try #require(
      FrameAlignment.best(of: crop, among: known, width: 0.8, height: 0.8))
    #expect(best.index == 1)
    #expect(best.alignment.distance <= FrameAlignment.sameDistance / 2)
    #expect(best.alignment.detail > 0.6)
    #expect(abs(best.alignment.window.x - 0.13) < 0.02)
    #expect(abs(best.alignment.window.y - 0.07) < 0.02)
  }

  /// A mark that was lifted claims frames that the picture is no part of.
  @Test func anotherPictureFitsNowhere() throws {
    let known = try (1...8).map { try sketch($0) }
    for stranger in try (20..<28).map({ try sketch($0, x: 0.1, y: 0.1, part: 0.8) }) {
      let best = try #require(
        FrameAlignment.best(of: stranger, among: known, width: 0.8, height: 0.8))
      #expect(best.alignment.distance >= FrameAlignment.differentDistance)
    }
  }

  @Test func whatHasLittleInCommonIsNotCompared() throws {
    let known = try [sketch(1)]
    #expect(
      FrameAlignment.best(of: try sketch(1), among: known, width: 0.1, height: 0.1) == nil)
  }
}
