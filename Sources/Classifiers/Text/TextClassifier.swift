import Bytes
public import Evidence
import PKI
import Synchronization

/// All that is said of a text: the 13 categories of OpenAI's moderation and `unsafe`, by embedding
/// and trained heads (check `text`), and each word list (check `lexicon`).
public final class TextClassifier: Sendable {
  /// The names of OpenAI's moderation categories.
  public static let categories = [
    "sexual", "sexual/minors", "harassment", "harassment/threatening", "hate", "hate/threatening",
    "illicit", "illicit/violent", "self-harm", "self-harm/intent", "self-harm/instructions",
    "violence", "violence/graphic",
  ]
  /// The signals of check `text`: the categories, and whether the text is unsafe at all.
  public static let names = ["unsafe"] + categories

  /// Numbers an embedding has.
  public static let embeddingWidth = TextEncoder.width

  private struct Model: Sendable {
    let encoder: TextEncoder
    let heads: TextHeads
    let identity: ModelIdentity
  }

  private let store: ModelStore
  private let lexicons: [Lexicon]
  private let pool: InferencePool
  private let model = Mutex<Model?>(nil)
  private let encoder = Mutex<TextEncoder?>(nil)

  public init(store: ModelStore, lexicons: [Lexicon], pool: InferencePool = .shared) {
    self.store = store
    self.lexicons = lexicons
    self.pool = pool
  }

  /// Signals for `text`: one for each of `names`, one for each word list. Never throws: what could
  /// not be judged is unknown with a reason. Milliseconds for a sentence.
  public func signals(for text: String) async -> [Signal] {
    await pool.run { self.judge(text) }
      ?? unknown(.notEvaluated("too many texts wait for the classifiers"), lexicons: true)
  }

  /// Loads the model now, so that the first request does not wait for it.
  public func warmUp() async { _ = await signals(for: "a quiet landscape") }

  private func judge(_ text: String) -> [Signal] {
    guard text.utf8.count <= TextNormalizer.maximumBytes else {
      return unknown(
        .notEvaluated("the text is longer than \(TextNormalizer.maximumBytes) bytes"),
        lexicons: true)
    }
    let views = TextNormalizer.views(of: text)
    return modelSignals(views) + lexicons.map { $0.signal(for: views) }
  }

  private func modelSignals(_ views: [NormalizedText]) -> [Signal] {
    do {
      let model = try loaded()
      var best = [Double](repeating: 0, count: model.heads.labels.count)
      for view in views {
        guard let embeddings = try model.encoder.embeddings(of: view.text) else {
          return unknown(.notEvaluated("the text is too long for the text model"))
        }
        for embedding in embeddings {
          let scores = model.heads.scores(embedding)
          for index in scores.indices { best[index] = max(best[index], scores[index]) }
        }
      }
      return Self.names.map { name in
        let value: Signal.Value =
          model.heads.labels.firstIndex(of: name).map { .score(best[$0]) }
          ?? .unknown(.notEvaluated("the installed text heads do not know \(name)"))
        return Signal(name: name, value: value, check: "text", model: model.identity)
      }
    } catch let error as ModelError {
      return unknown(error.unknown)
    } catch {
      return unknown(.failed("the text model failed: \(error)"))
    }
  }

  private func unknown(_ reason: UnknownReason, lexicons all: Bool = false) -> [Signal] {
    let lists = all ? lexicons.map { ("lexicon:\($0.name)", "lexicon") } : []
    return (Self.names.map { ($0, "text") } + lists).map {
      Signal(name: $0.0, value: .unknown(reason), check: $0.1)
    }
  }

  private func loaded() throws(ModelError) -> Model {
    if let model = model.withLock({ $0 }) { return model }
    let file = try store.contents(.textHeads, "heads.json")
    let heads: TextHeads
    do {
      heads = try TextHeads(json: file)
    } catch {
      throw .unreadable("text-heads/heads.json: \(error.reason)")
    }
    let encoder = try loadedEncoder()
    // The answer rests on both files: named by the hash of their hashes.
    let parts = [store.identity(of: .textEncoder), store.identity(of: .textHeads)].compactMap(
      \.self)
    let identity = ModelIdentity(
      name: parts.map(\.name).joined(separator: " + "),
      sha256: Hex.encode(
        HashAlgorithm.sha256.digest(Array(parts.map(\.sha256).joined().utf8))))
    let loaded = Model(encoder: encoder, heads: heads, identity: identity)
    model.withLock { $0 = loaded }
    return loaded
  }

  private func loadedEncoder() throws(ModelError) -> TextEncoder {
    if let encoder = encoder.withLock({ $0 }) { return encoder }
    let loaded = try TextEncoder(store: store)
    encoder.withLock { $0 = loaded }
    return loaded
  }

  /// The embedding of the beginning of `text`, normalised: what `Training/text-heads` trains on.
  /// Nil when the model is missing or the text has no words.
  public func embedding(of text: String) async -> [Float]? {
    await pool.run {
      guard let encoder = try? self.loadedEncoder() else { return nil }
      return try? encoder.embeddings(of: TextNormalizer.trainingView(of: text))?.first
    } ?? nil
  }

  /// All embeddings that a verdict on `text` rests on: what thresholds are chosen for.
  public func embeddings(of text: String) async -> [[Float]] {
    await pool.run {
      guard let encoder = try? self.loadedEncoder() else { return [] }
      return TextNormalizer.views(of: text).flatMap { view in
        ((try? encoder.embeddings(of: view.text)) ?? nil) ?? []
      }
    } ?? []
  }
}
