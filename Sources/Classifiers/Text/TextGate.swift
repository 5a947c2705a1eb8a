/// The text model: all-MiniLM-L6-v2 with the adapter and the head of `Models/text-gate.safetensors`
/// merged into it by `Scripts/models`. Tokens in, a score for each of `TextClassifier.names` out.
struct TextGate: Sendable {
  /// Tokens a window, the two special ones included. The model was trained on 128.
  static let windowLength = 128
  /// Windows overlap, so that what is said across a border is read whole in one of them.
  static let windowStep = 94
  /// A longer text is read a second time in windows of a sentence or two: the model looks at the
  /// mean of a text, and one bad sentence among ten calm ones would not show in it.
  static let shortWindowLength = 40
  static let shortWindowStep = 28
  /// About 6,000 words. Longer texts are not judged, rather than judged by their beginning.
  static let maximumTokens = 8_000

  private let tokenizer: WordPieceTokenizer
  private let session: OnnxSession

  /// What the vocabulary says of disguised words.
  let words: WordList

  /// Loads the model at the first call of the process.
  init(store: ModelStore) throws(ModelError) {
    let vocabulary = String(decoding: try store.contents(.textGate, "vocab.txt"), as: UTF8.self)
    do {
      tokenizer = try WordPieceTokenizer(vocabulary: vocabulary)
    } catch {
      throw .unreadable("text-gate/vocab.txt is no BERT vocabulary; run Scripts/models")
    }
    words = WordList(vocabulary: vocabulary)
    session = try store.session(.textGate, "text-gate.onnx")
  }

  /// The highest score of each name in any window of `text`; zeros for a text without tokens; nil
  /// when the text has more than `maximumTokens`.
  func scores(of text: String) throws(InferenceError) -> [Double]? {
    let tokens = tokenizer.encode(text)
    guard tokens.count <= Self.maximumTokens else { return nil }
    var best = [Double](repeating: 0, count: TextClassifier.names.count)
    for window in Self.windows(tokens.count) {
      let scores = try run(tokens[window], output: "scores")
      guard scores.count == best.count, scores.allSatisfy(\.isFinite) else {
        throw InferenceError(reason: "the text model is of another version; run Scripts/models")
      }
      for index in best.indices { best[index] = max(best[index], Double(scores[index])) }
    }
    return best
  }

  private func run(
    _ tokens: ArraySlice<Int64>, output: String
  ) throws(InferenceError) -> [Float] {
    let ids = [tokenizer.classification] + tokens + [tokenizer.separator]
    return try session.run(
      [("input_ids", try Tensor(ids, shape: [1, ids.count]))], outputs: [output])[0].floats
  }

  /// Numbers that the head reads of a window.
  static let featureCount = 3 * 384

  /// What the head reads of each window of `text`.
  func features(of text: String) throws(InferenceError) -> [[Float]] {
    let tokens = tokenizer.encode(text)
    var features: [[Float]] = []
    for window in Self.windows(tokens.count) {
      features.append(try run(tokens[window], output: "features"))
    }
    return features
  }

  /// Token ids of `text` without the special ones.
  func tokens(_ text: String) -> [Int64] { tokenizer.encode(text) }

  static func windows(_ count: Int) -> [Range<Int>] {
    let long = cut(count, length: windowLength - 2, step: windowStep)
    if count <= shortWindowLength * 3 / 2 { return long }
    return long + cut(count, length: shortWindowLength, step: shortWindowStep)
  }

  private static func cut(_ count: Int, length: Int, step: Int) -> [Range<Int>] {
    var windows: [Range<Int>] = []
    var start = 0
    while start < count {
      let end = min(start + length, count)
      windows.append(start..<end)
      if end == count { break }
      start += step
    }
    return windows
  }
}
