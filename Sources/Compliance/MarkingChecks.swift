import C2PA
import Labels

/// The questions that several rules ask of a file.
enum MarkingChecks {
  typealias Outcome = ComplianceRule.Outcome

  static func serviceOnly(_ what: String) -> Outcome {
    .notCheckable("a file cannot show it: \(what)")
  }

  /// A sound manifest that says AI, or a watermark that can be read.
  static func machineReadable(_ file: ComplianceEvidence) -> Outcome {
    if let term = file.credentials.modelTerm {
      return .met("signed credentials say \(term.rawValue)")
    }
    if case .found(let mark) = file.watermark { return .met(mark) }
    if file.credentials.state == .invalid {
      return .notMet("its credentials are invalid; sign the file anew")
    }
    let labels = file.labels.sourceTypes.compactMap(\.term).contains { $0.isModel }
    let aigc = file.labels.validLabel != nil
    let found = (labels ? ["IPTC"] : []) + (aigc ? ["AIGC"] : [])
    guard found.isEmpty else {
      return .notMet(
        "only labels that anybody can take off or write (\(found.joined(separator: ", "))); sign it"
      )
    }
    if case .notLookedFor(let reason) = file.watermark {
      return .notMet(
        "no signed statement that it is AI made, and no watermark was looked for: \(reason)")
    }
    return .notMet("nothing in the file says to a machine that it is AI made")
  }

  static func stampedSignature(_ file: ComplianceEvidence) -> Outcome {
    guard file.credentials.isSound else {
      return .notMet("no sound signature over the metadata; sign the file")
    }
    return file.credentials.isTimeStamped
      ? .met("signed by \(file.credentials.signer ?? "its signer") and time-stamped")
      : .notMet("signed, but no authority says when; sign with a time stamping authority")
  }

  static func layer(_ layer: ComplianceEvidence.Layer) -> Outcome {
    switch layer {
    case .found(let text): .met(text)
    case .missing(let text): .notMet(text)
    case .notLookedFor(let text): .notCheckable(text)
    }
  }

  /// The label for people: in the picture, or at the beginning of a recording.
  static func explicit(_ file: ComplianceEvidence) -> Outcome {
    layer(file.medium == .audio ? file.audibleMark : file.visibleMark)
  }

  /// Whether what the input said of its origin is still said.
  static func kept(_ file: ComplianceEvidence) -> Outcome {
    guard let before = file.before else {
      return .notCheckable("give the input with --before to compare")
    }
    var lost: [String] = []
    var kept: [String] = []
    if before.credentials.isSound, let label = before.credentials.manifestLabel {
      if file.credentials.isSound, file.credentials.manifests.contains(label) {
        kept.append("its manifest")
      } else {
        lost.append("its manifest \(label)")
      }
    }
    for found in before.labels.sourceTypes {
      if file.labels.sourceTypes.contains(where: { $0.uri == found.uri }) {
        kept.append("DigitalSourceType")
      } else {
        lost.append("DigitalSourceType (\(found.place))")
      }
    }
    switch label(before, file) {
    case .met: kept.append("AIGC label")
    case .notMet: lost.append("AIGC label")
    case .notCheckable: break
    }
    guard lost.isEmpty else {
      return .notMet(
        "the input's \(lost.joined(separator: ", ")) is gone; keep it as an ingredient")
    }
    return .met(
      kept.isEmpty
        ? "the input carried no marks" : "kept of the input: \(kept.joined(separator: ", "))")
  }

  /// Whether the input's `AIGC` label is there as it was, with at most a propagator added.
  private static func label(
    _ before: ComplianceEvidence.Original, _ file: ComplianceEvidence
  ) -> Outcome {
    guard let old = before.labels.validLabel else { return .notCheckable("") }
    guard let new = file.labels.validLabel else { return .notMet("the input's label is gone") }
    return old.isContinued(by: new)
      ? .met("the input's label is kept") : .notMet("the input's label was altered")
  }

  static func labelIntact(_ file: ComplianceEvidence) -> Outcome {
    if file.labels.isContradictory {
      return .notMet("its labels contradict each other; one of them was altered")
    }
    guard let before = file.before else {
      return .notCheckable("give the input with --before to compare")
    }
    if case .notCheckable = label(before, file) { return .met("the input carried no AIGC label") }
    return label(before, file)
  }

  static func labelPresent(_ file: ComplianceEvidence) -> Outcome {
    guard !file.labels.aigc.isEmpty else {
      if let problem = file.labels.problems.first {
        return .notCheckable("labels cannot be read: \(problem)")
      }
      return .notMet("no AIGC field in the metadata; write one with assay label")
    }
    return .met("AIGC in \(file.labels.aigc.map(\.place).joined(separator: ", "))")
  }

  static func labelComplete(_ file: ComplianceEvidence) -> Outcome {
    for found in file.labels.aigc {
      if case .failure(let error) = found.label {
        return .notMet("\(found.place): \(error.description)")
      }
    }
    guard let label = file.labels.validLabel else { return .notMet("no AIGC field to look at") }
    guard !label.contentProducer.isEmpty, !label.produceID.isEmpty else {
      return .notMet("ContentProducer and ProduceID are empty")
    }
    return .met("all seven keys; Label \(label.claim.rawValue), producer \(label.contentProducer)")
  }

  static func propagator(_ file: ComplianceEvidence) -> Outcome {
    guard let before = file.before else {
      return .notCheckable("asked of who passes content on: give what came in with --before")
    }
    // Article 6 asks a service to add itself where the content is, may be or is suspected to be AI made.
    let isSuspected =
      !before.labels.aigc.isEmpty || before.credentials.modelTerm != nil
      || before.labels.sourceTypes.contains { $0.term?.isModel == true }
      || !file.labels.aigc.isEmpty
    guard isSuspected else {
      return .notCheckable(
        "nothing that came in says that it is AI made; whether it shows traces of AI is for the "
          + "service to look at")
    }
    guard let label = file.labels.validLabel, !label.contentPropagator.isEmpty,
      !label.propagateID.isEmpty
    else { return .notMet("no ContentPropagator and PropagateID were added") }
    return .met("passed on by \(label.contentPropagator)")
  }

  static func provider(_ file: ComplianceEvidence) -> Outcome {
    if let signer = file.credentials.signer { return .met("signed by \(signer)") }
    if let producer = file.labels.validLabel?.contentProducer, !producer.isEmpty {
      return .met("AIGC producer \(producer)")
    }
    return .notMet("nothing names the provider; sign the file")
  }

  static func system(_ file: ComplianceEvidence) -> Outcome {
    guard let system = file.credentials.system else {
      return .notMet("nothing names the system; sign with a softwareAgent")
    }
    guard let version = file.credentials.systemVersion else {
      return .notMet("\(system) is named without its version")
    }
    return .met("\(system) \(version)")
  }

  static func moment(_ file: ComplianceEvidence) -> Outcome {
    if let when = file.credentials.when { return .met("made at \(when)") }
    return file.credentials.isTimeStamped
      ? .met("time-stamped") : .notMet("nothing says when it was made; give the action a time")
  }

  static func identifier(_ file: ComplianceEvidence) -> Outcome {
    if let label = file.credentials.manifestLabel { return .met(label) }
    if let id = file.labels.validLabel?.produceID, !id.isEmpty { return .met("ProduceID \(id)") }
    return .notMet("no unique identifier; sign the file")
  }

  /// Either of two outcomes will do; what fails tells of both.
  static func either(_ one: Outcome, _ other: Outcome) -> Outcome {
    if case .met = one { return one }
    if case .met = other { return other }
    if case .notCheckable(let reason) = other {
      return .notCheckable("\(one.explanation); the other way is open: \(reason)")
    }
    return .notMet("\(one.explanation); \(other.explanation)")
  }

  static func both(_ one: Outcome, _ other: Outcome) -> Outcome {
    if case .notMet = one { return one }
    if case .notMet = other { return other }
    if case .notCheckable = one { return one }
    if case .notCheckable = other { return other }
    return .met("\(one.explanation); \(other.explanation)")
  }
}
