import Bytes
import StrictJSON

/// A payload in which a searched text stands.
public struct PayloadMatch: Equatable, Sendable {
  public let entry: LogEntry
  /// Where: the member's name, such as `prompt` or `transcript`.
  public let field: String
  public let text: String
}

extension AuditReader {
  /// Payloads whose texts contain `text`, upper and lower case alike; oldest first. Opens every
  /// payload that fits the filter.
  ///
  /// - Throws: `.wrongKey` when this reader has no payload keys.
  public func search(
    _ text: String, _ filter: LogFilter, limit: Int
  ) async throws(AuditError) -> [PayloadMatch] {
    guard payloadKeys != nil else {
      throw AuditError(.wrongKey, "payloads are sealed; name their key file with --payload-key")
    }
    let wanted = text.lowercased()
    var found: [(index: UInt64, field: String, text: String)] = []
    do {
      search: for try await page in try await leaves(
        0..<(filter.before ?? .max), withPayloads: true)
      {
        for leaf in page where filter.includes(time: leaf.time) {
          guard let payload = leaf.payload, let facts = leaf.facts(),
            filter.matches(facts, index: leaf.index, time: leaf.time),
            let json = try? JSONValue.parse(payload),
            let (field, text) = AuditReader.find(wanted, in: json, name: "")
          else { continue }
          found.append((leaf.index, field, text))
          if found.count >= limit { break search }
        }
      }
    } catch {
      throw AuditError(error, while: "cannot search")
    }
    let entries = try await entries(at: found.map(\.index))
    return zip(entries, found).map { PayloadMatch(entry: $0, field: $1.field, text: $1.text) }
  }

  private static func find(
    _ wanted: String, in json: JSONValue, name: String
  ) -> (field: String, text: String)? {
    switch json {
    case .string(let text):
      return text.lowercased().contains(wanted) ? (name, text) : nil
    case .array(let values):
      return values.lazy.compactMap { find(wanted, in: $0, name: name) }.first
    case .object(let members):
      return members.lazy.compactMap { find(wanted, in: $0.value, name: $0.name) }.first
    default: return nil
    }
  }
}

/// The leaf that a reading of payloads leaves behind.
public enum PayloadReading {
  /// - Parameters:
  ///   - what: `show` or `search`.
  ///   - decision: the id whose payload was read; nil when many may have been.
  ///   - purpose: why, in the reader's words; no personal data.
  public static func event(
    _ what: String, decision: String? = nil, asset: String = "", count: Int, purpose: String,
    actor: String, time: Int64, id: String
  ) throws(AuditError) -> AuditEvent {
    try LogLeaf.check(ground: purpose)
    var members: [JSONValue.Member] = [
      .init("act", .string(what)), .init("ground", .string(purpose)),
      .init("payloads", .integer(count)),
    ]
    if let decision { members.append(.init("of", .string(decision))) }
    return AuditEvent(
      id: "read.\(time).\(id)", kind: .payloadRead, asset: asset, time: time, actor: actor,
      members: members)
  }
}
