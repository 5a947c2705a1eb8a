import Containers
import Testing

/// Stores in formats that are read and not written.
struct SearchedStoresTests {
  private static let store = Samples.store(40)

  private static func document(_ streamHead: String, _ store: [UInt8]) -> [UInt8] {
    Array("%PDF-1.7\r11 0 obj\r<</Kind/Other>>\rendobj\r1 0 obj\r\(streamHead)stream\r\n".utf8)
      + store
      + Array(
        """
        \rendstream\rendobj\r4 0 obj\r<</AFRelationship/C2PA_Manifest/EF<</F 1 0 R>>\
        /Type/Filespec>>\rendobj\rstartxref\r0\r%%EOF\r
        """.utf8)
  }

  @Test func `The stream that a document's file specification names`() throws {
    let pdf = Self.document("<</DL 40/Length \(Self.store.count)>>", Self.store)
    #expect(AssetFormat.sniff(pdf) == .pdf)
    let found = try #require(try EmbeddedStore.locate(in: pdf, format: .pdf))
    #expect(found.bytes == Self.store)
    #expect(Array(pdf[found.ranges[0]]) == Self.store)
    // A later revision of the document brings the store that counts.
    let newer = Samples.store(60)
    let tail = Self.document("<</Length \(newer.count)>>", newer).dropFirst(9)
    #expect(try EmbeddedStore.locate(in: pdf + tail, format: .pdf)?.bytes == newer)
  }

  @Test func `Documents without a store, and with one that cannot be had`() throws {
    #expect(try EmbeddedStore.locate(in: Array("%PDF-1.7\r%%EOF".utf8), format: .pdf) == nil)
    let encoded = Self.document("<</Filter/FlateDecode/Length 5>>", Self.store)
    #expect(throws: ContainerError.self) { try EmbeddedStore.locate(in: encoded, format: .pdf) }
    let endless = Self.document("<</Length 99999999>>", Self.store)
    #expect(throws: ContainerError.self) { try EmbeddedStore.locate(in: endless, format: .pdf) }
  }

  @Test func `A box at the top of a JPEG XL container`() throws {
    let head: [UInt8] = [0, 0, 0, 12] + Array("JXL ".utf8) + [0x0D, 0x0A, 0x87, 0x0A]
    let other: [UInt8] = [0, 0, 0, 10] + Array("jxlc".utf8) + [0xFF, 0x0A]
    let picture = head + other + Self.store
    #expect(AssetFormat.sniff(picture) == .jpegXL)
    #expect(try EmbeddedStore.locate(in: picture, format: .jpegXL)?.bytes == Self.store)
    #expect(try EmbeddedStore.locate(in: head + other, format: .jpegXL) == nil)
    #expect(try EmbeddedStore.locate(in: [0xFF, 0x0A, 1], format: .jpegXL) == nil)
    #expect(throws: ContainerError.self) {
      try EmbeddedStore.locate(in: picture + Self.store, format: .jpegXL)
    }
  }

  private static func page(_ serial: UInt8, first: Bool, _ payload: [UInt8]) -> [UInt8] {
    let full = payload.count / 255
    let lacing = [UInt8](repeating: 255, count: full) + [UInt8(payload.count % 255)]
    return Array("OggS".utf8) + [0, first ? 2 : 0] + [UInt8](repeating: 0, count: 8)
      + [serial, 0, 0, 0] + [UInt8](repeating: 0, count: 8) + [UInt8(lacing.count)] + lacing
      + payload
  }

  @Test func `A bitstream of its own among those of an Ogg file`() throws {
    let store = Samples.store(300)
    let packet = [0] + Array("c2pa".utf8) + store
    let sound =
      Self.page(1, first: true, [1, 2, 3]) + Self.page(7, first: true, Array(packet[..<200]))
      + Self.page(1, first: false, [4, 5]) + Self.page(7, first: false, Array(packet[200...]))
    #expect(AssetFormat.sniff(sound) == .ogg)
    let found = try #require(try EmbeddedStore.locate(in: sound, format: .ogg))
    #expect(found.bytes == store)
    #expect(found.ranges.count == 2)
    #expect(try EmbeddedStore.locate(in: Self.page(1, first: true, [1]), format: .ogg) == nil)
    #expect(throws: ContainerError.self) {
      try EmbeddedStore.locate(in: Array(sound.dropLast()), format: .ogg)
    }
  }
}
