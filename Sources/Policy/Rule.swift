public import Evidence

/// One rule as it was written.
public struct Rule: Equatable, Sendable {
  /// How often within how long a condition must hold before the rule fires.
  public struct Window: Equatable, Sendable {
    public enum Unit: String, CaseIterable, Sendable { case frames, segments }

    public let unit: Unit
    public let count: Int
    public let seconds: Double

    public init(unit: Unit, count: Int, seconds: Double) {
      self.unit = unit
      self.count = count
      self.seconds = seconds
    }
  }

  public enum Mode: String, CaseIterable, Sendable {
    case enforce
    /// Evaluated and logged, never enforced.
    case shadow
  }

  public let id: String
  public let on: Set<EvidenceItem.Kind>
  public let when: Condition
  public let then: Outcome
  public let category: String
  /// The sentence for callers; nil means the general one.
  public let say: String?
  public let over: Window?
  public let mode: Mode
  /// Whether a lower layer may replace this rule by a weaker one of the same id.
  public let mayBeLoosened: Bool

  public init(
    id: String, on: Set<EvidenceItem.Kind>, when: Condition, then: Outcome, category: String,
    say: String? = nil, over: Window? = nil, mode: Mode = .enforce, mayBeLoosened: Bool = false
  ) {
    self.id = id
    self.on = on
    self.when = when
    self.then = then
    self.category = category
    self.say = say
    self.over = over
    self.mode = mode
    self.mayBeLoosened = mayBeLoosened
  }
}

/// What happens when a check has no answer, and how long it may take.
public struct Check: Equatable, Sendable {
  public enum OnError: String, CaseIterable, Comparable, Sendable {
    /// Go on, with an entry in the log and a line at start-up.
    case allow
    /// Hold for a person.
    case hold
    /// Refuse.
    case block

    public static func < (left: OnError, right: OnError) -> Bool {
      allCases.firstIndex(of: left)! < allCases.firstIndex(of: right)!
    }
  }

  /// Nil when the policy does not say.
  public let timeoutMilliseconds: Int?
  /// Nil when the policy does not say: a check that fails then holds.
  public let onError: OnError?
  /// The scores that the check answers for, so that a score which is not there at all can be put
  /// down to its check.
  public let scores: Set<String>

  public init(
    timeoutMilliseconds: Int? = nil, onError: OnError? = nil, scores: Set<String> = []
  ) {
    self.timeoutMilliseconds = timeoutMilliseconds
    self.onError = onError
    self.scores = scores
  }
}

/// How generated media are marked. Nil where a policy does not say.
public struct Marking: Equatable, Sendable {
  public enum Mode: String, CaseIterable, Sendable { case always, never }
  /// What is heard before recordings that have no picture.
  public enum Audible: String, CaseIterable, Sendable {
    case never
    /// Four tones, short, long, short, short: "AI" in Morse code.
    case rhythm
    /// The rhythm, and then words.
    case spoken
  }

  public var visible: Mode?
  /// Whether the caller's handle is written beside the mark.
  public var creatorName: Bool?
  public var watermark: Mode?
  public var audible: Audible?

  public init(
    visible: Mode? = nil, creatorName: Bool? = nil, watermark: Mode? = nil, audible: Audible? = nil
  ) {
    self.visible = visible
    self.creatorName = creatorName
    self.watermark = watermark
    self.audible = audible
  }
}
