import Bytes
import CBOR
import Testing

@Suite struct CBORDecoderTests {
  static let examples: [(String, CBORValue)] = [
    ("00", CBORValue.unsigned(0)), ("1818", 24), ("1a000f4240", 1_000_000),
    ("1bffffffffffffffff", .unsigned(.max)), ("3bffffffffffffffff", .negative(argument: .max)),
    ("20", -1), ("3903e7", -1000), ("f90000", .float(0)), ("f93c00", .float(1)),
    ("f97bff", .float(65504)), ("fa47c35000", .float(100000)), ("f90001", .float(0x1p-24)),
    ("fb3ff199999999999a", .float(1.1)), ("f9fc00", .float(-.infinity)), ("f4", false),
    ("f6", nil), ("f7", .undefined), ("f0", .simple(16)), ("f8ff", .simple(255)),
    ("c074323031332d30332d32315432303a30343a30305a", .tagged(tag: 0, "2013-03-21T20:04:00Z")),
    ("4401020304", .bytes([1, 2, 3, 4])), ("62c3bc", "ü"), ("80", []),
    ("8301820203820405", [1, [2, 3], [4, 5]]), ("a201020304", [1: 2, 3: 4]),
    ("a26161016162820203", ["a": 1, "b": [2, 3]]),
  ]

  private func value(_ hex: String) throws -> CBORValue {
    try CBORValue.decode(try #require(Hex.decode(hex)))
  }

  // RFC 8949 appendix A.
  @Test(arguments: examples)
  func readsAndWritesTheStandardsExamples(_ hex: String, _ expected: CBORValue) throws {
    #expect(try value(hex) == expected)
    #expect(Hex.encode(expected.encodeDeterministic()) == hex)
  }

  @Test func readsIndefiniteLengths() throws {
    #expect(try value("5f42010243030405ff") == .bytes([1, 2, 3, 4, 5]))
    #expect(try value("7f657374726561646d696e67ff") == "streaming")
    #expect(try value("bf61610161629f0203ffff") == ["a": 1, "b": [2, 3]])
  }

  // RFC 8949 appendix F: not well-formed, sorted by what is wrong.
  @Test(arguments: [
    "", "18", "19", "1a", "61", "81", "a1", "a100", "5f", "9f01", "bf", "7f6100", "c0", "1c", "3d",
    "5e", "fc", "f800", "f81f", "ff", "81ff", "bf00ff", "5f00ff", "5f21ff", "5f6100ff",
    "5f5f4100ffff", "1f", "3f", "df", "9bffffffffffffffff", "5affffffff00", "0000", "61ff",
    "7f61c361bcff",
  ])
  func refusesWhatIsNotWellFormed(_ hex: String) throws {
    let bytes = try #require(Hex.decode(hex))
    #expect(throws: CBORError.self) { try CBORValue.decode(bytes) }
  }

  @Test func refusesTheSameKeyTwiceInAnyEncoding() throws {
    let bytes = try #require(Hex.decode("a20100180102"))
    #expect(throws: CBORError.duplicateKey(offset: 3)) { try CBORValue.decode(bytes) }
  }

  @Test func stopsAtTheBudgets() {
    let deep = [UInt8](repeating: 0x81, count: 40) + [0]
    #expect(throws: CBORError.tooDeep(offset: 32)) { try CBORValue.decode(deep) }
    let many = [0x98, 200] + [UInt8](repeating: 0, count: 200)
    #expect(throws: CBORError.tooManyItems(offset: 12)) {
      try CBORValue.decode(many, limits: CBORLimits(depth: 4, items: 11))
    }
  }

  @Test func severalDecodingsShareABudget() throws {
    var limits = CBORLimits(depth: 4, items: 7)
    #expect(try CBORValue.decode([0x82, 1, 2], spending: &limits) == [1, 2])
    #expect(limits.items == 4)
    #expect(throws: CBORError.self) { try CBORValue.decode([0x82, 1], spending: &limits) }
    #expect(limits.items == 3)
    #expect(try CBORValue.decode([0x82, 1, 2], spending: &limits) == [1, 2])
    #expect(throws: CBORError.self) { try CBORValue.decode([0x82, 1, 2], spending: &limits) }
  }

  @Test func tellsWhereAPaddedItemEnds() throws {
    let bytes: [UInt8] = [0xFF, 0x82, 1, 2, 0, 0, 0]
    let (value, range) = try CBORValue.decodePrefix(bytes.span, in: 1..<7)
    #expect(value == [1, 2])
    #expect(range == 1..<4)
  }
}
