import Bytes
import PKI
import Testing

/// FIPS 180-4 examples, and the test cases of RFC 4231.
struct HashAlgorithmTests {
  @Test(arguments: [
    (HashAlgorithm.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      .sha384,
      "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7"
    ),
    (
      .sha512,
      "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
    ),
  ])
  func `the digest of abc`(algorithm: HashAlgorithm, expected: String) {
    #expect(Hex.encode(algorithm.digest(Array("abc".utf8))) == expected)
    #expect(algorithm.byteCount == expected.count / 2)
    var pieces = MessageDigest(algorithm)
    pieces.update(Array("a".utf8))
    pieces.update([])
    pieces.update(Array("bc".utf8).span)
    #expect(Hex.encode(pieces.finalize()) == expected)
  }

  @Test func `the digest of nothing`() {
    #expect(
      Hex.encode(HashAlgorithm.sha256.digest([]))
        == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
  }

  @Test func `HMAC-SHA-256 of RFC 4231 test case 2`() {
    let mac = HMAC.sha256(
      key: Array("Jefe".utf8), message: Array("what do ya want for nothing?".utf8))
    #expect(
      Hex.encode(mac) == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
  }

  @Test func `HMAC with an empty key and message`() {
    #expect(
      Hex.encode(HMAC.sha256(key: [], message: []))
        == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad")
  }

  @Test func `random bytes differ`() {
    #expect(SecureRandom.bytes(32) != SecureRandom.bytes(32))
    #expect(SecureRandom.bytes(0).isEmpty)
  }
}
