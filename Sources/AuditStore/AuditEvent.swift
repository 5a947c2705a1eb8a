public import StrictJSON

/// Something that is no decision and belongs in the log all the same: who administered what.
public struct AuditEvent: Equatable, Sendable {
  /// What happened; the entry's `kind`.
  public enum Kind: String, CaseIterable, Sendable {
    /// A log's first entry after a rotation: names the log before it.
    case started = "log.started"
    /// A log's last entry: names the log that goes on.
    case rotated = "log.rotated"
    /// An act of administration: an export, a change of settings, a retention run.
    case admin = "admin.act"
    case keyChanged = "key.changed"
    case policyChanged = "policy.changed"
    /// Somebody read a payload.
    case payloadRead = "payload.read"
    case holdPlaced = "hold.placed"
    case holdReleased = "hold.released"
    case complaint = "complaint.received"
  }

  /// Longer members are refused: an entry is small, and holds no personal data.
  public static let byteLimit = LogLeaf.byteLimit

  /// Unique in the log: the same id again returns the first entry's index.
  public let id: String
  public let kind: Kind
  /// The job, request or decision it is about; empty when it is about the installation.
  public let asset: String
  /// Milliseconds since 1970.
  public let time: Int64
  /// Keyed pseudonym of whoever acted, or a role; never a name.
  public let actor: String
  /// Further members of the entry. Integers, no reals; no personal data.
  public let members: [JSONValue.Member]
  /// Canonical JSON that may have to be forgotten; empty when there is none.
  public let payload: [UInt8]
  /// How long the payload is kept.
  public let retentionClass: String

  public init(
    id: String, kind: Kind, asset: String = "", time: Int64, actor: String = "",
    members: [JSONValue.Member] = [], payload: [UInt8] = [], retentionClass: String = "event"
  ) {
    self.id = id
    self.kind = kind
    self.asset = asset
    self.time = time
    self.actor = actor
    self.members = members
    self.payload = payload
    self.retentionClass = retentionClass
  }

  /// Something left the house: which export, and how many entries it was about.
  ///
  /// - Parameter id: makes the event's own unique.
  public static func export(
    _ what: String, entries: UInt64, actor: String, time: Int64, id: String
  ) -> AuditEvent {
    AuditEvent(
      id: "export.\(time).\(id)", kind: .admin, time: time, actor: actor,
      members: [
        .init("act", .string("export.\(what)")), .init("entries", .integer(Int(entries))),
      ])
  }
}
