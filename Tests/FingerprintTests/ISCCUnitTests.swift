import Fingerprint
import Pixels
import Testing

/// Codes of inputs made by rules, as iscc-core 1.5.0 gives them, and the simple ones of its
/// conformance vectors.
@Suite struct ISCCUnitTests {
  private static let grey: [UInt8] = (0..<1024).map { (index: Int) -> UInt8 in
    let sum = index * index * 7 + index * 13 + index / 32 * 29
    return UInt8(sum % 256)
  }

  private static let words: [UInt32] = {
    var state: UInt32 = 1
    return (0..<37).map { _ in
      state = state &* 1_664_525 &+ 1_013_904_223
      return state
    }
  }()

  @Test(arguments: [
    (64, "ISCC:EEAYXIENOKSPVPGF"), (128, "ISCC:EEBYXIENOKSPVPGFXS2DFBKL2XMOI"),
    (256, "ISCC:EEDYXIENOKSPVPGFXS2DFBKL2XMOIWOMSKCTHFNXDWOWQGLZCMRT6JY"),
  ])
  func imageCodeIsTheReferences(bits: Int, expected: String) {
    #expect(ISCCUnit.image(grey: Self.grey, bits: bits).description == expected)
  }

  @Test func flatPictures() {
    let black = [UInt8](repeating: 0, count: 1024)
    #expect(ISCCUnit.image(grey: black, bits: 64).description == "ISCC:EEAQAAAAAAAAAAAA")
    #expect(
      ISCCUnit.image(grey: black.map { _ in 255 }, bits: 128).description
        == "ISCC:EEBYAAAAAAAAAAAAAAAAAAAAAAAAA")
  }

  @Test(
    arguments: [
      ([], 64, "ISCC:EIAQAAAAAAAAAAAA"), ([1], 128, "ISCC:EIBQAAAAAEAAAAABAAAAAAAAAAAAA"),
      ([1, 2], 256, "ISCC:EIDQAAAAAMAAAAABAAAAAAQAAAAAAAAAAAAAAAAAAEAAAAACAAAAAAA"),
      ([.max, 0, 1], 256, "ISCC:EIDQAAAAAH777777AAAAAAAAAAAACAAAAAAP777774AAAAAAAAAAAAI"),
      (words, 64, "ISCC:EIARICWZZSHLBTP7"),
      (words, 256, "ISCC:EIDRICWZZSHLBTP73YWRRTQRBKPPKZ2SZ5EIINYZY47GH77QK6NN2XI"),
    ] as [([UInt32], Int, String)])
  func audioCodeIsTheReferences(words: [UInt32], bits: Int, expected: String) {
    #expect(ISCCUnit.audio(chromaprint: words, bits: bits).description == expected)
  }

  /// The reference's own vectors: a frame of zeros, two frames by rules, and a rising row.
  @Test func videoCodeIsTheReferences() {
    let zeros = [UInt32](repeating: 0, count: ISCCUnit.frameSignatureLength)
    #expect(ISCCUnit.video(signatureSums: zeros).description == "ISCC:EMAQAAAAAAAAAAAA")
    let one: [UInt32] = [0, 1, 0, 2, 1]
    let other: [UInt32] = [1, 2, 1, 0, 2]
    let sums = zeros.indices.map { one[$0 % 5] + other[$0 % 5] }
    #expect(
      ISCCUnit.video(signatureSums: sums, bits: 128).description
        == "ISCC:EMBZEMGSDFIB4AHUEZSLJPJANMAAY")
    #expect(
      ISCCUnit.video(signatureSums: zeros.indices.map { UInt32($0) }, bits: 256).description
        == "ISCC:EMDVFD4RIMPXYSWSNEZPYBZ2FDFMSPZBUMDRUFJPYKJFXWXNDUMQAYI")
  }

  @Test func instanceCodeIsTheReferences() {
    let empty = ISCCUnit.instance(digest: BLAKE3.digest([]))
    #expect(empty.description == "ISCC:IAA26E2JXH27TING")
    #expect(
      ISCCUnit.instance(digest: BLAKE3.digest([0]), bits: 128).description
        == "ISCC:IABS2OW637YRWYPRJSEG4NNPUA3HG")
  }

  /// 16 x 16 squares of grey, from a seed.
  private func picture(_ side: Int, seed: UInt64) throws -> RGBImage {
    var state = seed
    let squares = (0..<256).map { _ -> UInt8 in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(truncatingIfNeeded: state >> 56)
    }
    var pixels: [UInt8] = []
    for y in 0..<side {
      for x in 0..<side {
        let value = squares[y * 16 / side * 16 + x * 16 / side]
        pixels += [value, value, value]
      }
    }
    return try #require(RGBImage(width: side, height: side, pixels: pixels))
  }

  @Test func similarPicturesDifferInFewBits() throws {
    let one = ISCCUnit.image(try picture(256, seed: 1))
    #expect(try #require(one.distance(to: .image(try picture(128, seed: 1)))) <= 4)
    #expect(try #require(one.distance(to: .image(try picture(256, seed: 2)))) > 16)
    #expect(one.distance(to: .instance(digest: BLAKE3.digest([]))) == nil)
  }
}
