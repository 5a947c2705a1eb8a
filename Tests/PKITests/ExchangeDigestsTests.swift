import Bytes
import PKI
import TestKit
import Testing

@Suite struct ExchangeDigestsTests {
  /// RFC 1321 A.5; FIPS 180-4's "abc".
  @Test func standardsExamplesHold() throws {
    let folder = try TestKit.temporaryDirectory()
    let digests = try ExchangeDigests(
      of: try FileByteSource(path: try folder.write("abc", "abc")))
    #expect(Hex.encode(digests.md5) == "900150983cd24fb0d6963f7d28e17f72")
    #expect(Hex.encode(digests.sha1) == "a9993e364706816aba3e25717850c26c9cd0d89d")
    #expect(
      Hex.encode(digests.sha256) == Hex.encode(HashAlgorithm.sha256.digest(Array("abc".utf8))))
  }

  @Test func largeFilesAreReadInWindows() throws {
    let folder = try TestKit.temporaryDirectory()
    let bytes = (0..<(3 << 20) + 17).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let digests = try ExchangeDigests(
      of: try FileByteSource(path: try folder.write("large", bytes)))
    #expect(digests.sha256 == HashAlgorithm.sha256.digest(bytes))
  }
}
