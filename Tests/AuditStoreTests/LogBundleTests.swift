import Evidence
import MerkleLog
import StrictJSON
import Synchronization
import Testing

@testable import AuditStore

struct LogBundleTests {
  let folder: Folder

  init() throws { folder = try Folder() }

  private final class Lines: Sendable {
    let value = Mutex<[JSONValue]>([])
  }

  private func export(
    _ reader: AuditReader, _ filter: LogFilter = LogFilter(), seen: SignedNote? = nil
  ) async throws -> ([JSONValue], BundleSummary) {
    let lines = Lines()
    let summary = try await reader.exportBundle(filter, seen: seen) { line in
      lines.value.withLock { $0.append(line) }
    }
    return (lines.value.withLock { $0 }, summary)
  }

  private func check(_ lines: [JSONValue], _ key: VerifierKey) throws -> BundleVerdict {
    var checker = BundleChecker(log: key)
    for line in lines {
      let hashes = (line["consistency"] ?? line["proof"])?.array?
        .compactMap { $0.string.flatMap { TreeHash(base64: $0) } }
      if let note = line["checkpoint"]?.string {
        if let hashes {
          checker.addOlder(Array(note.utf8), consistency: hashes)
        } else {
          checker.addNewest(Array(note.utf8))
        }
      } else if let entry = line["entry"]?.string, let index = line["index"]?.integer {
        checker.addEntry(Array(entry.utf8), index: UInt64(index), proof: hashes ?? [])
      }
    }
    return checker.finish(announced: lines.last?["entries"]?.integer.map { UInt64($0) })
  }

  @Test func `a bundle is checked with the log's key alone`() async throws {
    let log = try await openLog(folder)
    var notes: [SignedNote] = []
    for index in 0..<21 {
      _ = try await log.append(
        record("r\(index)", outcome: index % 5 == 4 ? .block : .allow, payload: "{\"p\":1}"))
      if index % 6 == 0 { notes.append(try await log.checkpoint()) }
    }
    try await log.checkpoint()
    _ = try await log.append(record("unsigned"))
    let reader = try AuditReader.open(directory: folder.path)

    let (whole, summary) = try await export(reader, seen: notes[2])
    #expect(summary == BundleSummary(entries: 21, size: 21, olderCheckpoints: 5))
    let verdict = try check(whole, log.verifierKey)
    #expect(verdict.isGood && verdict.isComplete && verdict.olderCheckpoints == 5)

    let (some, excerpt) = try await export(reader, LogFilter(decision: "block"))
    #expect(excerpt.entries == 4)
    #expect(some.first?["excerpt"]?["decision"]?.string == "block")
    let partial = try check(some, log.verifierKey)
    #expect(partial.isGood && !partial.isComplete && partial.provedEntries == 4)
  }

  @Test func `a checkpoint beyond the log is a rollback`() async throws {
    let log = try await openLog(folder)
    _ = try await log.append(record("a"))
    try await log.checkpoint()
    let other = try Folder()
    let longer = try await openLog(other)
    for id in ["x", "y"] { _ = try await longer.append(record(id)) }
    let seen = try await longer.checkpoint()
    let reader = try AuditReader.open(directory: folder.path)
    let error = await #expect(throws: AuditError.self) {
      try await export(reader, seen: seen)
    }
    #expect(error?.code == .inconsistent)
  }
}
