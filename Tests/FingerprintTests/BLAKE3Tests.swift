import Bytes
import Fingerprint
import Testing

@Suite struct BLAKE3Tests {
  /// Of the bytes 0, 1 … 250, 0 … : the published test vectors' input; digests by PyPI blake3 through
  /// iscc-core 1.5.0.
  @Test(arguments: [
    (0, "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262"),
    (1, "2d3adedff11b61f14c886e35afa036736dcd87a74d27b5c1510225d0f592e213"),
    (63, "e9bc37a594daad83be9470df7f7b3798297c3d834ce80ba85d6e207627b7db7b"),
    (64, "4eed7141ea4a5cd4b788606bd23f46e212af9cacebacdc7d1f4c6dc7f2511b98"),
    (65, "de1e5fa0be70df6d2be8fffd0e99ceaa8eb6e8c93a63f2d8d1c30ecb6b263dee"),
    (1023, "10108970eeda3eb932baac1428c7a2163b0e924c9a9e25b35bba72b28f70bd11"),
    (1024, "42214739f095a406f3fc83deb889744ac00df831c10daa55189b5d121c855af7"),
    (1025, "d00278ae47eb27b34faecf67b4fe263f82d5412916c1ffd97c8cb7fb814b8444"),
    (2048, "e776b6028c7cd22a4d0ba182a8bf62205d2ef576467e838ed6f2529b85fba24a"),
    (2049, "5f4d72f40d7a5f82b15ca2b2e44b1de3c2ef86c426c95c1af0b6879522563030"),
    (5000, "ee78d92070de3df1c57c37002abf0a6b1a6589acdeef4d8ffac7cf3d9e8f2836"),
    (102_400, "bc3e3d41a1146b069abffad3c0d44860cf664390afce4d9661f7902e7943e085"),
  ])
  func lengthsAboutBlocksAndChunks(length: Int, expected: String) {
    let bytes = (0..<length).map { UInt8($0 % 251) }
    #expect(Hex.encode(BLAKE3.digest(bytes)) == expected)
    var pieces = BLAKE3()
    for start in stride(from: 0, to: length, by: 1000) {
      pieces.update(Array(bytes[start..<min(start + 1000, length)]))
    }
    #expect(Hex.encode(pieces.finalized()) == expected)
  }
}
