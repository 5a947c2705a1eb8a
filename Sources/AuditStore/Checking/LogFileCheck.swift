import Bytes
import GRDB
import Glibc
public import MerkleLog

/// Looks at every file of a log, and names each that is not as it was written.
public enum LogFileCheck {
  /// - Parameters:
  ///   - key: the log's, or nil for the one it says is its own.
  ///   - payloadKeys: nil leaves payloads sealed; their files are checked as far as that goes.
  /// - Returns: what verification says, when the databases could be read, and all problems, each with
  ///   its file.
  public static func run(
    directory: String, key: VerifierKey?, payloadKeys: PayloadKeys? = nil
  ) async -> (verdict: LogVerdict?, problems: [LogProblem]) {
    var problems: [LogProblem] = []
    func report(_ file: String, _ code: String, _ detail: String) {
      problems.append(LogProblem(index: nil, code: code, detail: detail, file: file))
    }
    do {
      for (file, detail) in try FileSums.compare(directory) {
        report(file, "bytes_changed", detail)
      }
    } catch {
      report(FileSums.fileName, "unreadable", "\(error)")
    }
    for file in [LogDatabase.fileName, PayloadDatabase.fileName] {
      for detail in integrity(of: "\(directory)/\(file)") {
        report(file, "database_damaged", detail)
      }
    }
    var verdict: LogVerdict?
    do {
      let reader = try AuditReader.open(directory: directory, payloadKeys: payloadKeys)
      let own = try await reader.verifierKey()
      if (try? FileByteSource.contents(of: "\(directory)/vkey")) != Array("\(own.text)\n".utf8) {
        report("vkey", "key_changed", "the file is not the key that the log recorded")
      }
      let verified = try await reader.verify(key ?? own)
      verdict = verified
      problems += verified.problems
      problems += try await checkTiles(reader)
    } catch {
      // The file is named above when SQLite could say which.
      if problems.isEmpty { report(LogDatabase.fileName, "unreadable", error.detail) }
    }
    return (verdict, problems)
  }

  private static func integrity(of path: String) -> [String] {
    do {
      let queue = try SQLiteFile.open(path, readonly: true)
      let lines = try queue.read { try String.fetchAll($0, sql: "PRAGMA integrity_check(10)") }
      try queue.close()
      return lines == ["ok"] ? [] : lines
    } catch {
      return [AuditError(error, while: "cannot be read").detail]
    }
  }

  /// Compares the tiles below the published checkpoint with the database.
  private static func checkTiles(
    _ reader: AuditReader
  ) async throws(AuditError) -> [LogProblem] {
    let directory = reader.directory
    guard let bytes = try? FileByteSource.contents(of: "\(directory)/checkpoint"),
      let note = try? SignedNote(parsing: bytes), let checkpoint = try? Checkpoint(text: note.text)
    else {
      guard access("\(directory)/checkpoint", F_OK) == 0 else { return [] }
      return [
        LogProblem(
          index: nil, code: "checkpoint_malformed", detail: "the file is no checkpoint",
          file: "checkpoint")
      ]
    }
    return try await reader.read { database in
      let edge = try LogDatabase.edge(in: database)
      var problems: [LogProblem] = []
      let published = try Checkpoint(text: note.text)
      let stored = try LogDatabase.withCosignatures(
        SignedNote(text: note.text), size: published.size, in: database)
      let known = Set(stored.signatures.map(\.line))
      // The first line is the log's; the others must be those that came in.
      for line in note.signatures.dropFirst() where !known.contains(line.line) {
        problems.append(
          LogProblem(
            index: nil, code: "cosignature_changed",
            detail: "the line of \(line.name) is not the one that the witness sent",
            file: "checkpoint"))
      }
      for tile in TilePath.added(from: 0, to: min(checkpoint.size, edge.size)) {
        let name = tile.description
        guard let found = try? FileByteSource.contents(of: "\(directory)/\(name)") else {
          problems.append(
            LogProblem(
              index: nil, code: "tile_missing", detail: "the tile is not there or cannot be read",
              file: name))
          continue
        }
        if (try? TileFolder.bytes(of: tile, in: database)) != found {
          problems.append(
            LogProblem(
              index: nil, code: "tile_changed", detail: "the tile is not what the entries give",
              file: name))
        }
      }
      return problems
    }
  }
}
