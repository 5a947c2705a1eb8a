import Pixels
import Testing

@testable import Classifiers

struct TextRecognizerTests {
  private let characters = ["", "a", "b", " "]

  private func decode(_ steps: [Int], sure: Float = 0.9) -> (String, Double) {
    TextRecognizer.decode(
      steps.flatMap { best in
        (0..<characters.count).map { $0 == best ? sure : (1 - sure) / 3 }
      }, characters)
  }

  @Test func `Repeated guesses are one letter, unless something lies between`() {
    #expect(decode([0, 1, 1, 0, 1, 2, 2, 3, 2]).0 == "aab b")
    #expect(abs(decode([1, 1, 2]).1 - 0.9) < 1e-6)
    #expect(decode([0, 0]).0.isEmpty && decode([0, 0]).1 == 0)
    #expect(decode([]).0.isEmpty)
  }

  @Test func `A turned line is read upright`() throws {
    // White above, black below, in a picture that lies on its side.
    var pixels: [UInt8] = []
    for _ in 0..<100 {
      for x in 0..<100 { pixels += [UInt8](repeating: x < 50 ? 0 : 255, count: 3) }
    }
    let image = try #require(RGBImage(width: 100, height: 100, pixels: pixels))
    let line = TextLine(x: 50, y: 50, length: 80, height: 40, angle: .pi / 2)
    let (values, width) = TextRecognizer.input(line, in: image)
    #expect(values.count == 3 * 48 * width)
    // Reading downwards, what lay on the right is on top.
    #expect(values[10 * width + 40] > 0.9 && values[40 * width + 40] < -0.9)
    // What fills the picture up to its least width is grey.
    #expect(values[10 * width + width - 1] == 0)
  }
}
