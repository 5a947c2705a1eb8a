import Bytes
import GRDB
import StrictJSON

/// An order to keep payloads, whoever asks for their erasure and however old they are: placed and
/// released by leaves of their own.
public struct LegalHold: Equatable, Sendable {
  /// What must be kept.
  public enum Scope: Equatable, Sendable {
    case decision(String)
    /// Everything about a job or request.
    case asset(String)
    /// Everything a subject asked for; a pseudonym.
    case subject(String)

    var name: String {
      switch self {
      case .decision: "decision"
      case .asset: "asset"
      case .subject: "subject"
      }
    }

    public var value: String {
      switch self {
      case .decision(let value), .asset(let value), .subject(let value): value
      }
    }

    init?(name: String, value: String) {
      switch name {
      case "decision": self = .decision(value)
      case "asset": self = .asset(value)
      case "subject": self = .subject(value)
      default: return nil
      }
    }
  }

  public let id: String
  public let scope: Scope
  public let ground: String
  /// Milliseconds since 1970.
  public let placed: Int64
  /// When it ends by itself; nil until it is released.
  public let until: Int64?
  public internal(set) var released: Int64?

  public func isActive(at time: Int64) -> Bool {
    released == nil && time < until ?? .max
  }

  func covers(id: String, asset: String, subject: String) -> Bool {
    switch scope {
    case .decision(let value): value == id
    case .asset(let value): value == asset
    case .subject(let value): value == subject
    }
  }

  /// The event that places a hold.
  ///
  /// - Throws: `.recordTooLarge` for a ground that is empty or too long.
  public static func placing(
    _ scope: Scope, id: String, ground: String, until: Int64?, time: Int64, actor: String
  ) throws(AuditError) -> AuditEvent {
    try LogLeaf.check(ground: ground)
    var members: [JSONValue.Member] = [
      .init("ground", .string(ground)), .init("of", .string(scope.value)),
      .init("scope", .string(scope.name)),
    ]
    if let until { members.append(.init("until", .string(RFC3339.text(milliseconds: until)))) }
    var asset = ""
    if case .asset(let value) = scope { asset = value }
    return AuditEvent(
      id: id, kind: .holdPlaced, asset: asset, time: time, actor: actor, members: members)
  }

  /// The event that releases this hold.
  public func releasing(ground: String, time: Int64, actor: String) throws(AuditError) -> AuditEvent
  {
    try LogLeaf.check(ground: ground)
    var asset = ""
    if case .asset(let value) = scope { asset = value }
    return AuditEvent(
      id: "\(id).released", kind: .holdReleased, asset: asset, time: time, actor: actor,
      members: [.init("ground", .string(ground)), .init("of", .string(id))])
  }

  /// All that were ever placed, oldest first.
  static func all(in database: Database) throws -> [LegalHold] {
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT entry, time FROM entries
        WHERE kind IN ('hold.placed', 'hold.released') AND kind <> 'moderation.decision'
        ORDER BY idx
        """)
    var holds: [LegalHold] = []
    for row in rows {
      let json = try JSONValue.parse(row.bytes("entry"))
      let time: Int64 = row["time"]
      guard let id = json["id"]?.string, let of = json["of"]?.string else { continue }
      if json["kind"]?.string == AuditEvent.Kind.holdReleased.rawValue {
        for place in holds.indices where holds[place].id == of { holds[place].released = time }
      } else if let scope = Scope(name: json["scope"]?.string ?? "", value: of) {
        holds.append(
          LegalHold(
            id: id, scope: scope, ground: json["ground"]?.string ?? "", placed: time,
            until: json["until"]?.string.flatMap(RFC3339.seconds).map { $0 * 1000 }))
      }
    }
    return holds
  }
}

extension LogLeaf {
  static func check(ground: String) throws(AuditError) {
    guard (1...groundLimit).contains(ground.unicodeScalars.count) else {
      throw AuditError(.recordTooLarge, "a ground has 1 to \(groundLimit) characters")
    }
  }
}

extension AuditReader {
  /// All legal holds, oldest first; those that ended too.
  public func holds() async throws(AuditError) -> [LegalHold] {
    try await read { try LegalHold.all(in: $0) }
  }
}
