/// all-MiniLM-L6-v2: a text's meaning as 384 numbers of length 1.
struct TextEncoder: Sendable {
  static let width = 384
  /// Tokens a window, the two special ones included. The model was trained on 128.
  static let windowLength = 128
  /// Windows overlap, so that what is said across a border is read whole in one of them.
  static let windowStep = 94
  /// About 6,000 words. Longer texts are not judged, rather than judged by their beginning.
  static let maximumWindows = 64

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
    session = try store.session(.textEncoder, "encoder.onnx")
  }

  /// One embedding for each window of `text`; none for a text without tokens; nil when the text is
  /// longer than `maximumWindows`.
  func embeddings(of text: String) throws(InferenceError) -> [[Float]]? {
    let tokens = tokenizer.encode(text)
    let content = Self.windowLength - 2
    var embeddings: [[Float]] = []
    var start = 0
    while start < tokens.count {
      guard embeddings.count < Self.maximumWindows else { return nil }
      let end = min(start + content, tokens.count)
      let ids = [tokenizer.classification] + tokens[start..<end] + [tokenizer.separator]
      let mask = [Int64](repeating: 1, count: ids.count)
      let output = try session.run(
        [
          ("input_ids", try Tensor(ids, shape: [1, ids.count])),
          ("attention_mask", try Tensor(mask, shape: [1, ids.count])),
        ], outputs: ["embedding"])
      embeddings.append(output[0].floats)
      if end == tokens.count { break }
      start += Self.windowStep
    }
    return embeddings
  }
}
