import Glibc
import Pixels

/// PP-OCRv6's recognizer: a line of text as a picture of 48 pixels' height, read from left to right,
/// one guess a step (connectionist temporal classification, Graves et al. 2006).
struct TextRecognizer: Sendable {
  private static let height = 48
  /// Shorter lines are filled up with grey to this, as in the training.
  private static let shortest = 320
  /// About 150 letters. What is longer is read smaller.
  private static let longest = 3072

  private let session: OnnxSession
  /// By the model's output; the first stands for "nothing new".
  private let characters: [String]

  init(store: ModelStore) throws(ModelError) {
    let list = String(decoding: try store.contents(.reading, "characters.txt"), as: UTF8.self)
    characters =
      [""] + list.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      + [" "]
    session = try store.session(.reading, "rec.onnx")
  }

  /// The text of one line and how sure the model is of it, from 0 to 1.
  func read(_ line: TextLine, in image: RGBImage) throws(InferenceError) -> (String, Double) {
    let (values, width) = Self.input(line, in: image)
    let output = try session.run(
      [("x", try Tensor(values, shape: [1, 3, Self.height, width]))], outputs: ["fetch_name_0"])[0]
    guard output.shape.last == characters.count else {
      throw InferenceError(reason: "the text recognizer is of another version; run Scripts/models")
    }
    return Self.decode(output.floats, characters)
  }

  /// The line upright, blue, green and red from -1 to 1, planes one after the other.
  static func input(_ line: TextLine, in image: RGBImage) -> (values: [Float], width: Int) {
    let ratio = line.length / max(line.height, 1)
    let filled = min(max(Int((Float(height) * ratio).rounded(.up)), 8), longest)
    let width = max(filled, shortest)
    var values = [Float](repeating: 0, count: 3 * height * width)
    let (cosine, sine) = (cosf(line.angle), sinf(line.angle))
    let (along, across) = (line.length / Float(filled), line.height / Float(height))
    // A large line is averaged down, not picked from.
    let fine = min(max(Int(max(along, across).rounded(.up)), 1), 4)
    for row in 0..<height {
      for column in 0..<filled {
        var sum: SIMD3<Float> = .zero
        for step in 0..<fine * fine {
          let part = (Float(step % fine) + 0.5) / Float(fine)
          let partDown = (Float(step / fine) + 0.5) / Float(fine)
          let x = (Float(column) + part) * along - line.length / 2
          let y = (Float(row) + partDown) * across - line.height / 2
          sum += image.sample(
            x: line.x + x * cosine - y * sine - 0.5, y: line.y + x * sine + y * cosine - 0.5)
        }
        sum /= Float(fine * fine) * 127.5
        for channel in 0..<3 {
          values[(channel * height + row) * width + column] = sum[2 - channel] - 1
        }
      }
    }
    return (values, width)
  }

  /// The best guess of each step, repetitions and "nothing new" taken out.
  static func decode(_ scores: [Float], _ characters: [String]) -> (String, Double) {
    var text = ""
    var sureness = 0.0
    var letters = 0
    var previous = 0
    var start = 0
    while start + characters.count <= scores.count {
      var best = 0
      for index in 1..<characters.count where scores[start + index] > scores[start + best] {
        best = index
      }
      if best != 0, best != previous {
        text += characters[best]
        sureness += Double(scores[start + best])
        letters += 1
      }
      previous = best
      start += characters.count
    }
    return (text, letters == 0 ? 0 : sureness / Double(letters))
  }
}
