import Bytes
import Evidence
import PKI
public import StrictJSON

/// The entry of a decision in the tree: canonical JSON (RFC 8785) with integers only and without
/// personal data. Prompts and the like stand in the erasable payload, which the leaf commits to.
public struct LogLeaf: Equatable, Sendable {
  public enum Kind: String, Sendable {
    case decision = "moderation.decision"
    case erased = "payload.erased"
  }

  /// Leaves are read by people and carried in manifests: small on purpose.
  public static let byteLimit = 4096
  /// Rules beyond it are counted, not named; the payload holds them all.
  public static let ruleLimit = 16
  /// Scores beyond it stand in the payload alone.
  public static let scoreLimit = 12
  static let saltByteCount = 32
  /// Longer grounds are refused: a ground is a clause, not a story. In code points, as JSON Schema
  /// counts.
  public static let groundLimit = 200

  public let json: JSONValue
  /// What is hashed.
  public let bytes: [UInt8]

  init(_ json: JSONValue) {
    self.json = json
    bytes = json.canonical
  }

  public init(parsing bytes: [UInt8]) throws(JSONError) {
    json = try JSONValue.parse(bytes)
    self.bytes = bytes
  }

  /// - Parameter commitment: see `commitment(to:salt:)`; nil without a payload.
  init(_ record: DecisionRecord, commitment: [UInt8]?) throws(AuditError) {
    let rules = record.decision.fired.map(LogLeaf.rule)
    // Rules are sorted most severe first and scores highest first, so what is left out is what
    // decided least; scores go before rules.
    var kept = min(rules.count, LogLeaf.ruleLimit)
    var scores = record.scores.prefix(LogLeaf.scoreLimit).map(LogLeaf.score)
    while true {
      // In the canonical order, so that the writer need not sort: a leaf is made for each decision.
      var members: [JSONValue.Member] = [.init("asset", .string(record.asset))]
      if let commitment { members.append(.init("commit", .string(Hex.encode(commitment)))) }
      members += [
        .init("decision", .string(record.decision.outcome.rawValue)),
        .init(
          "hashes",
          .object(
            record.hashes.sorted { $0.key < $1.key }.map { .init($0.key, .string($0.value)) })),
        .init("id", .string(record.id)),
        .init("kind", .string(Kind.decision.rawValue)),
        .init(
          "models",
          .array(
            record.models.map { ["name": .string($0.name), "sha256": .string($0.sha256)] })),
        .init("policies", .array(record.decision.policies.map(LogLeaf.policy))),
      ]
      if let reversed = record.reverses { members.append(.init("reverses", .string(reversed))) }
      if let reviewer = record.reviewer { members.append(.init("reviewer", .string(reviewer))) }
      members.append(.init("rules", .array(Array(rules[..<kept]))))
      if kept < rules.count { members.append(.init("rules_omitted", .integer(rules.count - kept))) }
      if !scores.isEmpty { members.append(.init("scores", .array(scores))) }
      if !record.software.isEmpty { members.append(.init("software", .string(record.software))) }
      members += [
        .init("stage", .string(record.decision.stage.rawValue)),
        .init("subject", .string(record.subject)),
        .init("t", .string(RFC3339.text(milliseconds: record.time))),
      ]
      if !record.tenant.isEmpty { members.append(.init("tenant", .string(record.tenant))) }
      members.append(.init("v", 1))
      self.init(.object(members))
      if bytes.count <= LogLeaf.byteLimit { return }
      guard scores.isEmpty else {
        scores.removeLast()
        continue
      }
      guard kept > 0 else {
        throw AuditError(
          .recordTooLarge,
          "the decision \(record.id.prefix(80)) needs \(bytes.count) bytes without its rules; "
            + "at most \(LogLeaf.byteLimit) are logged")
      }
      kept -= 1
    }
  }

  /// - Throws: `.recordTooLarge` when its members do not fit, or take a name that every entry has.
  init(_ event: AuditEvent, commitment: [UInt8]?) throws(AuditError) {
    var members: [JSONValue.Member] = [
      .init("asset", .string(event.asset)), .init("id", .string(event.id)),
      .init("kind", .string(event.kind.rawValue)),
      .init("t", .string(RFC3339.text(milliseconds: event.time))), .init("v", 1),
    ]
    if !event.actor.isEmpty { members.append(.init("actor", .string(event.actor))) }
    if let commitment { members.append(.init("commit", .string(Hex.encode(commitment)))) }
    members += event.members
    guard Set(members.map(\.name)).count == members.count else {
      throw AuditError(.recordTooLarge, "an event names a member twice")
    }
    self.init(.object(members))
    guard bytes.count <= LogLeaf.byteLimit else {
      throw AuditError(
        .recordTooLarge,
        "the event \(event.id.prefix(80)) has \(bytes.count) bytes; at most \(LogLeaf.byteLimit) "
          + "are logged")
    }
  }

  /// Categories and rules that the entry names, sorted, each once: what people search by.
  var labels: (categories: [String], rules: [String]) {
    let rules = json["rules"]?.array ?? []
    func labels(_ name: String) -> [String] {
      Set(rules.compactMap { $0[name]?.string }.filter { !$0.isEmpty }).sorted()
    }
    return (labels("category"), labels("rule"))
  }

  /// Says that the payload of the entry at `index` was erased, and on which legal ground.
  init(erasing index: UInt64, id: String, asset: String, ground: String, time: Int64) {
    self.init([
      "asset": .string(asset), "ground": .string(ground),
      "id": .string(LogLeaf.erasureID(of: id)), "index": .integer(Int(index)),
      "kind": .string(Kind.erased.rawValue), "of": .string(id),
      "t": .string(RFC3339.text(milliseconds: time)), "v": 1,
    ])
  }

  /// One erasure an entry, so that a repeated request finds the first.
  static func erasureID(of id: String) -> String { "\(id).erased" }

  /// HMAC-SHA-256 under a random salt: when salt and payload are gone, nobody can open it or try
  /// guesses against it.
  static func commitment(to payload: [UInt8], salt: [UInt8]) -> [UInt8] {
    HMAC.sha256(key: salt, message: Array("modlog-payload/v1".utf8) + [0] + payload)
  }

  static func policy(_ policy: PolicyIdentity) -> JSONValue {
    [
      "name": .string(policy.name), "sha256": .string(policy.sha256),
      "version": .string(policy.version),
    ]
  }

  private static func score(_ score: EvidenceScore) -> JSONValue {
    var members: [JSONValue.Member] = [.init("evidence", .string(score.evidence.rawValue))]
    if let time = score.time { members.append(.init("from_ms", scaled(time.lowerBound, by: 1000))) }
    if case .score(let value) = score.value {
      members.append(.init("score", scaled(value, by: 1_000_000)))
    }
    members.append(.init("signal", .string(score.signal)))
    if let time = score.time { members.append(.init("to_ms", scaled(time.upperBound, by: 1000))) }
    if case .unknown(let reason) = score.value {
      members.append(.init("unknown", .string(reason.code)))
    }
    return .object(members)
  }

  private static func rule(_ fired: FiredRule) -> JSONValue {
    var members: [JSONValue.Member] = [
      .init("category", .string(fired.category)),
      .init("evidence", .string(fired.evidence.rawValue)),
    ]
    if let time = fired.time { members.append(.init("from_ms", scaled(time.lowerBound, by: 1000))) }
    members += [
      .init("outcome", .string(fired.outcome.rawValue)),
      .init("policy", .string(fired.policy)),
      .init("rule", .string(fired.rule)),
    ]
    if let score = fired.score { members.append(.init("score", scaled(score, by: 1_000_000))) }
    if fired.isShadow { members.append(.init("shadow", true)) }
    if let signal = fired.signal { members.append(.init("signal", .string(signal))) }
    if let time = fired.time { members.append(.init("to_ms", scaled(time.upperBound, by: 1000))) }
    if let unknown = fired.unknown { members.append(.init("unknown", .string(unknown.code))) }
    return .object(members)
  }

  /// An integer, or null for what is no number; clips last less than 2^40 ms.
  private static func scaled(_ value: Double, by factor: Double) -> JSONValue {
    let product = (value * factor).rounded()
    return product.magnitude < 0x1p53 ? .integer(Int(product)) : .null
  }
}
