import Pixels
import Testing

@testable import Classifiers

struct TextDetectorTests {
  /// A map of 64 x 64 in which the pixels that `inside` says belong to lines.
  private func lines(_ inside: (Float, Float) -> Bool, value: Float = 0.9) -> [TextLine] {
    var map = [Float](repeating: 0, count: 64 * 64)
    for index in map.indices where inside(Float(index % 64), Float(index / 64)) {
      map[index] = value
    }
    return TextDetector.pieces(of: map, width: 64, height: 64)
      .compactMap { TextDetector.line($0, map, 64) }
  }

  @Test func `A bar is a line that is larger than its core`() throws {
    let line = try #require(lines { x, y in (10..<50).contains(x) && (20..<24).contains(y) }.first)
    #expect(abs(line.x - 30) < 0.1 && abs(line.y - 22) < 0.1)
    #expect(abs(line.angle) < 0.01)
    #expect(line.length > 40 && line.length < 52)
    #expect(line.height > 8 && line.height < 14)
  }

  @Test func `A slanted line runs along itself, one on end downwards`() throws {
    let slanted = try #require(
      lines { x, y in abs(y - x * 0.5 - 10) < 2.5 && (5..<55).contains(x) }.first)
    #expect(abs(slanted.angle - 0.46) < 0.05)
    let upright = try #require(
      lines { x, y in (30..<34).contains(x) && (5..<60).contains(y) }.first)
    #expect(abs(upright.angle - .pi / 2) < 0.01)
    #expect(upright.length > 55)
  }

  @Test func `What is round has no direction of its own`() throws {
    let line = try #require(
      lines { x, y in (x - 32) * (x - 32) + (y - 32) * (y - 32) < 36 }.first)
    #expect(line.angle == 0)
  }

  @Test func `Specks and what is faint are no lines`() {
    #expect(lines { x, y in x < 3 && y < 3 }.isEmpty)
    #expect(lines({ x, y in x < 40 && y < 6 }, value: 0.5).isEmpty)
    #expect(lines { _, _ in false }.isEmpty)
  }

  @Test func `Lines are read from the top, side by side from the left`() {
    func line(_ x: Float, _ y: Float) -> TextLine {
      TextLine(x: x, y: y, length: 10, height: 8, angle: 0)
    }
    let order = TextDetector.readingOrder([line(40, 32), line(5, 10), line(10, 30), line(30, 12)])
    #expect(order.map(\.x) == [5, 30, 10, 40])
  }
}
