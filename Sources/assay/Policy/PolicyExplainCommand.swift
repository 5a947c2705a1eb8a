import ArgumentParser
import AuditStore
import C2PA
import Evidence
import Moderation
import Policy
import StrictJSON
import VerifyCommands

/// `policy explain`: which rules there are, or why a decision is as it is.
struct PolicyExplainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Say which rules are in force, or why a text or a decision was judged as it was.",
    discussion: """
      Without --text and --decision: every rule in force and the policy it stands in. A decision \
      out of the log is judged by the policies as they are now. Exit codes: 0 said, 2 there is no \
      such decision, 64 usage, 66 something cannot be read.
      """)

  @OptionGroup var layers: PolicyLayers
  @Option(name: .long, help: "A text to judge.") var text: String?
  @Option(name: .long, help: "A decision's id in the log.") var decision: String?
  @Option(
    name: .long, help: "What the text is to a clip: prompt, transcript, scene or text_in_frame.")
  var modality = "prompt"
  @Option(
    name: .customLong("age-band"), help: "Of who asks: unknown, under_13, 13_17 or adult.")
  var ageBand = "unknown"
  @Option(name: .long, help: "Consents on record, comma-separated.") var consents = ""
  @Option(
    name: .long,
    help: ArgumentHelp(
      "The folder of the models. (default: $ASSAY_MODELS or .models)", valueName: "dir"))
  var models: String?
  @OptionGroup var log: AuditOptions

  func validate() throws {
    if text != nil, decision != nil { throw ValidationError("give --text or --decision, not both") }
    if TextModeration.Modality(rawValue: modality) == nil {
      throw ValidationError("there is no modality \(DisplayText.neutralised(modality))")
    }
    if Subject.AgeBand(rawValue: ageBand) == nil {
      throw ValidationError("there is no age band \(DisplayText.neutralised(ageBand))")
    }
  }

  func run() async throws {
    let set: PolicySet
    do {
      set = try layers.load()
    } catch {
      complain(policy: "\(error)")
      throw ExitCode(ExitStatus.cannotRead)
    }
    if let text {
      try await explain(text, under: set)
    } else if let decision {
      try await explain(decision: decision, under: set)
    } else {
      print(PolicyText.rules(of: set))
    }
  }

  private func explain(_ content: String, under set: PolicySet) async throws {
    guard let modality = TextModeration.Modality(rawValue: modality),
      let ageBand = Subject.AgeBand(rawValue: ageBand)
    else { return }
    let moderation = await TextModeration.loading(
      policy: set, models: models ?? Environment["ASSAY_MODELS"] ?? ".models")
    let signals = await moderation.signals(for: content)
    let explanation = set.explain(
      stage: modality.stage, items: [EvidenceItem(kind: modality.kind, signals: signals)],
      subject: Subject(
        tenant: "local", ageBand: ageBand, consents: Set(PolicyLayers.split(consents))))
    print(PolicyText.explanation(explanation, of: set, spans: signals, in: content))
  }

  private func explain(decision id: String, under set: PolicySet) async throws {
    let record: LogRecord?
    do {
      record = try await log.reader().show(id: id)
    } catch {
      complain(policy: "\(error)")
      throw ExitCode(ExitStatus.cannotRead)
    }
    guard let record else {
      complain(policy: "the log in \(log.directory) has no decision \(DisplayText.neutralised(id))")
      throw ExitCode(ExitStatus.nothingFound)
    }
    var payload: JSONValue?
    if case .present(let json) = record.payload { payload = json }
    let past: RecordedDecision
    do {
      past = try RecordedDecision(leaf: record.leaf, payload: payload)
    } catch {
      complain(policy: "\(DisplayText.neutralised(id)) cannot be judged again: \(error.rawValue)")
      throw ExitCode(ExitStatus.nothingFound)
    }
    print("logged    \(past.outcome.rawValue)")
    let explanation = set.explain(stage: past.stage, items: past.items, subject: past.subject)
    print(PolicyText.explanation(explanation, of: set))
  }
}

/// How the policy commands print.
enum PolicyText {
  /// Every rule in force, by the policy it stands in.
  static func rules(of set: PolicySet) -> String {
    var lines: [String] = []
    for identity in set.identities {
      let rules = set.effectiveRules.filter { $0.policy == identity.name }.map(\.rule)
      lines.append(
        "\(identity.name) \(identity.version)  \(rules.count) rules in force  "
          + "sha256 \(identity.sha256)")
      lines += rules.map {
        "  \($0.id)  \($0.sentence)\($0.mayBeLoosened ? ", may be loosened" : "")"
      }
    }
    for lexicon in set.lexicons {
      lines.append(
        "word list \(lexicon.list) \(lexicon.version)  \(lexicon.terms.count) terms  "
          + "sha256 \(lexicon.sha256)")
    }
    return lines.joined(separator: "\n")
  }

  /// - Parameter spans: signals that say where in `content` a word stands.
  static func explanation(
    _ explanation: PolicyExplanation, of set: PolicySet, spans: [Signal] = [],
    in content: String = ""
  ) -> String {
    var lines = ["decision  \(explanation.decision.outcome.rawValue)"]
    for fired in explanation.decision.fired {
      let sentence =
        set.effectiveRules.first { $0.rule.id == fired.rule && $0.policy == fired.policy }?.rule
        .sentence ?? fired.category
      var line = "rule      \(fired.rule) of \(fired.policy): \(sentence)"
      if fired.isShadow { line += " (shadow, not enforced)" }
      lines.append(line)
      var because = "          because "
      if let unknown = fired.unknown {
        because += "\(fired.signal ?? "something") is unknown: \(unknown.detail)"
      } else if let signal = fired.signal {
        because += "\(signal) is \(fired.score.map(thousandths) ?? "there")"
      } else {
        because += "of the subject or the upload"
      }
      because += " in \(fired.evidence.rawValue)"
      if let time = fired.time { because += " at \(thousandths(time.lowerBound)) s" }
      if let span = spans.first(where: { $0.name == fired.signal })?.span {
        because +=
          ", bytes \(span.lowerBound) to \(span.upperBound): "
          + "\"\(DisplayText.neutralised(excerpt(span, of: content)))\""
      }
      lines.append(because)
    }
    if !explanation.deciding.isEmpty {
      lines.append(
        "decided   by \(explanation.deciding.joined(separator: ", ")); without: "
          + explanation.outcomeWithoutThem.rawValue)
    }
    for turn in explanation.turns {
      lines.append("if        \(condition(turn)): \(turn.outcome.rawValue)")
    }
    for (band, outcome) in explanation.byAgeBand {
      lines.append("if        the age band were \(band.rawValue): \(outcome.rawValue)")
    }
    return lines.joined(separator: "\n")
  }

  private static func condition(_ turn: PolicyExplanation.Turn) -> String {
    let place = "in \(turn.evidence.rawValue)"
    if turn.signal.hasPrefix("lexicon:") {
      let list = turn.signal.dropFirst("lexicon:".count)
      return "a word of \(list) \(turn.isBelow ? "were not" : "were") \(place)"
    }
    let now = turn.score.map(thousandths) ?? "unknown"
    let bound =
      turn.isBelow
      ? "below \(thousandths(turn.needed.nextUp))" : "\(thousandths(turn.needed)) or more"
    return "\(turn.signal) \(place) were \(bound) (is \(now))"
  }

  private static func excerpt(_ span: Range<Int>, of content: String) -> String {
    let bytes = Array(content.utf8)
    guard span.lowerBound >= 0, span.upperBound <= bytes.count else { return "" }
    return String(decoding: bytes[span].prefix(80), as: UTF8.self)
  }

  static func thousandths(_ score: Double) -> String {
    let value = Int((score * 1000).rounded())
    return "\(value / 1000).\(String(value % 1000 + 1000).dropFirst())"
  }
}
