/// All banks of an installation, asked together.
///
/// What a negative bank holds is matched by none. A bank that suddenly matches a large share of all
/// media is quarantined: one bad entry, such as the hash of a grey card, must not stop a service. Its
/// matches are then told apart, for people to look at, and no longer count.
public struct HashBanks: Sendable {
  /// Media that are looked at before a share means anything.
  static let window = 200
  /// More than this share of media that match is no list of known media any more.
  static let floodShare = 0.2

  private struct Tally {
    /// Whether each of the last media matched, as a ring.
    var hits: [Bool] = []
    var next = 0
    var count = 0

    mutating func note(_ isHit: Bool) {
      if hits.count < HashBanks.window {
        hits.append(isHit)
      } else {
        if hits[next] { count -= 1 }
        hits[next] = isHit
        next = (next + 1) % HashBanks.window
      }
      if isHit { count += 1 }
    }

    var isFlooded: Bool {
      hits.count == HashBanks.window && Double(count) > HashBanks.floodShare * Double(hits.count)
    }
  }

  /// What the banks say of one piece of media.
  public struct Answer: Equatable, Sendable {
    /// That count, the nearest first.
    public var matches: [HashBank.Match] = []
    /// Of banks in quarantine.
    public var quarantined: [HashBank.Match] = []
    /// Why matches do not count: what the negative banks hold.
    public var excused: [HashBank.Match] = []
  }

  public private(set) var banks: [HashBank]
  private var tallies: [String: Tally] = [:]
  public private(set) var quarantine: Set<String> = []

  public init(_ banks: [HashBank]) { self.banks = banks }

  /// Takes a bank in, or anew: its count of matches goes on.
  mutating func put(_ bank: HashBank, isQuarantined: Bool) {
    if let place = banks.firstIndex(where: { $0.name == bank.name }) {
      banks[place] = bank
    } else {
      banks.append(bank)
    }
    if isQuarantined {
      quarantine.insert(bank.name)
    } else if quarantine.contains(bank.name) {
      release(bank.name)
    }
  }

  mutating func remove(_ name: String) {
    banks.removeAll { $0.name == name }
    release(name)
  }

  /// - Parameter picture: nil where only digests are asked about.
  public mutating func ask(_ picture: PDQ?, digests: [KnownHash] = []) -> Answer {
    var answer = Answer()
    answer.excused = banks.filter(\.isNegative).flatMap { found(in: $0, picture, digests) }
    for bank in banks where !bank.isNegative {
      let found = found(in: bank, picture, digests)
      let counted = answer.excused.isEmpty ? found : []
      if picture != nil { tallies[bank.name, default: Tally()].note(!counted.isEmpty) }
      if tallies[bank.name]?.isFlooded == true { quarantine.insert(bank.name) }
      if quarantine.contains(bank.name) {
        answer.quarantined += counted
      } else {
        answer.matches += counted
      }
    }
    answer.matches.sort { ($0.distance, $0.id) < ($1.distance, $1.id) }
    return answer
  }

  /// Lets a bank count again, by a person who looked.
  public mutating func release(_ name: String) {
    quarantine.remove(name)
    tallies[name] = nil
  }

  private func found(
    in bank: HashBank, _ picture: PDQ?, _ digests: [KnownHash]
  ) -> [HashBank.Match] {
    digests.flatMap { bank.matches($0) } + (picture.map { bank.matches($0) } ?? [])
  }
}
