public import Evidence
public import StrictJSON

/// Evidence as the log's payload keeps it, so that a policy can be replayed over it.
extension EvidenceItem {
  /// Everything the checks said; no text and no picture.
  public var json: JSONValue {
    var members: [JSONValue.Member] = [.init("kind", .string(kind.rawValue))]
    if let time {
      members.append(.init("time", [.real(time.lowerBound), .real(time.upperBound)]))
    }
    if let upload {
      members.append(
        .init(
          "upload",
          ["kind": .string(upload.kind.rawValue), "media_type": .string(upload.mediaType)]))
      if let provenance = upload.provenance {
        members.append(
          .init(
            "provenance",
            [
              "state": .string(provenance.state),
              "source_type": provenance.sourceType.map { .string($0) } ?? .null,
            ]))
      }
    }
    members.append(.init("signals", .array(signals.map(\.json))))
    return .object(members)
  }

  /// Nil for anything that `json` does not write.
  public init?(json: JSONValue) {
    guard let kind = json["kind"]?.string.flatMap(Kind.init(rawValue:)),
      let entries = json["signals"]?.array
    else { return nil }
    let signals = entries.compactMap(Signal.init(json:))
    guard signals.count == entries.count else { return nil }
    var time: ClosedRange<Double>?
    if let bounds = json["time"]?.array {
      guard bounds.count == 2, let start = bounds[0].number, let end = bounds[1].number,
        start <= end
      else { return nil }
      time = start...end
    }
    var upload: Upload?
    if let facts = json["upload"] {
      guard let kind = facts["kind"]?.string.flatMap(Upload.Kind.init(rawValue:)) else {
        return nil
      }
      upload = Upload(
        kind: kind, mediaType: facts["media_type"]?.string ?? "",
        provenance: json["provenance"].flatMap { provenance in
          provenance["state"]?.string.map {
            UploadProvenance(state: $0, sourceType: provenance["source_type"]?.string)
          }
        })
    }
    self.init(kind: kind, time: time, signals: signals, upload: upload)
  }
}

extension Signal {
  /// Name, check, and score or reason.
  public var json: JSONValue {
    var members: [JSONValue.Member] = [
      .init("name", .string(name)), .init("check", .string(check)),
    ]
    switch value {
    case .score(let score): members.append(.init("score", .real(score)))
    case .unknown(let reason):
      members.append(.init("unknown", .string(reason.code)))
      members.append(.init("detail", .string(reason.detail)))
    }
    if let span {
      members.append(.init("span", [.integer(span.lowerBound), .integer(span.upperBound)]))
    }
    return .object(members)
  }

  /// Without model and span, which no rule reads.
  init?(json: JSONValue) {
    guard let name = json["name"]?.string, let check = json["check"]?.string else { return nil }
    if let score = json["score"]?.number {
      self.init(name: name, value: .score(score), check: check)
    } else if let code = json["unknown"]?.string {
      let detail = json["detail"]?.string ?? code
      let reason: UnknownReason
      switch code {
      case UnknownReason.timedOut.code: reason = .timedOut
      case UnknownReason.notEvaluated("").code: reason = .notEvaluated(detail)
      case UnknownReason.modelMissing("").code: reason = .modelMissing(detail)
      case UnknownReason.failed("").code: reason = .failed(detail)
      default: return nil
      }
      self.init(name: name, value: .unknown(reason), check: check)
    } else {
      return nil
    }
  }
}

extension Subject {
  /// What policies read of a subject; neither tenant nor end user.
  public var policyContext: JSONValue {
    var members: [JSONValue.Member] = [
      .init("age_band", .string(ageBand.rawValue)),
      .init("consents", .array(consents.sorted().map { .string($0) })),
    ]
    if !consentRecords.isEmpty {
      members.append(
        .init("consent_records", .array(consentRecords.sorted().map { .string($0) })))
    }
    return .object(members)
  }

  /// A subject without a name, as `policyContext` describes it. What is not said is unknown.
  public init(policyContext json: JSONValue?, tenant: String) {
    self.init(
      tenant: tenant,
      ageBand: json?["age_band"]?.string.flatMap(AgeBand.init(rawValue:)) ?? .unknown,
      consents: Set(json?["consents"]?.array?.compactMap(\.string) ?? []))
  }
}
