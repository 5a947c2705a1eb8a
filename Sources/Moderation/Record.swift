import Bytes
import Evidence
import StrictJSON

/// How a stage writes its decision down: the small leaf, and the erasable payload beside it.
extension StagedPipeline {
  /// A new id for each run of a stage: a run that was cut off after its leaf is judged again, and
  /// both judgements stand in the log. Screening and release happen once and have fixed ids.
  func stepID(_ job: Job, _ stage: Stage) -> String { "\(job.id).\(stage.rawValue).\(now())" }

  /// Appends the decision and returns its index once it is durable.
  func log(
    id: String, asset: String, subject: Subject, decision: Decision, items: [EvidenceItem] = [],
    hashes: [String: String] = [:], payload: [JSONValue.Member] = []
  ) async throws -> UInt64 {
    let models = Set(items.flatMap { $0.signals.compactMap(\.model) })
    let record = DecisionRecord(
      id: id, decision: decision, asset: asset, subject: pseudonym.text(of: subject),
      time: now(), models: models.sorted { $0.name < $1.name }, hashes: hashes,
      payload: JSONValue.object(payload + [.init("evidence", .array(items.map(\.json)))]).canonical,
      tenant: pseudonym.text(ofTenant: subject.tenant), scores: EvidenceScore.strongest(of: items),
      software: "Assay \(assayVersion)")
    return try await decisions.append(record)
  }
}

extension EvidenceItem {
  /// Everything the checks said, so that a policy can be replayed over it.
  var json: JSONValue {
    var members: [JSONValue.Member] = [.init("kind", .string(kind.rawValue))]
    if let time {
      members.append(.init("time", [.real(time.lowerBound), .real(time.upperBound)]))
    }
    if let upload {
      members.append(.init("upload", ["kind": .string(upload.kind.rawValue)]))
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
}

extension Signal {
  var json: JSONValue {
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
}
