import Bytes
import C2PA
import Evidence
import PKI
import Policy
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
    let answering = Set(items.flatMap { $0.signals.compactMap(\.model) })
    let (lists, models) = answering.reduce(into: ([ModelIdentity](), [ModelIdentity]())) {
      if $1.name.hasPrefix("lexicon:") { $0.0.append($1) } else { $0.1.append($1) }
    }
    var payload = payload
    if !items.isEmpty { payload.append(.init("subject", subject.policyContext)) }
    if !lists.isEmpty {
      payload.append(
        .init(
          "lexicons",
          .object(
            lists.sorted { $0.name < $1.name }.map { .init($0.name, .string($0.sha256)) })))
    }
    let record = DecisionRecord(
      id: id, decision: decision, asset: asset, subject: pseudonym.text(of: subject),
      time: now(), models: (models + Self.folded(lists)).sorted { $0.name < $1.name },
      hashes: hashes,
      payload: JSONValue.object(payload + [.init("evidence", .array(items.map(\.json)))]).canonical,
      tenant: pseudonym.text(ofTenant: subject.tenant), scores: EvidenceScore.strongest(of: items),
      software: "Assay \(assayVersion)")
    return try await decisions.append(record)
  }

  /// A leaf is small: many word lists stand in it as one, under the hash of their names and hashes.
  /// The payload names each.
  private static func folded(_ lists: [ModelIdentity]) -> [ModelIdentity] {
    guard !lists.isEmpty else { return [] }
    let lines = lists.sorted { $0.name < $1.name }.map { "\($0.name) \($0.sha256)\n" }
    return [
      ModelIdentity(
        name: "word lists (\(lists.count))",
        sha256: Hex.encode(HashAlgorithm.sha256.digest(Array(lines.joined().utf8))))
    ]
  }
}
