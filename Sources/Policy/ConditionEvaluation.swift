import Evidence

/// Kleene's three values.
enum Truth: Equatable, Sendable {
  case isFalse
  case isUnknown
  case isTrue
}

/// What a condition says of one item, and why.
struct Verdict: Sendable {
  /// The signal that decided.
  struct Witness: Sendable {
    let signal: String
    let score: Double
  }

  /// Something that could not be known, and the check that should have said it.
  struct Doubt: Sendable {
    let signal: String
    let check: String
    let reason: UnknownReason
  }

  var truth: Truth
  var witness: Witness?
  /// Set when `truth` is unknown.
  var doubts: [Doubt] = []

  static let no = Verdict(truth: .isFalse)
  static let yes = Verdict(truth: .isTrue)

  init(truth: Truth, witness: Witness? = nil, doubts: [Doubt] = []) {
    self.truth = truth
    self.witness = witness
    self.doubts = doubts
  }

  init(_ isTrue: Bool) { self = isTrue ? .yes : .no }
}

/// One item with its signals by name.
struct IndexedItem {
  /// What is known of a score: all answers of one name together.
  struct Known {
    /// The highest score, if any check gave one.
    var score: Double?
    /// Set when some check of this name has no answer.
    var unknown: Verdict.Doubt?
  }

  let item: EvidenceItem
  private let known: [String: Known]
  /// Set when no signal has a score: the evidence itself could not be had.
  private let onlyDoubt: Verdict.Doubt?

  init(_ item: EvidenceItem) {
    self.item = item
    var known: [String: Known] = [:]
    known.reserveCapacity(item.signals.count)
    for signal in item.signals {
      switch signal.value {
      case .score(let score) where (0...1).contains(score):
        known[signal.name, default: Known()].score =
          max(score, known[signal.name]?.score ?? 0)
      case .score(let score):
        known[signal.name, default: Known()].unknown = Verdict.Doubt(
          signal: signal.name, check: signal.check,
          reason: .failed("the check gave \(score), which is no score from 0 to 1"))
      case .unknown(let reason):
        known[signal.name, default: Known()].unknown = Verdict.Doubt(
          signal: signal.name, check: signal.check, reason: reason)
      }
    }
    self.known = known
    let isBlank = known.values.allSatisfy { $0.score == nil }
    onlyDoubt = isBlank ? item.signals.lazy.compactMap { known[$0.name]?.unknown }.first : nil
  }

  func evaluate(score name: String, in range: ScoreRange, checks: [String: String]) -> Verdict {
    guard let known = known[name] else { return missing(name, checks: checks) }
    guard let score = known.score else {
      return Verdict(truth: .isUnknown, doubts: [known.unknown!])
    }
    if let doubt = known.unknown {
      // The missing answer could raise the score, so that only the lower bounds can be decided.
      let reaches = ScoreRange(atLeast: range.atLeast, above: range.above).contains(score)
      let isOpenAbove = range.atMost == nil && range.below == nil
      if reaches, isOpenAbove {
        return Verdict(truth: .isTrue, witness: .init(signal: name, score: score))
      }
      let isBelowUpper = ScoreRange(atMost: range.atMost, below: range.below).contains(score)
      return isBelowUpper ? Verdict(truth: .isUnknown, doubts: [doubt]) : .no
    }
    guard range.contains(score) else { return .no }
    return Verdict(truth: .isTrue, witness: .init(signal: name, score: score))
  }

  /// A score that is not there is put down to the check that should have given it; where that check
  /// said why it has no answer, or nothing at all could be known of the item, to that.
  private func missing(_ name: String, checks: [String: String]) -> Verdict {
    let check = checks[name] ?? (name.hasPrefix("lexicon:") ? "lexicon" : name)
    if let doubt = known[check]?.unknown ?? onlyDoubt {
      return Verdict(truth: .isUnknown, doubts: [doubt])
    }
    return Verdict(
      truth: .isUnknown,
      doubts: [
        Verdict.Doubt(
          signal: name, check: check,
          reason: .notEvaluated("no check scored \(name) on this \(item.kind.rawValue)"))
      ])
  }
}

extension Condition {
  /// - Parameter checks: the check of a score, for scores that are not there.
  func evaluate(_ indexed: IndexedItem, subject: Subject, checks: [String: String]) -> Verdict {
    switch self {
    case .all(let parts):
      var result = Verdict.yes
      for part in parts {
        let verdict = part.evaluate(indexed, subject: subject, checks: checks)
        switch verdict.truth {
        case .isFalse: return .no
        case .isUnknown:
          result.truth = .isUnknown
          result.doubts += verdict.doubts
        case .isTrue: result.takeStronger(verdict.witness)
        }
      }
      return result
    case .any(let parts):
      var result = Verdict.no
      for part in parts {
        let verdict = part.evaluate(indexed, subject: subject, checks: checks)
        switch verdict.truth {
        case .isFalse: break
        case .isUnknown:
          if result.truth == .isFalse { result.truth = .isUnknown }
          result.doubts += verdict.doubts
        case .isTrue:
          result.truth = .isTrue
          result.takeStronger(verdict.witness)
        }
      }
      if result.truth == .isTrue { result.doubts = [] }
      return result
    case .not(let part):
      let verdict = part.evaluate(indexed, subject: subject, checks: checks)
      switch verdict.truth {
      case .isFalse: return .yes
      case .isUnknown: return verdict
      case .isTrue: return .no
      }
    case .score(let name, let range):
      return indexed.evaluate(score: name, in: range, checks: checks)
    case .lexicon(let list):
      return indexed.evaluate(
        score: Condition.signalName(ofLexicon: list), in: ScoreRange(above: 0), checks: checks)
    case .ageBand(let bands):
      if bands.contains(subject.ageBand) { return .yes }
      guard subject.ageBand == .unknown else { return .no }
      return .unknown(
        "age_band", check: "age_band", .notEvaluated("the subject's age band is not known"))
    case .consent(let name): return Verdict(subject.consents.contains(name))
    case .uploadKind(let kinds):
      guard let upload = indexed.item.upload else { return .noUpload }
      if kinds.contains(upload.kind) { return .yes }
      guard upload.kind == .unknown else { return .no }
      return .unknown("upload", check: "upload", .failed("the kind of the upload is not known"))
    case .uploadMediaType(let types):
      guard let upload = indexed.item.upload else { return .noUpload }
      return Verdict(types.contains(upload.mediaType.lowercased()))
    case .provenanceState(let states):
      guard let upload = indexed.item.upload else { return .noUpload }
      guard let provenance = upload.provenance else { return .notVerified }
      return Verdict(states.contains(provenance.state))
    case .provenanceSourceType(let types):
      guard let upload = indexed.item.upload else { return .noUpload }
      guard let provenance = upload.provenance else { return .notVerified }
      return Verdict(provenance.sourceType.map(types.contains) ?? false)
    }
  }
}

extension Verdict {
  fileprivate mutating func takeStronger(_ other: Witness?) {
    guard let other else { return }
    if witness == nil || witness!.score < other.score { witness = other }
  }

  fileprivate static func unknown(
    _ signal: String, check: String, _ reason: UnknownReason
  ) -> Verdict {
    Verdict(
      truth: .isUnknown, doubts: [Doubt(signal: signal, check: check, reason: reason)])
  }

  fileprivate static let noUpload = unknown(
    "upload", check: "upload", .notEvaluated("there are no facts about the upload"))
  fileprivate static let notVerified = unknown(
    "provenance", check: "provenance", .notEvaluated("the upload was not verified"))
}
