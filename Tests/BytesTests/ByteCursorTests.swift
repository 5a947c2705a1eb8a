import Bytes
import Testing

struct ByteCursorTests {
  private let bytes: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8, 9]

  @Test func readsBigEndianIntegersInOrder() throws {
    var cursor = ByteCursor(0..<bytes.count)
    #expect(try cursor.readUInt8(bytes.span) == 1)
    #expect(try cursor.readUInt16(bytes.span) == 0x0203)
    #expect(try cursor.readUInt32(bytes.span) == 0x0405_0607)
    #expect(cursor.remaining == 2)
  }

  @Test func readsLittleEndian() throws {
    var cursor = ByteCursor(0..<4)
    #expect(try cursor.readLittleEndianUInt32(bytes.span) == 0x0403_0201)
  }

  @Test func stopsAtTheEndOfItsRangeAndNotOfTheBytes() throws {
    var cursor = ByteCursor(0..<3)
    #expect(throws: BytesError.truncated(offset: 0, needed: 4)) {
      try cursor.readUInt32(bytes.span)
    }
    #expect(cursor.position == 0, "a failed read moves nothing")
  }

  @Test func refusesNegativeLengths() {
    var cursor = ByteCursor(0..<3)
    #expect(throws: BytesError.self) { try cursor.skip(-1) }
  }
}
