import Bytes
import Containers
import Testing

/// The names and stretches that a box hash goes by, in files made by hand.
struct AssetBoxesTests {
  private static let store = Samples.store(20)

  private static func little(_ value: Int) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  private static func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
    Array(name.utf8) + little(data.count) + data + (data.count % 2 == 1 ? [0] : [])
  }

  private func boxes(_ file: [UInt8]) throws -> [String] {
    let format = try AssetFormat.detect(in: file)
    let store = try EmbeddedStore.locate(in: file, format: format)
    let boxes = try AssetBoxes(of: file, format: format, store: store).boxes
    // Every byte is in one box and one only.
    let ranges = boxes.flatMap(\.ranges).sorted { $0.lowerBound < $1.lowerBound }
    #expect(ranges.first?.lowerBound == 0)
    #expect(ranges.last?.upperBound == file.count)
    for (before, after) in zip(ranges, ranges.dropFirst()) {
      #expect(before.upperBound == after.lowerBound)
    }
    return boxes.map { "\($0.name) \($0.ranges.map(\.count))" }
  }

  @Test func `A GIF's colour tables belong to what comes before them`() throws {
    let name = Array("C2PA_GIF".utf8) + [1, 0, 0]
    let store: [UInt8] = [0x21, 0xFF, 11] + name + [UInt8(Self.store.count)] + Self.store + [0]
    let picture: [UInt8] =
      [0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0x80] + [0, 0, 0, 1, 1, 1] + [2, 1, 0x44, 0]
    let file: [UInt8] =
      Array("GIF89a".utf8) + [1, 0, 1, 0, 0x80, 0, 0] + [0, 0, 0, 1, 1, 1] + store
      + [0x21, 0xF9, 4, 0, 0, 0, 0, 0] + [0x21, 0xFE, 1, 65, 0] + picture + [0x3B]
    #expect(
      try boxes(file) == [
        "GIF89a [6]", "LSD [13]", "C2PA [\(store.count)]", "21F9 [8]", "21FE [5]", "2C [16]",
        "TBID [4]", "3B [1]",
      ])
    #expect(try boxes(file + [7, 7]).last == "bytes behind its end [2]")
  }

  @Test func `A WAV is its form and its chunks, padding included`() throws {
    let body =
      Array("WAVE".utf8) + Self.chunk("fmt ", [1, 2, 3])
      + Self.chunk("LIST", Array("INFO".utf8) + [1, 2]) + Self.chunk("C2PA", Self.store)
    let file = Array("RIFF".utf8) + Self.little(body.count) + body
    #expect(
      try boxes(file) == ["WAVE [12]", "fmt [12]", "INFO [14]", "C2PA [\(Self.store.count + 8)]"])
    // Nothing else goes by the store's name.
    let list = Array("WAVE".utf8) + Self.chunk("LIST", Array("C2PA".utf8) + [1, 2])
    #expect(
      try boxes(Array("RIFF".utf8) + Self.little(list.count) + list) == [
        "WAVE [12]", "another C2PA [14]",
      ])
  }

  @Test func `A JPEG XL container is its boxes`() throws {
    let head: [UInt8] = [0, 0, 0, 12] + Array("JXL ".utf8) + [0x0D, 0x0A, 0x87, 0x0A]
    let stream: [UInt8] = [0, 0, 0, 10] + Array("jxlc".utf8) + [0xFF, 0x0A]
    let other = Samples.box("jumb", Samples.box("jumd", [1, 2, 3]))
    let type: [UInt8] =
      Array("c2pa".utf8) + [0, 0x11, 0, 0x10, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71]
    let store = Samples.box("jumb", Samples.box("jumd", type + [3] + Array("c2pa\0".utf8)))
    #expect(
      try boxes(head + store + other + stream) == [
        "JXL [12]", "C2PA [\(store.count)]", "jumb [\(other.count)]", "jxlc [10]",
      ])
  }

  @Test func `An Ogg file is its bitstreams`() throws {
    func page(_ serial: UInt8, _ isFirst: Bool, _ payload: [UInt8]) -> [UInt8] {
      Array("OggS".utf8) + [0, isFirst ? 2 : 0] + [UInt8](repeating: 0, count: 8)
        + [serial, 1, 0, 0] + [UInt8](repeating: 0, count: 8) + [1, UInt8(payload.count)] + payload
    }
    let packet = [0] + Array("c2pa".utf8) + Self.store
    let file =
      page(1, true, [1, 2, 3]) + page(7, true, packet) + page(1, false, [4, 5])
    #expect(
      try boxes(file) == ["Stream-257 [31, 30]", "C2PA [\(28 + packet.count)]"])
  }

  @Test func `Other containers have no box hash`() {
    for format in [AssetFormat.tiff, .svg, .pdf, .id3(name: "MP3")] {
      #expect(throws: ContainerError.self) {
        try AssetBoxes(of: [UInt8](repeating: 0, count: 100), format: format, store: nil)
      }
    }
  }
}
