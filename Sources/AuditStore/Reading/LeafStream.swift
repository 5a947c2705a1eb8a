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
    Iterator(
      reader: reader, next: range.lowerBound, end: range.upperBound, withPayloads: withPayloads)
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
  /// The sealed payload with the keys for it, where payloads were asked for and it was not erased.
  let sealed: (payload: PayloadDatabase.Payload, keys: PayloadKeys)?

  /// The payload, opened now; nil where there is none to open.
  var payload: [UInt8]? {
    sealed.flatMap { $0.payload.sealed.open(id: $0.payload.id, keys: $0.keys)?.bytes }
  }

  /// What the leaf says; nil when it is no leaf of ours.
  public func facts() -> LeafFacts? { LeafFacts(leaf: bytes) }

  /// A decision as a policy can judge it again; nil when this leaf is none.
  public func decision() -> LoggedDecision? {
    guard let facts = facts(), facts.isDecision, let stage = Stage(rawValue: facts.stage),
      let outcome = Outcome(rawValue: facts.decision)
    else { return nil }
    let payload = payload
    let judged = payload.map(JudgedEvidence.init(payload:))
    return LoggedDecision(
      index: index, time: time, stage: stage, outcome: outcome,
      items: judged?.items ?? EvidenceItem.summary(facts.scores), isSummary: judged?.items == nil,
      isUnreadable: judged?.isUnreadable ?? false, ageBand: judged?.ageBand ?? facts.ageBand,
      consents: judged?.consents ?? [], facts: facts)
  }
}

/// A decision of the log with the evidence it rested on.
public struct LoggedDecision: Sendable {
  public let index: UInt64
  /// Milliseconds since 1970.
  public let time: Int64
  public let stage: Stage
  public let outcome: Outcome
  /// What the checks said.
  public let items: [EvidenceItem]
  /// The payload was erased, sealed or not asked for: `items` has one item for each kind of
  /// evidence with the highest scores, so rules that count frames or join signals may judge
  /// otherwise than they did.
  public let isSummary: Bool
  /// There is a payload, and its evidence is not as this version writes it.
  public let isUnreadable: Bool
  private let ageBand: Subject.AgeBand?
  private let consents: Set<String>
  /// Rules that fired, policies, models, pseudonyms.
  public let facts: LeafFacts

  init(
    index: UInt64, time: Int64, stage: Stage, outcome: Outcome, items: [EvidenceItem],
    isSummary: Bool, isUnreadable: Bool, ageBand: Subject.AgeBand?, consents: Set<String>,
    facts: LeafFacts
  ) {
    self.index = index
    self.time = time
    self.stage = stage
    self.outcome = outcome
    self.items = items
    self.isSummary = isSummary
    self.isUnreadable = isUnreadable
    self.ageBand = ageBand
    self.consents = consents
    self.facts = facts
  }

  /// Who asked: pseudonyms, and what policies read of a subject as far as it was logged.
  public var subject: Subject {
    Subject(
      tenant: facts.tenant, endUser: facts.subject.isEmpty ? nil : facts.subject,
      ageBand: ageBand ?? .unknown, consents: consents)
  }
}

extension AuditReader {
  /// All leaves in `range`, or in the whole log as it is now.
  ///
  /// - Parameter withPayloads: opens the payloads too, where the reader has their keys: a leaf keeps
  ///   the strongest scores only, a payload all evidence. Several times slower.
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
    let leaves = try await read { database in
      var leaves: [StreamedLeaf] = []
      leaves.reserveCapacity(range.count)
      let cursor = try Row.fetchCursor(
        database.cachedStatement(
          sql: "SELECT idx, time, entry FROM entries WHERE idx >= ? AND idx < ? ORDER BY idx"),
        arguments: [first, end])
      while let row = try cursor.next() {
        leaves.append(
          StreamedLeaf(
            index: UInt64(bitPattern: row[0] as Int64), time: row[1],
            bytes: try row.bytes(at: 2), sealed: nil))
      }
      return leaves
    }
    guard withPayloads, let keys = payloadKeys else { return leaves }
    let sealed = try await sealedPayloads(range)
    return leaves.map { leaf in
      StreamedLeaf(
        index: leaf.index, time: leaf.time, bytes: leaf.bytes,
        sealed: sealed[leaf.index].map { ($0, keys) })
    }
  }

  /// The payloads that are there, by index.
  private func sealedPayloads(
    _ range: Range<UInt64>
  ) async throws(AuditError) -> [UInt64: PayloadDatabase.Payload] {
    do {
      return try await payloads.queue.read { database in
        let cursor = try Row.fetchCursor(
          database.cachedStatement(
            sql: """
              SELECT \(PayloadDatabase.Payload.columns) FROM payloads WHERE idx >= ? AND idx < ?
              """),
          arguments: [Int64(bitPattern: range.lowerBound), Int64(bitPattern: range.upperBound)])
        var sealed: [UInt64: PayloadDatabase.Payload] = [:]
        sealed.reserveCapacity(range.count)
        while let row = try cursor.next() {
          let payload = try PayloadDatabase.Payload(row)
          sealed[payload.index] = payload
        }
        return sealed
      }
    } catch {
      throw AuditError(error, while: "cannot read the payloads")
    }
  }
}
