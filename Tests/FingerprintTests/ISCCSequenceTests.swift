import Fingerprint
import Testing

/// Sequences as iscc-core 1.5.0 encodes them, and bytes that IEP-0020 tells readers to refuse.
@Suite struct ISCCSequenceTests {
  private static let video = ISCCUnit(.video, body: (0..<32).map { UInt8($0 * 7) })
  private static let audio = ISCCUnit(.audio, body: (0..<32).map { UInt8(255 - $0) })

  @Test func unitsComeBackInTheirOrder() {
    let bytes = ISCCSequence.encode([Self.video, Self.audio])
    #expect(bytes.count == 68 && Array(bytes[..<2]) == [0x23, 0x07])
    #expect(ISCCSequence.units(in: bytes) == [Self.video, Self.audio])
  }

  @Test func aSingleUnitIsASequence() {
    let short = ISCCUnit(.image, body: [1, 2, 3, 4, 5, 6, 7, 8])
    #expect(ISCCSequence.units(in: short.bytes) == [short])
  }

  /// A Text-Code, a Data-Code, content of a subtype that does not exist yet, and a unit of version 1.
  @Test(arguments: [[0x20, 0x00], [0x30, 0x00], [0x27, 0x00], [0x23, 0x10]])
  func otherUnitsAreNoReasonToRefuse(header: [UInt8]) {
    let bytes = header + [9, 9, 9, 9] + Self.video.bytes
    #expect(ISCCSequence.units(in: bytes) == [Self.video])
  }

  /// A subtype of 8 takes two nibbles, so that the header is filled up with one of zeros.
  @Test func longNumbersAreReadAndTheirPaddingIsZero() {
    #expect(ISCCSequence.units(in: [0x28, 0x00, 0x00, 1, 2, 3, 4]) == [])
    #expect(ISCCSequence.units(in: [0x28, 0x00, 0x01, 1, 2, 3, 4]) == nil)
    // 72, 584 and the longest form of all.
    #expect(ISCCSequence.units(in: [0x2C, 0x00, 0x00, 1, 2, 3, 4]) == [])
    #expect(ISCCSequence.units(in: [0x2E, 0x00, 0x00, 0x00, 1, 2, 3, 4]) == [])
    #expect(ISCCSequence.units(in: [0x2F, 0x00, 1, 2, 3, 4]) == nil)
  }

  @Test(
    arguments: [
      [], [0x23], [0x23, 0x07], [0x23, 0x00, 1, 2, 3], [0x23, 0x00, 1, 2, 3, 4, 5],
      // Nine steps of 32 bits.
      [0x20, 0x08, 0x00] + [UInt8](repeating: 0, count: 36),
      // A whole ISCC, and an identifier.
      [0x50, 0x05] + [UInt8](repeating: 0, count: 24), [0x60, 0x10, 0, 0, 0, 0],
    ] as [[UInt8]])
  func whatIsNoSequenceIsRefused(bytes: [UInt8]) {
    #expect(ISCCSequence.units(in: bytes) == nil)
  }
}
