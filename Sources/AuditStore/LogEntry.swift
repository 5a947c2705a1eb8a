import Bytes
import GRDB
public import MerkleLog

/// An entry as it stands in the log.
public struct LogEntry: Equatable, Sendable {
  public let index: UInt64
  public let id: String
  /// The job or request it is about.
  public let asset: String
  /// `moderation.decision`, `payload.erased`, or an `AuditEvent.Kind`.
  public let kind: String
  /// Empty for entries that are no decision.
  public let stage: String
  /// Empty for entries that are no decision.
  public let decision: String
  /// Milliseconds since 1970, as the log's own clock said.
  public let time: Int64
  /// Keyed pseudonyms, as the entry has them; empty for entries that are no decision.
  public let subject: String
  public let tenant: String
  /// Of the rules that the entry names, sorted, each once.
  public let categories: [String]
  public let rules: [String]
  /// Exactly what the leaf hash covers: canonical JSON.
  public let bytes: [UInt8]
  public let leafHash: TreeHash

  /// `time` as the entry has it: RFC 3339 with milliseconds, UTC.
  public var timestamp: String { RFC3339.text(milliseconds: time) }

  init(
    index: UInt64, id: String, asset: String, kind: String, stage: String = "",
    decision: String = "", time: Int64, subject: String = "", tenant: String = "",
    categories: [String] = [], rules: [String] = [], bytes: [UInt8], leafHash: TreeHash
  ) {
    self.index = index
    self.id = id
    self.asset = asset
    self.kind = kind
    self.stage = stage
    self.decision = decision
    self.time = time
    self.subject = subject
    self.tenant = tenant
    self.categories = categories
    self.rules = rules
    self.bytes = bytes
    self.leafHash = leafHash
  }

  static let columns =
    "idx, id, asset, kind, stage, decision, time, subject, tenant, categories, rules, leaf_hash, "
    + "entry"

  /// A row of `columns`.
  ///
  /// - Throws: `.inconsistent` for a stored hash that is none.
  init(_ row: Row) throws {
    // By place: names are looked up letter by letter, in every row.
    index = UInt64(bitPattern: row[0] as Int64)
    id = row[1]
    asset = row[2]
    kind = row[3]
    stage = row[4]
    decision = row[5]
    time = row[6]
    subject = row[7]
    tenant = row[8]
    categories = LogEntry.split(row[9])
    rules = LogEntry.split(row[10])
    leafHash = try row.treeHash(at: 11)
    bytes = try row.bytes(at: 12)
  }

  /// A column of words, with a space before and behind each: `LIKE '% violence %'` finds one.
  static func join(_ words: [String]) -> String {
    words.isEmpty ? "" : " \(words.joined(separator: " ")) "
  }

  private static func split(_ column: String) -> [String] {
    column.isEmpty ? [] : column.split(separator: " ").map(String.init)
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

  func bytes(at place: Int) throws -> [UInt8] {
    try withUnsafeData(atIndex: place) { data in data.map { [UInt8]($0) } ?? [] }
  }

  func treeHash(at place: Int) throws -> TreeHash {
    guard let hash = TreeHash(try bytes(at: place)) else {
      throw AuditError(.inconsistent, "a stored hash does not have \(TreeHash.byteCount) bytes")
    }
    return hash
  }

  func treeHash(_ column: String) throws -> TreeHash {
    guard let hash = TreeHash(try bytes(column)) else {
      throw AuditError(.inconsistent, "a stored hash does not have \(TreeHash.byteCount) bytes")
    }
    return hash
  }
}
