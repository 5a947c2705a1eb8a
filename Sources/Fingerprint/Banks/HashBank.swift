/// A list of known media, kept up to date by its updates and asked by fingerprint.
///
/// What has settled lies in a mapped segment; what came since is held in memory over it.
public struct HashBank: Sendable {
  public let name: String
  /// How many bits of a PDQ hash may differ for a match in this bank.
  public let distance: Int
  /// Whether its media are known to be harmless: what it holds is matched by no other bank.
  public let isNegative: Bool

  private let segment: BankSegment?
  /// Entries of the segment that were taken back or replaced since.
  private var hidden: Set<Int> = []
  /// Of each slot of `index`; nil for one that was taken back.
  private var slots: [String?] = []
  private var entries: [String: KnownMediaUpdate] = [:]
  private var index = PDQIndex()
  private var exact: [KnownHash: Set<String>] = [:]
  /// Slots that were taken back since the index was built.
  private var stale = 0

  public init(name: String, distance: Int = PDQHash.matchDistance, isNegative: Bool = false) {
    self.init(name: name, distance: distance, isNegative: isNegative, segment: nil)
  }

  init(name: String, distance: Int, isNegative: Bool, segment: BankSegment?) {
    self.name = name
    self.distance = distance
    self.isNegative = isNegative
    self.segment = segment
  }

  /// Media in the bank.
  public var count: Int { (segment?.count ?? 0) - hidden.count + entries.count }
  /// What the log over the segment amounts to, for whoever decides when to settle it.
  var unsettled: Int { hidden.count + entries.count }

  /// All media in the bank, by the bytes of their ids.
  public var contents: [KnownMediaUpdate] {
    let settled = (0..<(segment?.count ?? 0)).lazy.filter { !hidden.contains($0) }
      .compactMap { segment?.update($0) }
    return (Array(settled) + entries.values)
      .sorted { $0.id.utf8.lexicographicallyPrecedes($1.id.utf8) }
  }

  /// One hit in a bank.
  public struct Match: Equatable, Sendable {
    public let bank: String
    public let id: String
    public let label: String?
    /// Differing bits; 0 for a match by digest.
    public let distance: Int
  }

  /// Whether an update with this id is held.
  func holds(_ id: String) -> Bool {
    if entries[id] != nil { return true }
    return segment?.entry(id: id).map { !hidden.contains($0) } ?? false
  }

  /// Takes over what a list says: a known id is replaced, a removal honoured.
  public mutating func apply(_ updates: [KnownMediaUpdate]) {
    for update in updates {
      remove(update.id)
      guard !update.isRemoval else { continue }
      entries[update.id] = update
      for hash in update.hashes {
        if case .pdq(let hash) = hash {
          index.append(hash)
          slots.append(update.id)
        } else {
          exact[hash, default: []].insert(update.id)
        }
      }
    }
    // A third of dead weight costs more than building anew.
    if stale > slots.count / 3 { rebuild() }
  }

  private mutating func remove(_ id: String) {
    if let entry = segment?.entry(id: id) { hidden.insert(entry) }
    guard let old = entries.removeValue(forKey: id) else { return }
    for hash in old.hashes {
      if case .pdq(let hash) = hash {
        for match in index.matches(for: hash, within: 0) where slots[match.index] == id {
          slots[match.index] = nil
          stale += 1
        }
      } else {
        exact[hash]?.remove(id)
      }
    }
  }

  private mutating func rebuild() {
    var hashes: [PDQHash] = []
    var kept: [String?] = []
    for (slot, id) in slots.enumerated() where id != nil {
      hashes.append(index.hashes[slot])
      kept.append(id)
    }
    (slots, stale) = (kept, 0)
    index = PDQIndex(hashes)
  }

  /// Every entry near a picture, whose turned and mirrored forms are all asked for, the nearest
  /// first. A picture with too little to see matches nothing.
  public func matches(_ picture: PDQ) -> [Match] {
    guard picture.isReliable else { return [] }
    var nearest: [String: Int] = [:]
    var settled: [Int: Int] = [:]
    for query in picture.dihedral {
      for match in index.matches(for: query, within: distance) {
        guard let id = slots[match.index] else { continue }
        nearest[id] = min(nearest[id] ?? Int.max, match.distance)
      }
      segment?.collect(query, within: distance) { entry, apart in
        settled[entry] = min(settled[entry] ?? Int.max, apart)
      }
    }
    return
      (nearest.map { match(entries[$0.key], $0.value) }
      + settled.map { hidden.contains($0.key) ? nil : match(segment?.update($0.key), $0.value) })
      .compactMap(\.self).sorted { ($0.distance, $0.id) < ($1.distance, $1.id) }
  }

  /// Every entry with this digest.
  public func matches(_ digest: KnownHash) -> [Match] {
    let settled = (segment?.entries(with: digest) ?? []).filter { !hidden.contains($0) }
    return
      ((exact[digest] ?? []).map { match(entries[$0], 0) }
      + settled.map { match(segment?.update($0), 0) })
      .compactMap(\.self).sorted { $0.id < $1.id }
  }

  private func match(_ update: KnownMediaUpdate?, _ distance: Int) -> Match? {
    update.map { Match(bank: name, id: $0.id, label: $0.label, distance: distance) }
  }
}
