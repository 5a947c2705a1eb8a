import AuditStore
import Bytes
import Evidence
import Foundation
import GRDB
import MerkleLog
import PKI
import Testing

/// Thirty-three seeded tamperings, three of each kind: every one is found, and called by its name.
struct LogTamperingTests {
  enum Kind: String, CaseIterable {
    case edit, editWithHash, drop, reorder, truncate, swapTiles, fork, rollback, forgedCheckpoint,
      forgedReceipt, editedPayload
  }

  private static let size = 600
  let folder: Folder
  let log: AuditLog
  let old: [String: Data]

  init() async throws {
    folder = try Folder()
    log = try await openLog(folder)
    func entries(_ range: Range<Int>) -> [DecisionRecord] {
      range.map { record("r\($0)", asset: "video_\($0 % 7)", payload: "{\"n\":\($0)}") }
    }
    _ = try await log.append(contentsOf: entries(0..<500))
    try await log.close()
    var files: [String: Data] = [:]
    for name in ["log.sqlite", "payloads.sqlite"] {
      files[name] = FileManager.default.contents(atPath: "\(folder.path)/\(name)")
    }
    old = files
    let again = try await openLog(folder)
    _ = try await again.append(contentsOf: entries(500..<Self.size))
    try await again.close()
  }

  @Test(arguments: Kind.allCases)
  func `every tampering is named`(kind: Kind) async throws {
    for seed in UInt64(1)...3 {
      let work = try Folder()
      for name in ["log.sqlite", "payloads.sqlite", "checkpoint", "vkey", "sums", "tile"] {
        try FileManager.default.copyItem(
          atPath: "\(folder.path)/\(name)", toPath: "\(work.path)/\(name)")
      }
      let codes = try await tamper(kind, Int(seed &* 0x9E37_79B9 % 480) + 3, in: work)
      let expected: Set<String> =
        switch kind {
        case .edit: ["leaf_mismatch"]
        case .editWithHash: ["root_mismatch", "node_mismatch"]
        case .drop: ["index_gap"]
        case .reorder: ["root_mismatch"]
        case .truncate, .rollback: ["entries_dropped"]
        case .swapTiles: ["tile_changed"]
        case .fork: ["fork"]
        case .forgedCheckpoint: ["checkpoint_bad"]
        case .forgedReceipt: ["receipt_rejected"]
        case .editedPayload: ["payload_changed"]
        }
      #expect(codes.isSuperset(of: expected), "\(kind), seed \(seed): \(codes)")
    }
  }

  private func tamper(_ kind: Kind, _ index: Int, in work: Folder) async throws -> Set<String> {
    let entry = "CAST(replace(CAST(entry AS TEXT), 'allow', 'block') AS BLOB)"
    switch kind {
    case .edit:
      try run("UPDATE entries SET entry = \(entry) WHERE idx = \(index)", in: work)
    case .editWithHash:
      let hash = TreeHash.leaf(Array("{}".utf8))
      try run(
        "UPDATE entries SET entry = CAST('{}' AS BLOB), leaf_hash = x'\(hash)' WHERE idx = \(index)",
        in: work)
    case .drop: try run("DELETE FROM entries WHERE idx = \(index)", in: work)
    case .reorder:
      try run(
        """
        UPDATE entries SET idx = 9999 WHERE idx = \(index);
        UPDATE entries SET idx = \(index) WHERE idx = \(index + 1);
        UPDATE entries SET idx = \(index + 1) WHERE idx = 9999
        """, in: work)
    case .truncate: try run("DELETE FROM entries WHERE idx >= \(index)", in: work)
    case .swapTiles:
      let (left, right) = ("\(work.path)/tile/0/000", "\(work.path)/tile/0/001")
      try FileManager.default.moveItem(atPath: left, toPath: left + ".away")
      try FileManager.default.moveItem(atPath: right, toPath: left)
      try FileManager.default.moveItem(atPath: left + ".away", toPath: right)
    case .fork:
      try put(
        Checkpoint(origin: testOrigin, size: UInt64(Self.size), root: .leaf([UInt8(index & 0xFF)])),
        key: testKey, in: work)
    case .forgedCheckpoint:
      try put(
        Checkpoint(origin: testOrigin, size: UInt64(index), root: .leaf([1])),
        key: .generate(.ed25519), in: work)
    case .rollback:
      for (name, data) in old { try data.write(to: URL(filePath: "\(work.path)/\(name)")) }
    case .forgedReceipt: return try await forgeReceipt(of: UInt64(index))
    case .editedPayload:
      try run(
        """
        UPDATE payloads SET sealed = (SELECT sealed FROM payloads WHERE idx = \(index + 1))
        WHERE idx = \(index)
        """, in: work, file: "payloads.sqlite")
    }
    let found = await LogFileCheck.run(
      directory: work.path, key: log.verifierKey, payloadKeys: testPayloadKeys)
    return Set(found.problems.map(\.code))
  }

  private func run(_ sql: String, in work: Folder, file: String = "log.sqlite") throws {
    let queue = try DatabaseQueue(path: "\(work.path)/\(file)")
    try queue.write { database in
      for name in try String.fetchAll(
        database, sql: "SELECT name FROM sqlite_master WHERE type = 'trigger'")
      {
        try database.execute(sql: "DROP TRIGGER \(name)")
      }
      try database.execute(sql: sql)
    }
    try queue.close()
  }

  private func put(_ checkpoint: Checkpoint, key: PrivateKey, in work: Folder) throws {
    let note = try checkpoint.signed(by: NoteSigner(name: testOrigin, key: key))
    try Data(note.bytes).write(to: URL(filePath: "\(work.path)/checkpoint"))
  }

  /// Another entry under the same proof, another place, another hash on the way.
  private func forgeReceipt(of index: UInt64) async throws -> Set<String> {
    let receipt = try await AuditReader.open(directory: folder.path).receipt(index: index)
    let proof = try ProofFile(parsing: Array(receipt.proof.utf8))
    let leaf = TreeHash.leaf(receipt.entry)
    var hashes = proof.hashes
    hashes[Int(index) % hashes.count] = .leaf([7])
    for (proof, leaf) in [
      (proof, TreeHash.leaf(receipt.entry + [0x20])),
      (ProofFile(index: index ^ 1, hashes: proof.hashes, checkpoint: proof.checkpoint), leaf),
      (ProofFile(index: index, hashes: hashes, checkpoint: proof.checkpoint), leaf),
    ] {
      guard case .rejected = proof.verify(leaf: leaf, log: log.verifierKey) else { return [] }
    }
    return ["receipt_rejected"]
  }
}
