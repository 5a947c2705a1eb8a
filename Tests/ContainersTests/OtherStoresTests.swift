import Bytes
import Containers
import Testing

/// Stores that another writer made: hand-made files with one store, none and two.
struct OtherStoresTests {
  private static let store = Samples.store(21)

  private static func littleEndian(_ value: Int) -> [UInt8] {
    (0..<4).map { UInt8(value >> (8 * $0) & 255) }
  }

  private static func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
    Array(name.utf8) + littleEndian(data.count) + data + (data.count % 2 == 1 ? [0] : [])
  }

  private static func riff(_ stores: Int) -> [UInt8] {
    let body =
      Array("WAVE".utf8) + chunk("fmt ", [1, 2, 3])
      + [[UInt8]](repeating: chunk("C2PA", store), count: stores).flatMap { $0 }
    return Array("RIFF".utf8) + littleEndian(body.count) + body
  }

  private static func id3(_ stores: Int) -> [UInt8] {
    let object =
      [3] + Array("application/c2pa\u{0}c2pa\u{0}c2pa manifest store\u{0}".utf8) + store
    func frame(_ name: String, _ data: [UInt8]) -> [UInt8] {
      Array(name.utf8) + [0, 0, UInt8(data.count >> 7), UInt8(data.count & 127), 0, 0] + data
    }
    let frames =
      frame("TIT2", [3, 65])
      + [[UInt8]](repeating: frame("GEOB", object), count: stores).flatMap { $0 } + [0, 0]
    return Array("ID3".utf8) + [4, 0, 0, 0, 0, UInt8(frames.count >> 7), UInt8(frames.count & 127)]
      + frames + [0xFF, 0xFB]
  }

  private static func gif(_ stores: Int) -> [UInt8] {
    let name = Array("C2PA_GIF".utf8) + [1, 0, 0]
    let block: [UInt8] = [0x21, 0xFF, 11] + name + [UInt8(store.count)] + store + [0]
    return Array("GIF89a".utf8) + [1, 0, 1, 0, 0x80, 0, 0] + [0, 0, 0, 1, 1, 1]
      + [[UInt8]](repeating: block, count: stores).flatMap { $0 }
      + [0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 1, 0x44, 0, 0x3B]
  }

  private static func tiff(_ stores: Int) -> [UInt8] {
    let entry =
      [0x41, 0xCD, 7, 0] + littleEndian(store.count) + littleEndian(8 + 2 + stores * 12 + 4)
    return [0x49, 0x49, 0x2A, 0] + littleEndian(8) + [UInt8(stores), 0]
      + [[UInt8]](repeating: entry, count: stores).flatMap { $0 } + littleEndian(0) + store
  }

  private static func svg(_ stores: Int) -> [UInt8] {
    let element = "<c2pa:manifest>\(Base64.encode(store))</c2pa:manifest>"
    let elements = String(repeating: element, count: stores)
    return Array("<svg><metadata>\(elements)</metadata></svg>".utf8)
  }

  @Test(arguments: [riff, id3, gif, tiff, svg])
  func `One store is found, none is none, two are an error`(
    make: @Sendable (Int) -> [UInt8]
  ) throws {
    let one = make(1)
    let format = try AssetFormat.detect(in: one)
    let found = try #require(try EmbeddedStore.locate(in: one, format: format), "\(format)")
    #expect(found.bytes == Self.store)
    #expect(try EmbeddedStore.locate(in: make(0), format: format) == nil)
    let error = #expect(throws: ContainerError.self) {
      try EmbeddedStore.locate(in: make(2), format: format)
    }
    #expect(error?.code == "container.multiple_stores")
    // Cut anywhere, it is an answer or an error, never a crash.
    for length in one.indices {
      _ = try? EmbeddedStore.locate(in: Array(one[..<length]), format: format)
    }
  }

  @Test func `Directories of a TIFF file that share bytes are an error`() throws {
    // The offset of the second directory lies in the header's own.
    var file: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 3, 0]
    file += [UInt8](repeating: 0, count: 0x300)
    #expect(throws: ContainerError.self) {
      try StoreInsertion.plan(file, format: .tiff, storeLength: 100)
    }
  }
}
