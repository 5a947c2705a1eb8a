import Bytes
import GRDB
public import MerkleLog

/// An entry as it stands in the log.
public struct LogEntry: Equatable, Sendable {
  public let index: UInt64
  public let id: String
  /// The job or request it is about.
  public let asset: String
  /// `moderation.decision` or `payload.erased`.
  public let kind: String
  /// Empty for entries that are no decision.
  public let stage: String
  /// Empty for entries that are no decision.
  public let decision: String
  /// Milliseconds since 1970, as the log's own clock said.
  public let time: Int64
  /// Exactly what the leaf hash covers: canonical JSON.
  public let bytes: [UInt8]
  public let leafHash: TreeHash

  /// `time` as the entry has it: RFC 3339 with milliseconds, UTC.
  public var timestamp: String { RFC3339.text(milliseconds: time) }

  init(
    index: UInt64, id: String, asset: String, kind: LogLeaf.Kind, stage: String = "",
    decision: String = "", time: Int64, leaf: LogLeaf
  ) {
    self.index = index
    self.id = id
    self.asset = asset
    self.kind = kind.rawValue
    self.stage = stage
    self.decision = decision
    self.time = time
    bytes = leaf.bytes
    leafHash = .leaf(leaf.bytes)
  }

  static let columns = "idx, id, asset, kind, stage, decision, time, entry, leaf_hash"

  /// - Throws: `.inconsistent` for a stored hash that is none.
  init(_ row: Row) throws {
    index = UInt64(bitPattern: row["idx"] as Int64)
    id = row["id"]
    asset = row["asset"]
    kind = row["kind"]
    stage = row["stage"]
    decision = row["decision"]
    time = row["time"]
    bytes = try row.bytes("entry")
    leafHash = try row.treeHash("leaf_hash")
  }
}

/// The proof that a decision stands in the log; it travels with the clip.
public struct Receipt: Equatable, Sendable {
  public let index: UInt64
  /// The leaf's bytes exactly as hashed.
  public let entry: [UInt8]
  /// A C2SP `.tlog-proof` text with the signed checkpoint.
  public let proof: String
}

extension Row {
  func bytes(_ column: String) throws -> [UInt8] {
    try withUnsafeData(named: column) { data in data.map { [UInt8]($0) } ?? [] }
  }

  func treeHash(_ column: String) throws -> TreeHash {
    guard let hash = TreeHash(try bytes(column)) else {
      throw AuditError(.inconsistent, "a stored hash does not have \(TreeHash.byteCount) bytes")
    }
    return hash
  }
}
