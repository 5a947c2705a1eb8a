import Evidence
import Foundation
import Testing

@testable import AuditStore

struct LogListingTests {
  let folder: Folder

  init() throws { folder = try Folder() }

  private func rule(_ id: String, _ category: String, shadow: Bool = false) -> FiredRule {
    FiredRule(
      rule: id, policy: "default", outcome: .block, category: category, evidence: .prompt,
      isShadow: shadow)
  }

  private func fill(_ log: AuditLog) async throws {
    let start: Int64 = 1_763_805_600_000
    for index in 0..<40 {
      let fired =
        index % 10 == 7
        ? [rule("words.slurs", "hate")]
        : index % 10 == 3 ? [rule("new.rule", "sexual", shadow: true)] : []
      _ = try await log.append(
        DecisionRecord(
          id: "r\(index)",
          decision: Decision(
            stage: index % 2 == 0 ? .screen : .inspect, outcome: index % 10 == 7 ? .block : .allow,
            fired: fired, policies: []),
          asset: "video_\(index / 5)", subject: "subject-\(index % 3)",
          // Every fourth clock reading is a little behind the one before it.
          time: start + Int64(index) * 1000 - (index % 4 == 3 ? 2500 : 0)))
    }
  }

  private static let filters: [(LogFilter, [Int])] = [
    (LogFilter(rule: "words.slurs"), [37, 27, 17, 7]),
    (LogFilter(category: "hate"), [37, 27, 17, 7]),
    (LogFilter(rule: "new.rule"), [33, 23, 13, 3]),
    // A shadow rule enforces nothing, so its category is none that a caller was told.
    (LogFilter(category: "sexual"), []),
    (LogFilter(stage: "screen", subject: "subject-1"), [34, 28, 22, 16, 10, 4]),
    (LogFilter(decision: "block", before: 27), [17, 7]),
    (LogFilter(asset: "video_1", rule: "words.slurs"), [7]),
    (LogFilter(subject: "nobody"), []),
    (LogFilter(stage: "screen", since: 1_763_805_600_000 + 36_000), [38, 36]),
    (LogFilter(since: 1_763_805_604_000, until: 1_763_805_606_000), [7, 5, 4]),
    (LogFilter(rule: "words.slurs", until: 1_763_805_600_000 + 20_000), [17, 7]),
  ]

  @Test func `lists answer by index as they do by reading every leaf`() async throws {
    let log = try await openLog(folder)
    try await fill(log)
    for isIndexed in [true, false] {
      let path = "\(folder.path)/\(LogIndex.fileName)"
      if !isIndexed {
        // A folder in the index's place: nothing can be written there.
        for suffix in ["", "-wal", "-shm"] {
          try? FileManager.default.removeItem(atPath: path + suffix)
        }
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
      }
      let reader = try AuditReader.open(directory: folder.path)
      #expect(try await reader.updateIndex() == (isIndexed ? 40 : nil))
      for (filter, indices) in Self.filters {
        let found = try await reader.list(filter, limit: 100).map { Int($0.index) }
        #expect(found == indices, "\(filter), indexed: \(isIndexed)")
        #expect(
          try await reader.list(filter, limit: 2).map { Int($0.index) } == Array(indices.prefix(2)))
      }
    }
  }

  @Test func `the index follows the log, and starts over on another one`() async throws {
    let log = try await openLog(folder)
    let reader = try AuditReader.open(directory: folder.path)
    let filter = LogFilter(subject: "3f2a")
    #expect(try await reader.list(filter, limit: 9) == [])
    _ = try await log.append(record("a"))
    #expect(try await reader.list(filter, limit: 9).map(\.id) == ["a"])
    _ = try await log.append(record("b"))
    #expect(try await reader.list(filter, limit: 9).map(\.id) == ["b", "a"])

    let other = try Folder()
    let second = try await openLog(other)
    _ = try await second.append(record("x", asset: "video_9"))
    for name in [LogIndex.fileName, LogIndex.fileName + "-wal", LogIndex.fileName + "-shm"] {
      try? FileManager.default.copyItem(
        atPath: "\(folder.path)/\(name)", toPath: "\(other.path)/\(name)")
    }
    let reader2 = try AuditReader.open(directory: other.path)
    #expect(try await reader2.list(filter, limit: 9).map(\.id) == ["x"])
  }
}
