import Bytes
import Glibc
import PKI
import StrictJSON

/// Events for a log that another process writes: files in `<log>/inbox`, which the writer appends
/// within a second, or at its next start. So a reader of payloads leaves its trace without stopping
/// the gateway.
public enum AuditInbox {
  private static let suffix = ".json"
  /// An event is small; anything larger in the folder is none.
  private static let byteLimit = 16 << 10

  /// Returns once the event is on the disk. Events with a payload go through `AuditLog.append(_:)`:
  /// the inbox is not sealed.
  public static func post(_ event: AuditEvent, directory: String) throws(AuditError) {
    precondition(event.payload.isEmpty, "the inbox is not sealed")
    let folder = "\(directory)/inbox"
    let json: JSONValue = [
      "actor": .string(event.actor), "asset": .string(event.asset), "id": .string(event.id),
      "kind": .string(event.kind.rawValue), "members": .object(event.members),
      "time": .integer(Int(event.time)),
    ]
    do {
      guard mkdir(folder, 0o700) == 0 || errno == EEXIST else {
        throw FileError(writing: folder, errorNumber: errno)
      }
      let name = "\(event.time)-\(Hex.encode(SecureRandom.bytes(8)))\(suffix)"
      let sink = try FileByteSink(path: "\(folder)/\(name)", mode: 0o600)
      try sink.write(json.canonical)
      try sink.commit()
    } catch {
      throw AuditError(error, while: "the event was not left for the log")
    }
  }

  /// What waits, oldest first. A file that is no event is passed over and stays.
  static func waiting(in directory: String) -> [(path: String, event: AuditEvent)] {
    let folder = "\(directory)/inbox"
    let names = (try? DirectoryListing.names(in: folder, suffix: suffix)) ?? []
    return names.compactMap { name in
      let path = "\(folder)/\(name)"
      guard let bytes = try? FileByteSource.contents(of: path, limit: byteLimit),
        let event = try? event(bytes)
      else { return nil }
      return (path, event)
    }
  }

  static func remove(_ path: String) { unlink(path) }

  private static func event(_ bytes: [UInt8]) throws -> AuditEvent? {
    let json = try JSONValue.parse(bytes)
    guard let id = json["id"]?.string, let asset = json["asset"]?.string,
      let kind = json["kind"]?.string.flatMap(AuditEvent.Kind.init(rawValue:)),
      let time = json["time"]?.integer, let members = json["members"]?.members
    else { return nil }
    return AuditEvent(
      id: id, kind: kind, asset: asset, time: Int64(time), actor: json["actor"]?.string ?? "",
      members: members)
  }
}
