import Bytes
import MerkleLog
public import StrictJSON

/// All that the log knows about a job or request: every stage in order, who reviewed, what was
/// released, what was erased or is held, and the proof of its last entry.
public struct DecisionStory: Equatable, Sendable {
  /// How it ended, as far as the log says.
  public enum Ending: String, Sendable {
    case released, refused, held, open
  }

  public let asset: String
  public let ending: Ending
  /// Oldest first; events about it included.
  public let records: [LogRecord]
  public let holds: [LegalHold]
  /// Of the newest entry under a signed checkpoint; nil before the first.
  public let receipt: Receipt?

  init(asset: String, records: [LogRecord], holds: [LegalHold], receipt: Receipt?) {
    self.asset = asset
    self.records = records
    self.holds = holds
    self.receipt = receipt
    let decisions = records.filter { !$0.entry.decision.isEmpty }
    let isReleased = decisions.contains {
      $0.entry.stage == "release" && $0.entry.decision == "allow"
    }
    ending =
      switch decisions.last?.entry.decision {
      case _ where isReleased: .released
      case "block": .refused
      case "review": .held
      default: .open
      }
  }

  public var json: JSONValue {
    var members: [JSONValue.Member] = [
      .init("about", .string(asset)), .init("ending", .string(ending.rawValue)),
      .init("entries", .array(records.map(\.json))),
      .init("holds", .array(holds.map(\.json))),
    ]
    if let receipt {
      members.append(
        .init(
          "receipt",
          [
            "index": .integer(Int(receipt.index)),
            "entry": .string(String(decoding: receipt.entry, as: UTF8.self)),
            "proof": .string(receipt.proof),
          ]))
    }
    return .object(members)
  }
}

extension LogRecord {
  /// Index, leaf, leaf hash and what is left of the payload.
  public var json: JSONValue {
    var members: [JSONValue.Member] = [
      .init("index", .integer(Int(entry.index))), .init("leaf", leaf),
      .init("leaf_hash", .string(entry.leafHash.description)),
    ]
    switch payload {
    case .none: break
    case .present(let json): members.append(.init("payload", json))
    case .sealed: members.append(.init("payload_sealed", true))
    case .erased(let index): members.append(.init("payload_erased_by", .integer(Int(index))))
    case .missing: members.append(.init("payload_missing", true))
    }
    return .object(members)
  }
}

extension LegalHold {
  public var json: JSONValue {
    [
      "id": .string(id), "scope": .string(scope.name), "of": .string(scope.value),
      "ground": .string(ground), "placed": .string(RFC3339.text(milliseconds: placed)),
      "until": until.map { .string(RFC3339.text(milliseconds: $0)) } ?? .null,
      "released": released.map { .string(RFC3339.text(milliseconds: $0)) } ?? .null,
    ]
  }
}

extension AuditReader {
  /// The story of a job or request, by its id, by that of one of its decisions, or by an index; nil
  /// when the log has none. Payloads are in it where this reader has their keys.
  public func story(of id: String) async throws(AuditError) -> DecisionStory? {
    var asset = id
    if let index = try await index(ofID: id), let entry = try await entry(index: index) {
      asset = entry.asset
    } else if let index = UInt64(id), let entry = try await entry(index: index) {
      asset = entry.asset
    }
    let entries = try await entries(forAsset: asset)
    guard let newest = entries.last, !asset.isEmpty else { return nil }
    var records: [LogRecord] = []
    for entry in entries {
      if let record = try await show(id: entry.id) { records.append(record) }
    }
    let holds = try await holds().filter { hold in
      entries.contains { hold.covers(id: $0.id, asset: $0.asset, subject: $0.subject) }
    }
    var receipt: Receipt?
    do throws(AuditError) {
      receipt = try await self.receipt(index: newest.index)
    } catch {
      // Not under a checkpoint yet: the story is told without the proof.
      guard error.code == .notFound else { throw error }
    }
    return DecisionStory(asset: asset, records: records, holds: holds, receipt: receipt)
  }
}
