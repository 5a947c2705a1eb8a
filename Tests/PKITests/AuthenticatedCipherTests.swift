import Bytes
import PKI
import Testing

struct AuthenticatedCipherTests {
  /// Test cases 13, 14 and 16 of the GCM specification (McGrew and Viega), the AES-256 ones.
  @Test func `published vectors`() throws {
    let zero = [UInt8](repeating: 0, count: 32)
    let nonce = [UInt8](repeating: 0, count: 12)
    #expect(
      Hex.encode(AES256GCM.seal([], key: zero, nonce: nonce)) == "530f8afbc74536b9a963b4f1c4cb738b")
    #expect(
      Hex.encode(AES256GCM.seal(Array(zero[..<16]), key: zero, nonce: nonce))
        == "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919")
    func bytes(_ text: String) throws -> [UInt8] { try #require(Hex.decode(text)) }
    let key = try bytes("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308")
    let plaintext = try bytes(
      "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
        + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39")
    let context = try bytes("feedfacedeadbeeffeedfacedeadbeefabaddad2")
    let sealed = AES256GCM.seal(
      plaintext, key: key, nonce: try bytes("cafebabefacedbaddecaf888"), context: context)
    #expect(
      Hex.encode(sealed)
        == "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
        + "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
        + "76fc6ece0f4e1768cddf8853bb2d551b")
  }

  @Test func `what was changed does not open`() {
    let key = SecureRandom.bytes(32)
    let nonce = SecureRandom.bytes(12)
    for text in ["", "a", String(repeating: "long ", count: 100)] {
      let plaintext = Array(text.utf8)
      let sealed = AES256GCM.seal(plaintext, key: key, nonce: nonce, context: [1, 2])
      #expect(AES256GCM.open(sealed, key: key, nonce: nonce, context: [1, 2]) == plaintext)
      #expect(AES256GCM.open(sealed, key: key, nonce: nonce, context: [1]) == nil)
      #expect(
        AES256GCM.open(sealed, key: SecureRandom.bytes(32), nonce: nonce, context: [1, 2]) == nil)
      for place in [0, sealed.count / 2, sealed.count - 1] {
        var changed = sealed
        changed[place] ^= 1
        #expect(AES256GCM.open(changed, key: key, nonce: nonce, context: [1, 2]) == nil)
      }
      #expect(
        AES256GCM.open(Array(sealed.dropLast()), key: key, nonce: nonce, context: [1, 2]) == nil)
    }
    #expect(AES256GCM.open([], key: key, nonce: nonce) == nil)
  }
}
