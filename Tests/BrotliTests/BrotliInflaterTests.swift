import Brotli
import Bytes
import Testing

@Suite struct BrotliInflaterTests {
  /// Both made by the encoder of the Brotli project (quality 11, window 22).
  static let sentence = Hex.decode("1b2700f8254158c2729049a8c9072858a1e519")!
  static let mebibyteOfZeros = Hex.decode("5bffff8f7f02201e0b0472ef1f00")!

  @Test func inflatesWhatTheEncoderMade() throws {
    let content = try BrotliInflater.inflate(Self.sentence, byteLimit: 100)
    #expect(String(decoding: content, as: UTF8.self) == "a lighthouse, a lighthouse, a lighthouse")
  }

  @Test func refusesWhatIsNotOneWholeStream() {
    for stream in [
      [], Array("plain".utf8), Array(Self.sentence.dropLast()), Self.sentence + [0],
    ] as [[UInt8]] {
      #expect(throws: BrotliError.malformed) {
        try BrotliInflater.inflate(stream, byteLimit: 1000)
      }
    }
  }

  @Test func stopsAtTheLimit() {
    #expect(throws: BrotliError.overBudget(limit: 39)) {
      try BrotliInflater.inflate(Self.sentence, byteLimit: 39)
    }
  }

  @Test func stopsWhatGrowsOutOfProportion() {
    #expect(throws: BrotliError.overBudget(limit: BrotliInflater.ratioFloor)) {
      try BrotliInflater.inflate(Self.mebibyteOfZeros, byteLimit: 8 << 20)
    }
  }
}
