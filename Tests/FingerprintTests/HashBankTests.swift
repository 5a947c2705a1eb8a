import Fingerprint
import Pixels
import Testing

@Suite struct HashBankTests {
  /// A picture with much to see, another for each seed.
  static func picture(_ seed: Int) throws -> PDQ {
    var pixels: [UInt8] = []
    var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1
    var cells: [UInt8] = []
    for _ in 0..<256 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      cells.append(UInt8(truncatingIfNeeded: state >> 56))
    }
    for y in 0..<128 {
      for x in 0..<128 {
        let value = cells[y / 8 * 16 + x / 8]
        pixels += [value, value, value]
      }
    }
    return PDQ(of: try #require(RGBImage(width: 128, height: 128, pixels: pixels)))
  }

  private func update(_ id: String, _ picture: PDQ, label: String? = nil) -> KnownMediaUpdate {
    KnownMediaUpdate(id: id, hashes: [.pdq(picture.hash)], label: label)
  }

  @Test func knownPictureIsFoundTurnedAndUntilItIsTakenBack() throws {
    let known = try Self.picture(1)
    try #require(known.isReliable)
    var bank = HashBank(name: "b")
    bank.apply([update("a", known, label: "A1"), update("c", try Self.picture(2))])
    #expect(bank.matches(known).map(\.id) == ["a"])
    #expect(bank.matches(known).first?.label == "A1")
    #expect(bank.matches(try Self.picture(3)) == [])
    bank.apply([KnownMediaUpdate(id: "a", hashes: [])])
    #expect(bank.matches(known) == [])
    #expect(bank.count == 1)
    bank.apply([update("c", known)])
    #expect(bank.matches(known).map(\.id) == ["c"])
    #expect(bank.matches(try Self.picture(2)) == [])
  }

  @Test func distanceIsTheBanks() throws {
    let known = try Self.picture(1)
    var words = known.hash.words
    for bit in 0..<20 { words[bit % 4] ^= 1 << UInt64(bit * 3) }
    let near = KnownMediaUpdate(id: "a", hashes: [.pdq(PDQHash(words: words))])
    var wide = HashBank(name: "wide")
    var narrow = HashBank(name: "narrow", distance: 10)
    wide.apply([near])
    narrow.apply([near])
    #expect(wide.matches(known).map(\.distance) == [20])
    #expect(narrow.matches(known) == [])
  }

  @Test func digestsAreExact() throws {
    let digest = KnownHash.md5([UInt8](repeating: 7, count: 16))
    var bank = HashBank(name: "b")
    bank.apply([KnownMediaUpdate(id: "a", hashes: [digest])])
    #expect(bank.matches(digest).map(\.id) == ["a"])
    #expect(bank.matches(.md5([UInt8](repeating: 8, count: 16))) == [])
    bank.apply([KnownMediaUpdate(id: "a", hashes: [])])
    #expect(bank.matches(digest) == [])
  }

  @Test func manyRemovalsLeaveTheRestFound() throws {
    var bank = HashBank(name: "b")
    let pictures = try (0..<30).map { try Self.picture($0) }
    bank.apply(pictures.enumerated().map { update("\($0.offset)", $0.element) })
    bank.apply((0..<25).map { KnownMediaUpdate(id: "\($0)", hashes: []) })
    for (number, picture) in pictures.enumerated() {
      #expect(bank.matches(picture).map(\.id) == (number < 25 ? [] : ["\(number)"]))
    }
  }

  @Test func negativeBankExcuses() throws {
    let known = try Self.picture(1)
    var bad = HashBank(name: "bad")
    var good = HashBank(name: "good", isNegative: true)
    bad.apply([update("a", known)])
    good.apply([update("card", known)])
    var banks = HashBanks([bad, good])
    let answer = banks.ask(known)
    #expect(answer.matches == [] && answer.excused.map(\.id) == ["card"])
  }

  @Test func bankThatMatchesEverythingIsQuarantinedUntilReleased() throws {
    let known = try Self.picture(1)
    let stranger = try Self.picture(2)
    var bank = HashBank(name: "bad")
    bank.apply([update("a", known)])
    var banks = HashBanks([bank])
    for number in 0..<200 {
      let answer = banks.ask(number.isMultiple(of: 3) ? known : stranger)
      if number < 199 { #expect(answer.quarantined == []) }
    }
    #expect(banks.quarantine == ["bad"])
    let answer = banks.ask(known)
    #expect(answer.matches == [] && answer.quarantined.map(\.id) == ["a"])
    banks.release("bad")
    #expect(banks.ask(known).matches.map(\.id) == ["a"])
  }

  @Test func rareMatchesAreNoFlood() throws {
    let known = try Self.picture(1)
    let stranger = try Self.picture(2)
    var bank = HashBank(name: "bad")
    bank.apply([update("a", known)])
    var banks = HashBanks([bank])
    for number in 0..<400 { _ = banks.ask(number.isMultiple(of: 10) ? known : stranger) }
    #expect(banks.quarantine == [])
  }
}
