public import Evidence
import GRDB

/// The log's leaves from first to last, a page at a time: for replays, counts and exports over a
/// whole log. Memory stays that of one page, and no page keeps a reader's snapshot open longer than
/// it takes to read it, so that erasures are never kept waiting.
///
///     for try await page in reader.leaves() {
///       for leaf in page { … leaf.facts() … }
///     }
public struct LeafStream: AsyncSequence, Sendable {
  public typealias Element = [StreamedLeaf]

  /// Leaves in one page: about a millisecond of reading, a few megabytes.
  public static let pageSize: UInt64 = 2048

  let reader: AuditReader
  let range: Range<UInt64>
  let withPayloads: Bool

  public func makeAsyncIterator() -> Iterator {
    Iterator(reader: reader, next: range.lowerBound, end: range.upperBound, withPayloads: withPayloads)
  }

  public struct Iterator: AsyncIteratorProtocol {
    let reader: AuditReader
    var next: UInt64
    let end: UInt64
    let withPayloads: Bool

    /// The next page, or nil behind the last leaf.
    public mutating func next() async throws -> [StreamedLeaf]? {
      guard next < end else { return nil }
      let last = Swift.min(next + LeafStream.pageSize, end)
      let page = try await reader.page(next..<last, withPayloads: withPayloads)
      guard let newest = page.last else { return nil }
      next = newest.index + 1
      return page
    }
  }
}

/// One leaf of a stream: where it stands and its bytes, parsed when asked.
public struct StreamedLeaf: Sendable {
  public let index: UInt64
  /// Milliseconds since 1970.
  public let time: Int64
  /// Exactly what the leaf hash covers.
  public let bytes: [UInt8]
  /// The payload, where it was asked for and has not been erased.
  let payload: [UInt8]?

  /// What the leaf says; nil when it is no leaf of ours.
  public func facts() -> LeafFacts? { LeafFacts(leaf: bytes) }

  /// A decision as a policy can judge it again; nil when this leaf is none.
  public func decision() -> LoggedDecision? {
    guard let facts = facts(), facts.isDecision, let stage = Stage(rawValue: facts.stage),
      let outcome = Outcome(rawValue: facts.decision)
    else { return nil }
    let items = payload.flatMap(EvidenceItem.items(ofPayload:)) ?? facts.evidence
    return LoggedDecision(
      index: index, time: time, stage: stage, outcome: outcome, items: items, facts: facts)
  }
}

/// A decision of the log with the evidence it rested on.
public struct LoggedDecision: Sendable {
  public let index: UInt64
  /// Milliseconds since 1970.
  public let time: Int64
  public let stage: Stage
  public let outcome: Outcome
  /// What the checks said; nil when neither leaf nor payload has it: the decision cannot be judged
  /// again.
  public let items: [EvidenceItem]?
  /// Rules that fired, policies, models, pseudonyms.
  public let facts: LeafFacts

  /// Who asked, as far as the leaf says: pseudonyms, and the age band where it is logged.
  public var subject: Subject {
    Subject(
      tenant: facts.tenant, endUser: facts.subject.isEmpty ? nil : facts.subject,
      ageBand: facts.ageBand ?? .unknown)
  }
}

extension AuditReader {
  /// All leaves in `range`, or in the whole log as it is now.
  ///
  /// - Parameter withPayloads: reads the payloads too, for the evidence that a leaf had no room for.
  ///   Two to three times slower.
  public func leaves(
    _ range: Range<UInt64>? = nil, withPayloads: Bool = false
  ) async throws(AuditError) -> LeafStream {
    let size = try await size()
    let wanted = range ?? 0..<size
    let clamped = Swift.min(wanted.lowerBound, size)..<Swift.min(wanted.upperBound, size)
    return LeafStream(reader: self, range: clamped, withPayloads: withPayloads)
  }

  /// Entries in the log.
  public func size() async throws(AuditError) -> UInt64 {
    try await read { database in
      UInt64(try Int64.fetchOne(database, sql: "SELECT max(idx) + 1 FROM entries") ?? 0)
    }
  }

  func page(
    _ range: Range<UInt64>, withPayloads: Bool
  ) async throws(AuditError) -> [StreamedLeaf] {
    let first = Int64(bitPattern: range.lowerBound)
    let end = Int64(bitPattern: range.upperBound)
    let rows = try await read { database in
      var rows: [(index: UInt64, id: String, time: Int64, bytes: [UInt8])] = []
      rows.reserveCapacity(range.count)
      let cursor = try Row.fetchCursor(
        database.cachedStatement(
          sql: """
            SELECT idx, id, time, entry FROM entries WHERE idx >= ? AND idx < ? ORDER BY idx
            """),
        arguments: [first, end])
      while let row = try cursor.next() {
        rows.append(
          (
            UInt64(bitPattern: row[0] as Int64), withPayloads ? row[1] : "", row[2],
            try row.withUnsafeData(atIndex: 3) { $0.map { [UInt8]($0) } ?? [] }
          ))
      }
      return rows
    }
    let payloads = withPayloads ? try await self.payloads(rows.map(\.id)) : [:]
    return rows.map {
      StreamedLeaf(index: $0.index, time: $0.time, bytes: $0.bytes, payload: payloads[$0.id])
    }
  }

  /// The payloads that are there, by id.
  func payloads(_ ids: [String]) async throws(AuditError) -> [String: [UInt8]] {
    do {
      return try await payloads.queue.read { database in
        var found: [String: [UInt8]] = [:]
        for id in ids {
          if let payload = try PayloadDatabase.payload(id: id, in: database) {
            found[id] = payload.bytes
          }
        }
        return found
      }
    } catch {
      throw AuditError(error, while: "cannot read the payloads")
    }
  }
}
