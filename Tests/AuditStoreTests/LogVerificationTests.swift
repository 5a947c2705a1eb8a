import AuditStore
import Bytes
import Foundation
import GRDB
import MerkleLog
import PKI
import Testing

/// Somebody with write access to the files, and what the verdict says of it.
struct LogVerificationTests {
  let folder: Folder
  let key: VerifierKey

  init() async throws {
    folder = try Folder()
    let log = try await openLog(folder)
    for index in 0..<18 {
      _ = try await log.append(
        record("r\(index)", asset: "video_\(index % 2)", payload: "{\"n\":\(index)}"))
      if index == 3 || index == 15 { try await log.checkpoint() }
    }
    key = log.verifierKey
    try await log.close()
  }

  private func tamper(_ statements: String, in file: String = "log.sqlite") throws {
    let queue = try DatabaseQueue(path: "\(folder.path)/\(file)")
    try queue.write { database in
      for name in try String.fetchAll(
        database, sql: "SELECT name FROM sqlite_master WHERE type = 'trigger'")
      {
        try database.execute(sql: "DROP TRIGGER \(name)")
      }
      try database.execute(sql: statements)
    }
    try queue.close()
  }

  private func verdict() async throws -> LogVerdict {
    try await AuditReader.open(directory: folder.path, payloadKeys: testPayloadKeys).verify(key)
  }

  @Test func `an untouched log is intact`() async throws {
    let verdict = try await verdict()
    #expect(verdict.isIntact && verdict.problems == [])
    #expect(verdict.size == 18 && verdict.checkpoint?.size == 18 && verdict.checkpointCount == 3)
    #expect(verdict.openedPayloads == 18)
  }

  @Test func `the database itself refuses to change or delete an entry`() throws {
    let queue = try DatabaseQueue(path: "\(folder.path)/log.sqlite")
    for sql in [
      "UPDATE entries SET decision = 'block'", "DELETE FROM entries WHERE idx = 5",
      "DELETE FROM checkpoints", "UPDATE nodes SET position = position + 9",
      "UPDATE settings SET value = 'x'",
    ] {
      #expect(throws: DatabaseError.self) { try queue.write { try $0.execute(sql: sql) } }
    }
  }

  @Test func `a changed entry is named`() async throws {
    try tamper(
      "UPDATE entries SET entry = CAST(replace(CAST(entry AS TEXT), 'allow', 'block') AS BLOB) WHERE idx = 3"
    )
    let verdict = try await verdict()
    #expect(!verdict.isIntact)
    #expect(verdict.problems.map(\.code) == ["leaf_mismatch", "column_mismatch"])
    #expect(verdict.problems.allSatisfy { $0.index == 3 })
  }

  @Test func `a changed entry with a fitting leaf hash is found by the signed root`() async throws {
    let forged = Array("{}".utf8)
    try tamper(
      """
      UPDATE entries SET entry = x'\(Hex.encode(forged))',
      leaf_hash = x'\(TreeHash.leaf(forged))' WHERE idx = 3
      """)
    let verdict = try await verdict()
    #expect(!verdict.problems.contains { $0.code == "leaf_mismatch" })
    #expect(verdict.problems.contains { $0.index == 15 && $0.code == "node_mismatch" })
    #expect(verdict.problems.filter { $0.code == "root_mismatch" }.count == 3)
    #expect(verdict.checkpoint == nil)
  }

  @Test(arguments: [
    ("UPDATE entries SET decision = 'block' WHERE idx = 2", 2, "column_mismatch"),
    ("UPDATE entries SET time = time + 1 WHERE idx = 2", 2, "column_mismatch"),
    ("DELETE FROM entries WHERE idx = 2", 3, "index_gap"),
    ("DELETE FROM entries WHERE idx = 17", nil, "entries_dropped"),
    ("UPDATE nodes SET hash = zeroblob(32) WHERE level = 4 AND position = 0", 15, "node_mismatch"),
    ("UPDATE edge SET size = 5", nil, "edge_mismatch"),
    ("UPDATE checkpoints SET note = x'00' WHERE size = 18", nil, "checkpoint_malformed"),
    ("UPDATE checkpoints SET size = 17 WHERE size = 18", nil, "checkpoint_bad"),
  ])
  func `every other change is found`(sql: String, index: UInt64?, code: String) async throws {
    try tamper(sql)
    let verdict = try await verdict()
    #expect(verdict.problems.contains { $0.index == index && $0.code == code })
  }

  @Test func `two entries that changed places are found`() async throws {
    try tamper(
      """
      UPDATE entries SET idx = 100 WHERE idx = 1; UPDATE entries SET idx = 1 WHERE idx = 2;
      UPDATE entries SET idx = 2 WHERE idx = 100
      """)
    let verdict = try await verdict()
    #expect(verdict.problems.contains { $0.code == "root_mismatch" })
  }

  @Test func `a changed payload and a vanished one are named`() async throws {
    try tamper(
      "UPDATE payloads SET sealed = zeroblob(60) WHERE id = 'r1'; DELETE FROM payloads WHERE id = 'r4'",
      in: "payloads.sqlite")
    let verdict = try await verdict()
    #expect(verdict.problems.map(\.code) == ["payload_changed", "payload_missing"])
    #expect(verdict.problems.map(\.index) == [1, 4])
    #expect(verdict.openedPayloads == 16)
  }

  @Test func `a wrong key verifies nothing`() async throws {
    let stranger = try NoteSigner(name: testOrigin, key: .generate(.ed25519)).verifierKey
    let verdict = try await AuditReader.open(directory: folder.path, payloadKeys: testPayloadKeys)
      .verify(stranger)
    #expect(verdict.checkpoint == nil)
    #expect(Set(verdict.problems.map(\.code)) == ["checkpoint_bad"])
  }

  @Test(arguments: [
    "UPDATE entries SET leaf_hash = zeroblob(32) WHERE idx = 2",
    "UPDATE entries SET entry = CAST('{}' AS BLOB) WHERE idx = 2",
    "DELETE FROM entries WHERE idx = 17", "DELETE FROM entries WHERE idx = 0",
    "UPDATE edge SET hashes = zeroblob(64)", "UPDATE edge SET size = 19",
    "UPDATE checkpoints SET note = x'00'", "DELETE FROM checkpoints WHERE size = 18",
  ])
  func `a log that does not agree with itself is not opened for writing`(
    sql: String
  ) async throws {
    try tamper(sql)
    let error = await #expect(throws: AuditError.self) { try await openLog(folder) }
    #expect(error?.code == .inconsistent)
  }

  @Test func `an old copy of the database is not written on`() async throws {
    let copy = try Folder()
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
      try FileManager.default.copyItem(
        atPath: "\(folder.path)/\(name)", toPath: "\(copy.path)/\(name)")
    }
    let log = try await openLog(folder)
    _ = try await log.append(record("newer"))
    try await log.close()
    try FileManager.default.removeItem(atPath: "\(copy.path)/checkpoint")
    try FileManager.default.copyItem(
      atPath: "\(folder.path)/checkpoint", toPath: "\(copy.path)/checkpoint")
    let error = await #expect(throws: AuditError.self) { try await openLog(copy) }
    #expect(error?.code == .inconsistent)
    #expect(error?.detail.contains("rolled back") == true)
    let verdict = try await AuditReader.open(directory: copy.path).verify(key)
    #expect(verdict.problems.contains { $0.code == "entries_dropped" })
  }

  @Test func `a payload without a leaf is forgotten at the next start`() async throws {
    try tamper(
      "INSERT INTO payloads VALUES (18, 'orphan', 'decision', 0, '', x'', CAST('half-written' AS BLOB))",
      in: "payloads.sqlite")
    let log = try await openLog(folder)
    try await log.close()
    #expect(!String(decoding: try folder.rawBytes(), as: UTF8.self).contains("half-written"))
    #expect(try await verdict().isIntact)
  }

  @Test func `an erasure that was logged and not finished is finished at the next start`()
    async throws
  {
    let saved = FileManager.default.contents(atPath: "\(folder.path)/payloads.sqlite")
    let log = try await openLog(folder)
    _ = try await log.erase(id: "r2", ground: "gdpr.art17")
    try await log.close()
    for suffix in ["-wal", "-shm"] {
      try? FileManager.default.removeItem(atPath: "\(folder.path)/payloads.sqlite\(suffix)")
    }
    try #require(saved).write(to: URL(filePath: "\(folder.path)/payloads.sqlite"))
    try await openLog(folder).close()
    let verdict = try await verdict()
    #expect(verdict.isIntact && verdict.erasedPayloads == 1 && verdict.openedPayloads == 17)
    #expect(!String(decoding: try folder.rawBytes(), as: UTF8.self).contains("{\"n\":2}"))
  }
}
