import GRDB
import MerkleLog

extension AuditReader {
  /// Leaves that fit, newest first. Finds them through the index, which is brought up to date
  /// first: about ten seconds for the first million leaves, nothing noticeable afterwards.
  public func list(
    _ filter: LogFilter = LogFilter(), limit: Int
  ) async throws(AuditError) -> [LogEntry] {
    if let asset = filter.asset {
      // A job has a handful of leaves, and the log's own table lists them.
      return Array(
        try await entries(forAsset: asset).reversed().filter { AuditReader.fits($0, filter) }
          .prefix(max(limit, 0)))
    }
    if filter.facets.isEmpty, filter.since == nil, filter.until == nil {
      return try await newest(before: filter.before, limit: limit)
    }
    guard let index = try await currentIndex() else {
      return try await scan(filter, limit: limit)
    }
    let found: [UInt64]
    do {
      found = try await index.find(filter, limit: limit)
    } catch {
      throw AuditError(error, while: "cannot read \(LogIndex.fileName); delete it, it is rebuilt")
    }
    return try await entries(at: found).filter { AuditReader.fits($0, filter) }
  }

  /// Brings the index up to date. Returns the number of leaves in it; nil when this user may not
  /// write the log's folder, and lists then read the whole log.
  @discardableResult
  public func updateIndex() async throws(AuditError) -> UInt64? {
    guard let index = try await currentIndex() else { return nil }
    return try? await index.progress().size
  }

  private func currentIndex() async throws(AuditError) -> LogIndex? {
    guard let index = try? LogIndex(folder: directory) else { return nil }
    do {
      var (size, lastHash) = try await index.progress()
      if size > 0, try await entry(index: size - 1)?.leafHash.description != lastHash {
        // The index is of another log, or of a copy that was put back.
        try await index.clear()
        size = 0
      }
      for try await page in try await leaves(size..<UInt64.max) { try await index.add(page) }
    } catch {
      throw AuditError(error, while: "cannot index the log")
    }
    return index
  }

  private func newest(before: UInt64?, limit: Int) async throws(AuditError) -> [LogEntry] {
    let end = Int64(clamping: before ?? UInt64(Int64.max))
    return try await read { database in
      try Row.fetchAll(
        database,
        sql: "SELECT \(LogEntry.columns) FROM entries WHERE idx < ? ORDER BY idx DESC LIMIT ?",
        arguments: [end, max(limit, 0)]
      ).map { try LogEntry($0) }
    }
  }

  func entries(at indices: [UInt64]) async throws(AuditError) -> [LogEntry] {
    try await read { database in
      try indices.compactMap { try LogDatabase.entry(index: $0, in: database) }
    }
  }

  /// Without an index: reads every leaf, keeps the newest that fit.
  private func scan(_ filter: LogFilter, limit: Int) async throws(AuditError) -> [LogEntry] {
    var found: [UInt64] = []
    do {
      for try await page in try await leaves(0..<(filter.before ?? .max)) {
        for leaf in page where filter.includes(time: leaf.time) {
          guard let facts = leaf.facts(),
            filter.matches(facts, index: leaf.index, time: leaf.time)
          else { continue }
          found.append(leaf.index)
        }
        if found.count > 2 * max(limit, 0) { found.removeFirst(found.count - max(limit, 0)) }
      }
    } catch {
      throw AuditError(error, while: "cannot read the log")
    }
    return try await entries(at: found.suffix(max(limit, 0)).reversed())
  }

  /// The index may be stale or touched: what the leaf itself says decides.
  private static func fits(_ entry: LogEntry, _ filter: LogFilter) -> Bool {
    guard let facts = LeafFacts(leaf: entry.bytes) else { return filter.facets.isEmpty }
    return filter.matches(facts, index: entry.index, time: entry.time)
  }
}
