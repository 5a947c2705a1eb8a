import Bytes
import CBOR
import Testing

@Suite struct CBOREncoderTests {
  // RFC 8949 section 4.2.1: its own list of keys, in its order.
  @Test func sortsMapKeysByTheirEncoding() {
    let map: CBORValue = [
      "aa": 0, [-1]: 0, "z": 0, 100: 0, [100]: 0, -1: 0, false: 0, 10: 0,
    ]
    #expect(
      Hex.encode(map.encodeDeterministic())
        == "a80a001864002000617a006261610081186400812000f400")
  }

  @Test func writesAHeadForEachLength() {
    #expect(CBORValue.byteStringHead(count: 23) == [0x57])
    #expect(CBORValue.byteStringHead(count: 24) == [0x58, 24])
    #expect(CBORValue.byteStringHead(count: 64) == [0x58, 64])
    #expect(CBORValue.byteStringHead(count: 300) == [0x59, 1, 44])
    #expect(CBORValue.byteStringHead(count: 70000) == [0x5A, 0, 1, 0x11, 0x70])
  }

  @Test func readsMembersByName() {
    let value: CBORValue = [
      "alg": "sha256", "n": -7, "when": .tagged(tag: 0, "2026-01-01T00:00:00Z"),
    ]
    #expect(value["alg"]?.text == "sha256")
    #expect(value["n"]?.integer == -7)
    #expect(value["when"]?.dateTime == "2026-01-01T00:00:00Z")
    #expect(value["absent"] == nil)
  }
}
