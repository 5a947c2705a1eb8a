import Testing

@testable import Gateway

@Suite struct ByteRangeTests {
  @Test(
    arguments: [
      (nil, .whole), ("bytes=0-3", .part(0...3)), ("bytes=4-", .part(4...9)),
      ("bytes=-3", .part(7...9)), ("bytes=-30", .part(0...9)), ("bytes=8-99", .part(8...9)),
      ("bytes=9-9", .part(9...9)), ("bytes=10-", .unsatisfiable), ("bytes=-0", .unsatisfiable),
      ("bytes=99999999999999999999-", .unsatisfiable),
      ("bytes=0-99999999999999999999", .part(0...9)),
      // Ignored: backwards, several ranges, other units, nonsense (RFC 9110 section 14.2).
      ("bytes=5-2", .whole), ("bytes=0-1,3-4", .whole), ("items=0-1", .whole), ("bytes=-", .whole),
      ("bytes=a-b", .whole), ("bytes=+1-2", .whole),
    ] as [(String?, ByteRange)])
  func `of ten bytes`(header: String?, range: ByteRange) {
    #expect(ByteRange(header: header, length: 10) == range)
  }

  @Test func `an empty file has no ranges`() {
    #expect(ByteRange(header: "bytes=0-", length: 0) == .unsatisfiable)
    #expect(ByteRange(header: nil, length: 0) == .whole)
  }
}
