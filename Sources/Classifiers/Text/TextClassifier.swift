import Bytes
public import Evidence
import Synchronization

/// All that is said of a text: the 13 categories of OpenAI's moderation and `unsafe`, by the text
/// model (check `text`), and each word list (check `lexicon`).
public final class TextClassifier: Sendable {
  /// The names of OpenAI's moderation categories.
  public static let categories = [
    "sexual", "sexual/minors", "harassment", "harassment/threatening", "hate", "hate/threatening",
    "illicit", "illicit/violent", "self-harm", "self-harm/intent", "self-harm/instructions",
    "violence", "violence/graphic",
  ]
  /// The signals of check `text`: the categories, and whether the text is unsafe at all. The order
  /// is that of the model's outputs.
  public static let names = ["unsafe"] + categories

  private struct Model: Sendable {
    let gate: TextGate
    let identity: ModelIdentity?
  }

  private let store: ModelStore
  private let lexicons: [Lexicon]
  private let pool: InferencePool
  private let model = Mutex<Model?>(nil)

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
    let model: Model
    do {
      model = try loaded()
    } catch {
      let views = TextNormalizer.views(of: text)
      return unknown(error.unknown) + lexicons.map { $0.signal(for: views) }
    }
    let views = TextNormalizer.views(of: text, words: model.gate.words)
    // A part that was decoded out of a text is what it was written for.
    if views.count == 1, LanguageGate.isUnread(views[0], words: model.gate.words) {
      return unknown(.notEvaluated("the text is in a language that the text model does not know"))
        + lexicons.map { $0.signal(for: views) }
    }
    return signals(of: views, model) + lexicons.map { $0.signal(for: views) }
  }

  private func signals(of views: [NormalizedText], _ model: Model) -> [Signal] {
    var best = [Double](repeating: 0, count: Self.names.count)
    do {
      for view in views {
        guard let scores = try model.gate.scores(of: view.text) else {
          return unknown(.notEvaluated("the text is too long for the text model"))
        }
        for index in best.indices { best[index] = max(best[index], scores[index]) }
      }
    } catch {
      return unknown(.failed("the text model failed: \(error)"))
    }
    return zip(Self.names, best).map { name, score in
      Signal(name: name, value: .score(score), check: "text", model: model.identity)
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
    let loaded = Model(
      gate: try TextGate(store: store), identity: store.identity(of: .textGate))
    model.withLock { $0 = loaded }
    return loaded
  }

  /// The token ids of all that a verdict on `text` rests on, the text itself first, then its
  /// decoded parts: what `Training/text-gate` trains on. Nil when the model is missing.
  public func tokens(of text: String) async -> [[Int64]]? {
    await pool.run {
      guard let gate = try? self.loaded().gate else { return nil }
      return TextNormalizer.views(of: text, words: gate.words).map { gate.tokens($0.text) }
    } ?? nil
  }

  /// Numbers that the model's head reads of a window.
  public static let featureCount = TextGate.featureCount

  /// What the model's head reads of each window of `text` and of its decoded parts. Nil when the
  /// model is missing or fails.
  public func features(of text: String) async -> [[Float]]? {
    await pool.run {
      guard let gate = try? self.loaded().gate else { return nil }
      let views = TextNormalizer.views(of: text, words: gate.words)
      return try? views.flatMap { try gate.features(of: $0.text) }
    } ?? nil
  }
}
