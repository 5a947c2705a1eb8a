/// all-MiniLM-L6-v2: a text as numbers, in three parts of length 1: the mean of the last layer (the
/// published embedding: what the text is about), the mean of the middle layer, and the largest
/// values of the last layer, in which single words show.
struct TextEncoder: Sendable {
  static let partWidth = 384
  static let width = 3 * partWidth
  /// Tokens a window, the two special ones included. The model was trained on 128.
  static let windowLength = 128
  /// Windows overlap, so that what is said across a border is read whole in one of them.
  static let windowStep = 94
  /// A longer text is read a second time in windows of a sentence or two: an embedding is a mean,
  /// and one bad sentence among ten calm ones would not show in it.
  static let shortWindowLength = 40
  static let shortWindowStep = 28
  /// About 6,000 words. Longer texts are not judged, rather than judged by their beginning.
  static let maximumTokens = 8_000

  private let tokenizer: WordPieceTokenizer
  private let session: OnnxSession

  /// Loads the model at the first call of the process.
  init(store: ModelStore) throws(ModelError) {
    let vocabulary = String(
      decoding: try store.contents(.textEncoder, "vocab.txt"), as: UTF8.self)
    do {
      tokenizer = try WordPieceTokenizer(vocabulary: vocabulary)
    } catch {
      throw .unreadable("minilm/vocab.txt is no BERT vocabulary; run Scripts/models")
    }
    session = try store.session(.textEncoder, "features.onnx")
  }

  /// One embedding for each window of `text`, the first over its beginning; none for a text without
  /// tokens; nil when the text has more than `maximumTokens`.
  func embeddings(of text: String) throws(InferenceError) -> [[Float]]? {
    let tokens = tokenizer.encode(text)
    guard tokens.count <= Self.maximumTokens else { return nil }
    var embeddings: [[Float]] = []
    for window in Self.windows(tokens.count) {
      let ids = [tokenizer.classification] + tokens[window] + [tokenizer.separator]
      let mask = [Int64](repeating: 1, count: ids.count)
      let output = try session.run(
        [
          ("input_ids", try Tensor(ids, shape: [1, ids.count])),
          ("attention_mask", try Tensor(mask, shape: [1, ids.count])),
        ], outputs: ["embedding"])
      let embedding = output[0].floats
      guard embedding.count == Self.width else {
        throw InferenceError(reason: "the text encoder is of another version; run Scripts/models")
      }
      embeddings.append(embedding)
    }
    return embeddings
  }

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
