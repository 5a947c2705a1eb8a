import Fingerprint
import Testing

struct PDQIndexTests {
  /// SplitMix64: the same hashes on every run.
  private struct Numbers {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var value = state
      value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
      value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
      return value ^ (value >> 31)
    }
    mutating func hash() -> PDQHash { PDQHash(words: [next(), next(), next(), next()]) }
    mutating func flipped(_ hash: PDQHash, _ count: Int) -> PDQHash {
      var words = hash.words
      var bits = Array(0..<256)
      for place in 0..<count {
        bits.swapAt(place, place + Int(next() % UInt64(256 - place)))
        words[bits[place] >> 6] ^= 1 << UInt64(bits[place] & 63)
      }
      return PDQHash(words: words)
    }
  }

  @Test func findsExactlyWhatAScanFinds() {
    var numbers = Numbers(state: 7)
    var known = (0..<30_000).map { _ in numbers.hash() }
    // Families of near hashes, so that there is more than one answer.
    for seed in 0..<300 { known.append(numbers.flipped(known[seed], Int(numbers.next() % 40))) }
    let index = PDQIndex(known)
    for query in 0..<40 {
      let asked = numbers.flipped(known[query], query % 40)
      let expected = known.indices.filter { known[$0].distance(to: asked) <= 31 }
      #expect(index.matches(for: asked).map(\.index).sorted() == expected)
    }
  }

  @Test func everyNearDuplicateIsFoundAndNearestFirst() {
    var numbers = Numbers(state: 11)
    let known = (0..<25_000).map { _ in numbers.hash() }
    let index = PDQIndex(known)
    for distance in [0, 1, 15, 16, 30, 31] {
      for target in stride(from: 0, to: known.count, by: 4999) {
        let match = index.matches(for: numbers.flipped(known[target], distance)).first
        #expect(match?.index == target)
        #expect(match?.distance == distance)
      }
    }
    #expect(index.matches(for: numbers.flipped(known[0], 32)).isEmpty)
  }

  @Test func hashesAddedLaterAreFound() {
    var numbers = Numbers(state: 13)
    var index = PDQIndex((0..<21_000).map { _ in numbers.hash() })
    let late = numbers.hash()
    index.append(late)
    #expect(index.matches(for: late).map(\.index) == [21_000])
  }

  /// Wider than the buckets promise: every hash is looked at.
  @Test func aWideRadiusMissesNothing() {
    var numbers = Numbers(state: 17)
    let known = (0..<21_000).map { _ in numbers.hash() }
    let index = PDQIndex(known)
    let asked = numbers.flipped(known[5], 60)
    #expect(index.matches(for: asked, within: 60).contains { $0.index == 5 && $0.distance == 60 })
  }
}
