public import Classifiers
public import Evidence
public import Policy

/// Judges a text by itself, as the screen and inspect stages judge the same text: without a job, a
/// caller or a log.
public struct TextModeration: Sendable {
  /// What a text is to a clip.
  public enum Modality: String, CaseIterable, Sendable {
    case prompt, transcript, scene
    case textInFrame = "text_in_frame"

    /// The stage that sees such texts: a prompt is all there is before a core is asked.
    public var stage: Stage { self == .prompt ? .screen : .inspect }

    public var kind: EvidenceItem.Kind {
      switch self {
      case .prompt: .prompt
      case .transcript: .transcript
      case .scene: .scene
      case .textInFrame: .textInFrame
      }
    }
  }

  /// Nobody is asking here, so nobody is known to be of age.
  static let subject = Subject(tenant: "local")

  public let policy: PolicySet
  private let text: any TextChecking

  public init(policy: PolicySet, text: any TextChecking) {
    self.policy = policy
    self.text = text
  }

  /// With the classifiers of the model folder `models` and the word lists of `policy`. The models
  /// are read before this returns: the first text would run into the policy's time otherwise.
  public static func loading(policy: PolicySet, models: String) async -> TextModeration {
    let text = TextClassifier(store: ModelStore(directory: models), policy: policy)
    await text.warmUp()
    return TextModeration(policy: policy, text: text)
  }

  /// The same checks under several policies: they read every word list that one of them names.
  public static func loading(
    policies: [PolicySet], models: String
  ) async -> [TextModeration] {
    var seen: Set<String> = []
    let text = TextClassifier(
      store: ModelStore(directory: models),
      lexicons: policies.flatMap(\.lexicons).filter { seen.insert($0.list).inserted })
    await text.warmUp()
    return policies.map { TextModeration(policy: $0, text: text) }
  }

  /// Never throws: a text that could not be judged is at least held, with the reasons.
  public func judge(_ content: String, as modality: Modality) async -> TextJudgement {
    judgement(of: await signals(for: content), as: modality)
  }

  /// What the checks say of a text, within the policy's time.
  public func signals(for content: String) async -> [Signal] {
    let (text, policy) = (text, policy)
    return await bounded(by: policy.timeout(of: "text")) {
      await text.signals(for: content, under: policy)
    } ?? [.unknown("text", check: "text", .timedOut)]
  }

  /// What the policy makes of what the checks said.
  public func judgement(of signals: [Signal], as modality: Modality) -> TextJudgement {
    let item = EvidenceItem(kind: modality.kind, signals: signals)
    var decision = policy.evaluate(stage: modality.stage, items: [item], subject: Self.subject)
    // A policy may let a check's failure pass. A text that the model did not judge at all is no
    // evidence then: the policy's word on that holds it.
    if decision.outcome < .review, !signals.contains(where: { $0.check == "text" && $0.isScored }) {
      decision = policy.evaluate(stage: modality.stage, items: [], subject: Self.subject)
    }
    return TextJudgement(decision: decision, signals: signals)
  }
}

/// What is said of one text.
public struct TextJudgement: Equatable, Sendable {
  public let decision: Decision
  /// All that the checks said: categories, and a signal for each word list.
  public let signals: [Signal]

  public init(decision: Decision, signals: [Signal]) {
    self.decision = decision
    self.signals = signals
  }

  /// `allow`, `review` or `block`: what is flagged goes on.
  public var answer: Outcome { decision.outcome == .flag ? .allow : decision.outcome }

  /// The rules in force that fired, each once, most severe first.
  public var rules: [String] {
    var seen: Set<String> = []
    return decision.fired.lazy.filter { !$0.isShadow }.map(\.rule).filter {
      seen.insert($0).inserted
    }
  }

  /// What the model scored, from 0 to 1: the categories by OpenAI's names, and `unsafe`. Categories
  /// without a score are not here; `doubts` says why.
  public var scores: [(category: String, score: Double)] {
    signals.compactMap { signal in
      guard signal.check == "text", case .score(let score) = signal.value else { return nil }
      return (signal.name, score)
    }
  }

  /// Why checks have no answer, each reason once.
  public var doubts: [String] {
    var seen: Set<String> = []
    return signals.compactMap { signal in
      guard case .unknown(let reason) = signal.value else { return nil }
      let text = "\(reason.code): \(reason.detail)"
      return seen.insert(text).inserted ? text : nil
    }
  }
}

extension TextClassifier {
  /// With the word lists that the rules of `policy` name.
  public convenience init(store: ModelStore, policy: PolicySet) {
    self.init(store: store, lexicons: policy.lexicons)
  }

  convenience init(store: ModelStore, lexicons: [PolicyLexicon]) {
    self.init(
      store: store,
      lexicons: lexicons.map {
        Classifiers.Lexicon(name: $0.list, version: $0.version, terms: $0.terms, sha256: $0.sha256)
      })
  }
}

extension Signal {
  fileprivate var isScored: Bool {
    if case .score = value { true } else { false }
  }
}
