/// A model and the exact bytes that answered, so that a decision can be traced to them.
public struct ModelIdentity: Equatable, Hashable, Sendable {
  public let name: String
  /// SHA-256 of the model file, lower-case hexadecimal; empty for rules that are code.
  public let sha256: String

  public init(name: String, sha256: String) {
    self.name = name
    self.sha256 = sha256
  }
}

/// What one check says of one piece of evidence.
public struct Signal: Equatable, Sendable {
  public enum Value: Equatable, Sendable {
    /// 0 (no sign of it) to 1.
    case score(Double)
    /// The check did not run, failed or does not apply. Never read as "clean".
    case unknown(UnknownReason)
  }

  /// The category or tag that is scored: `sexual`, `violence/graphic`, `nudity`, `lexicon:slurs` …
  /// OpenAI's moderation names where one exists.
  public let name: String
  public let value: Value
  /// The check it belongs to, as the policy's `checks` names it: `text`, `lexicon`, `nudity`, `transcript` …
  public let check: String
  public let model: ModelIdentity?
  /// Where in the *original* text, as UTF-8 offsets, when the check can say.
  public let span: Range<Int>?

  public init(
    name: String, value: Value, check: String, model: ModelIdentity? = nil,
    span: Range<Int>? = nil
  ) {
    self.name = name
    self.value = value
    self.check = check
    self.model = model
    self.span = span
  }
}

/// Why a check has no score.
public enum UnknownReason: Equatable, Sendable {
  case notEvaluated(String)
  case modelMissing(String)
  case timedOut
  case failed(String)

  /// Stable code for logs and policies' tests.
  public var code: String {
    switch self {
    case .notEvaluated: "not_evaluated"
    case .modelMissing: "model_missing"
    case .timedOut: "timed_out"
    case .failed: "failed"
    }
  }

  /// A sentence for an operator.
  public var detail: String {
    switch self {
    case .notEvaluated(let why), .modelMissing(let why), .failed(let why): why
    case .timedOut: "the check did not answer within its time"
    }
  }
}
