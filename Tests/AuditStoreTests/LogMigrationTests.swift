import AuditStore
import Bytes
import Foundation
import GRDB
import MerkleLog
import PKI
import StrictJSON
import Testing

/// A log that the first version wrote: one row a tree node, no columns to search by, payloads in the
/// clear.
struct LogMigrationTests {
  private static let secret = "a prompt in the clear"

  /// 20 decisions; every third has a payload, and r6 was erased.
  private func writeOldLog(_ folder: Folder) throws -> VerifierKey {
    let signer = try NoteSigner(name: testOrigin, key: testKey)
    let log = try DatabaseQueue(path: "\(folder.path)/log.sqlite")
    let payloads = try DatabaseQueue(path: "\(folder.path)/payloads.sqlite")
    try payloads.write {
      try $0.execute(
        sql:
          "CREATE TABLE payloads (id TEXT PRIMARY KEY, salt BLOB NOT NULL, payload BLOB NOT NULL)")
    }
    try log.write { database in
      try database.execute(sql: oldSchema)
      var edge = RightEdge()
      for index in 0..<20 {
        let id = "r\(index)"
        let payload = Array("{\"prompt\":\"\(Self.secret) \(index)\"}".utf8)
        let salt = [UInt8](repeating: UInt8(index), count: 32)
        let hasPayload = index % 3 == 0
        let commitment = HMAC.sha256(
          key: salt, message: Array("modlog-payload/v1\0".utf8) + payload)
        var leaf: [JSONValue.Member] = [
          .init("asset", "video_1"), .init("decision", "block"), .init("id", .string(id)),
          .init("kind", "moderation.decision"), .init("stage", "screen"), .init("subject", "3f2a"),
          .init("rules", [["category": "violence", "rule": "default.violence"]]),
          .init("t", "2026-11-22T10:00:00.000Z"), .init("v", 1),
        ]
        if hasPayload { leaf.append(.init("commit", .string(Hex.encode(commitment)))) }
        let bytes = JSONValue.object(leaf).canonical
        try database.execute(
          sql: "INSERT INTO entries VALUES (?, ?, 'video_1', ?, 'screen', 'block', ?, ?, ?)",
          arguments: [
            index, id, "moderation.decision", 1_795_341_600_000, Data(bytes),
            Data(TreeHash.leaf(bytes).bytes),
          ])
        for (subtree, hash) in edge.append(.leaf(bytes)) where subtree.level > 0 {
          try database.execute(
            sql: "INSERT INTO nodes VALUES (?, ?, ?)",
            arguments: [subtree.level, Int64(subtree.index), Data(hash.bytes)])
        }
        if hasPayload {
          try payloads.write {
            try $0.execute(
              sql: "INSERT INTO payloads VALUES (?, ?, ?)",
              arguments: [id, Data(salt), Data(payload)])
          }
        }
      }
      try database.execute(
        sql: "UPDATE edge SET size = 20, hashes = ?",
        arguments: [Data(edge.hashes.flatMap(\.bytes))])
      try database.execute(
        sql: "INSERT INTO settings VALUES ('origin', ?), ('vkey', ?)",
        arguments: [testOrigin, signer.verifierKey.text])
      let checkpoint = Checkpoint(origin: testOrigin, size: 20, root: edge.root)
      try database.execute(
        sql: "INSERT INTO checkpoints VALUES (20, ?, ?)",
        arguments: [Data(edge.root.bytes), Data(try checkpoint.signed(by: signer).bytes)])
    }
    try log.close()
    try payloads.close()
    return signer.verifierKey
  }

  @Test func `an old log goes on, searchable, with its payloads sealed`() async throws {
    let folder = try Folder()
    let key = try writeOldLog(folder)
    func holdsSecret() throws -> Bool {
      String(decoding: try folder.rawBytes(), as: UTF8.self).contains(Self.secret)
    }
    #expect(try holdsSecret())
    let log = try await openLog(folder)
    #expect(try !holdsSecret())
    #expect(try await log.append(record("r20", payload: "{\"n\":20}")) == 20)
    for index in UInt64(0)...20 {
      let receipt = try await log.receipt(index: index)
      let proof = try ProofFile(parsing: Array(receipt.proof.utf8))
      guard case .verified = proof.verify(leaf: .leaf(receipt.entry), log: key) else {
        Issue.record("entry \(index) is not proved")
        continue
      }
    }
    try await log.close()
    let reader = try AuditReader.open(directory: folder.path, payloadKeys: testPayloadKeys)
    let verdict = try await reader.verify(key)
    #expect(verdict.problems == [])
    #expect(verdict.size == 21 && verdict.openedPayloads == 8)
    let entry = try #require(try await reader.entry(index: 3))
    #expect(entry.categories == ["violence"] && entry.rules == ["default.violence"])
    #expect(entry.subject == "3f2a")
    #expect(
      try await reader.show(id: "r3")?.payload == .present(["prompt": .string("\(Self.secret) 3")]))
  }
}

private let oldSchema = """
  CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE entries (
    idx INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, asset TEXT NOT NULL,
    kind TEXT NOT NULL, stage TEXT NOT NULL, decision TEXT NOT NULL,
    time INTEGER NOT NULL, entry BLOB NOT NULL,
    leaf_hash BLOB NOT NULL CHECK (length(leaf_hash) = 32)) STRICT;
  CREATE INDEX entries_by_asset ON entries (asset, idx);
  CREATE TABLE nodes (
    level INTEGER NOT NULL, position INTEGER NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (level, position)) STRICT, WITHOUT ROWID;
  CREATE TABLE edge (
    one INTEGER PRIMARY KEY CHECK (one = 1), size INTEGER NOT NULL,
    hashes BLOB NOT NULL) STRICT;
  CREATE TABLE checkpoints (
    size INTEGER PRIMARY KEY, root BLOB NOT NULL CHECK (length(root) = 32),
    note BLOB NOT NULL) STRICT;
  INSERT INTO edge VALUES (1, 0, x'');
  CREATE TRIGGER settings_no_update BEFORE UPDATE ON settings BEGIN SELECT RAISE(ABORT, ''); END;
  CREATE TRIGGER settings_no_delete BEFORE DELETE ON settings BEGIN SELECT RAISE(ABORT, ''); END;
  CREATE TRIGGER entries_no_update BEFORE UPDATE ON entries BEGIN SELECT RAISE(ABORT, ''); END;
  CREATE TRIGGER entries_no_delete BEFORE DELETE ON entries BEGIN SELECT RAISE(ABORT, ''); END;
  CREATE TRIGGER nodes_no_update BEFORE UPDATE ON nodes BEGIN SELECT RAISE(ABORT, ''); END;
  CREATE TRIGGER nodes_no_delete BEFORE DELETE ON nodes BEGIN SELECT RAISE(ABORT, ''); END;
  CREATE TRIGGER checkpoints_no_update BEFORE UPDATE ON checkpoints
    BEGIN SELECT RAISE(ABORT, ''); END;
  CREATE TRIGGER checkpoints_no_delete BEFORE DELETE ON checkpoints
    BEGIN SELECT RAISE(ABORT, ''); END;
  PRAGMA user_version = 1;
  """
