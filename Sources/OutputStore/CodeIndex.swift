import Fingerprint

/// The International Standard Content Codes of all delivered files in memory. Every one is compared: a
/// hundred thousand take a millisecond or two.
struct CodeIndex: Sendable {
  private struct Entry {
    let output: Int64
    let kind: ISCCUnit.Kind
    let body: Body
  }

  /// 256 bits.
  private struct Body {
    private let words: (UInt64, UInt64, UInt64, UInt64)

    init?(_ unit: ISCCUnit) {
      guard unit.body.count * 8 == ISCCSequence.matchedBits else { return nil }
      func word(_ index: Int) -> UInt64 {
        unit.body[index * 8..<index * 8 + 8].reduce(0) { $0 << 8 | UInt64($1) }
      }
      words = (word(0), word(1), word(2), word(3))
    }

    func distance(to other: Body) -> Int {
      (words.0 ^ other.words.0).nonzeroBitCount + (words.1 ^ other.words.1).nonzeroBitCount
        + (words.2 ^ other.words.2).nonzeroBitCount + (words.3 ^ other.words.3).nonzeroBitCount
    }

    /// A black clip, a flat picture and a hum have nearly no bits, or nearly all: they would lead to
    /// every other one.
    var isTelling: Bool {
      let none: Body = Body()
      return CodeIndex.tellingBits.contains(distance(to: none))
    }

    private init() { words = (0, 0, 0, 0) }
  }

  static let tellingBits = 32...ISCCSequence.matchedBits - 32

  private var entries: [Entry] = []

  /// Codes of less than the full length, and those that say too little, lead nowhere.
  mutating func add(_ units: [ISCCUnit], of output: Int64) {
    for unit in units {
      guard let body = Body(unit), body.isTelling else { continue }
      entries.append(Entry(output: output, kind: unit.kind, body: body))
    }
  }

  mutating func remove(_ outputs: [Int64]) {
    let gone = Set(outputs)
    entries.removeAll { gone.contains($0.output) }
  }

  /// Outputs with a code near one of those asked about, nearest first; of each output the nearest.
  func matches(for units: [ISCCUnit], limit: Int) -> [(output: Int64, distance: Int)] {
    var best: [Int64: Int] = [:]
    for unit in units {
      guard let asked = Body(unit) else { continue }
      let reach = ISCCSequence.reach(of: unit.kind)
      for entry in entries where entry.kind == unit.kind {
        let distance = asked.distance(to: entry.body)
        if distance <= reach, distance < best[entry.output] ?? Int.max {
          best[entry.output] = distance
        }
      }
    }
    let sorted = best.sorted { ($0.value, $0.key) < ($1.value, $1.key) }
    return sorted.prefix(limit).map { ($0.key, $0.value) }
  }
}
