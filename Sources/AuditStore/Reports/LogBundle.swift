import Bytes
import GRDB
public import MerkleLog
public import StrictJSON

/// What a bundle came to when it was written.
public struct BundleSummary: Equatable, Sendable {
  public var entries: UInt64 = 0
  /// The size that the newest checkpoint signs for.
  public var size: UInt64 = 0
  public var olderCheckpoints = 0
}

extension AuditReader {
  /// Older checkpoints that a bundle proves the newest one to continue: the first, the last before
  /// it, and others evenly between. A year has millions.
  static let bundledCheckpoints = 64
  public static let bundleFormat = "assay-log-bundle/v1"

  /// Writes what `assay-verify log` checks on a machine that has nothing else: entries with their
  /// inclusion proofs under the newest checkpoint, and older checkpoints with the proofs that this
  /// one continues them. JSON Lines; constant memory.
  ///
  /// - Parameters:
  ///   - filter: takes an excerpt. Entries behind the newest checkpoint are left out.
  ///   - seen: a checkpoint that the asker kept from before; the bundle proves the log to continue it.
  ///   - write: takes the lines, each with its newline.
  /// - Throws: `.notFound` when nothing was signed yet; whatever `write` throws.
  public func exportBundle(
    _ filter: LogFilter, seen: SignedNote? = nil,
    write: (JSONValue) async throws -> Void
  ) async throws -> BundleSummary {
    guard let note = try await checkpoint() else {
      throw AuditError(.notFound, "the log has no signed checkpoint yet")
    }
    let key = try await verifierKey()
    let newest = try Checkpoint(text: note.text)
    var summary = BundleSummary(size: newest.size)
    try await write(AuditReader.header(key: key, filter: filter))
    try await write(["checkpoint": .string(String(decoding: note.bytes, as: UTF8.self))])
    for older in try await olderCheckpoints(before: newest.size) + [seen].compactMap(\.self) {
      try await write(try await continued(older, by: newest))
      summary.olderCheckpoints += 1
    }
    for try await page in try await leaves(0..<min(newest.size, filter.before ?? .max)) {
      let chosen = page.filter { leaf in
        filter.includes(time: leaf.time)
          && (leaf.facts().map { filter.matches($0, index: leaf.index, time: leaf.time) }
            ?? (filter == LogFilter()))
      }
      guard !chosen.isEmpty else { continue }
      summary.entries += UInt64(chosen.count)
      for line in try await proved(chosen, size: newest.size) { try await write(line) }
    }
    try await write(["end": true, "entries": .integer(Int(summary.entries))])
    return summary
  }

  /// The same for these entries alone: the proof of a few acts.
  public func exportBundle(
    indices: [UInt64], write: (JSONValue) async throws -> Void
  ) async throws -> BundleSummary {
    guard let note = try await checkpoint() else {
      throw AuditError(.notFound, "the log has no signed checkpoint yet")
    }
    let newest = try Checkpoint(text: note.text)
    var summary = BundleSummary(size: newest.size)
    try await write(AuditReader.header(key: try await verifierKey(), filter: LogFilter()))
    try await write(["checkpoint": .string(String(decoding: note.bytes, as: UTF8.self))])
    let chosen = try await entries(at: indices.filter { $0 < newest.size }).map {
      StreamedLeaf(index: $0.index, time: $0.time, bytes: $0.bytes, sealed: nil)
    }
    for line in try await proved(chosen, size: newest.size) { try await write(line) }
    summary.entries = UInt64(chosen.count)
    try await write(["end": true, "entries": .integer(chosen.count)])
    return summary
  }

  private static func header(key: VerifierKey, filter: LogFilter) -> JSONValue {
    var members: [JSONValue.Member] = [
      .init("bundle", .string(bundleFormat)), .init("vkey", .string(key.text)),
    ]
    let asked =
      filter.facets.map { JSONValue.Member("\($0.facet)", .string($0.value)) }
      + [
        filter.asset.map { .init("asset", .string($0)) },
        filter.since.map { .init("since", .string(RFC3339.text(milliseconds: $0))) },
        filter.until.map { .init("until", .string(RFC3339.text(milliseconds: $0))) },
      ].compactMap(\.self)
    if !asked.isEmpty { members.append(.init("excerpt", .object(asked))) }
    return .object(members)
  }

  private func olderCheckpoints(before size: UInt64) async throws(AuditError) -> [SignedNote] {
    let limit = AuditReader.bundledCheckpoints
    return try await read { database in
      let sizes = try Int64.fetchAll(
        database, sql: "SELECT size FROM checkpoints WHERE size < ? ORDER BY size",
        arguments: [Int64(size)])
      let count = min(sizes.count, limit)
      let chosen = (0..<count).map {
        sizes[count == sizes.count ? $0 : $0 * (sizes.count - 1) / (limit - 1)]
      }
      return try chosen.map { size in
        let row = try Row.fetchOne(
          database, sql: "SELECT note FROM checkpoints WHERE size = ?", arguments: [size])
        guard let row else { throw AuditError(.inconsistent, "a checkpoint vanished") }
        return try SignedNote(parsing: row.bytes("note"))
      }
    }
  }

  private func continued(_ note: SignedNote, by newest: Checkpoint) async throws -> JSONValue {
    let older = try Checkpoint(text: note.text)
    guard older.size <= newest.size else {
      throw AuditError(
        .inconsistent,
        "the checkpoint over \(older.size) entries is newer than the log, which has signed for "
          + "\(newest.size): the log was rolled back")
    }
    let proof =
      older.size == 0
      ? []
      : try await read { database in
        try MerkleProof.consistency(from: older.size, to: newest.size) {
          try LogDatabase.hash(of: $0, in: database)
        }
      }
    return [
      "checkpoint": .string(String(decoding: note.bytes, as: UTF8.self)),
      "consistency": .array(proof.map { .string($0.base64) }),
    ]
  }

  private func proved(
    _ leaves: [StreamedLeaf], size: UInt64
  ) async throws(AuditError) -> [JSONValue] {
    try await read { database in
      try leaves.map { leaf in
        guard let text = String(validating: leaf.bytes, as: UTF8.self) else {
          throw AuditError(.inconsistent, "entry \(leaf.index) is no text")
        }
        let proof = try MerkleProof.inclusion(index: leaf.index, size: size) {
          try LogDatabase.hash(of: $0, in: database)
        }
        return [
          "index": .integer(Int(leaf.index)), "entry": .string(text),
          "proof": .array(proof.map { .string($0.base64) }),
        ]
      }
    }
  }
}
