import Bytes
import Containers
import Testing

/// The forms of TIFF and RIFF whose offsets and lengths have 64 bits.
struct LongOffsetsTests {
  private static func little(_ value: Int, _ width: Int) -> [UInt8] {
    (0..<width).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  /// A directory of one entry: ImageWidth 1.
  private static let bigTIFF: [UInt8] =
    [0x49, 0x49, 0x2B, 0] + little(8, 2) + little(0, 2) + little(16, 8) + little(1, 8)
    + little(256, 2) + little(3, 2) + little(1, 8) + little(1, 8) + little(0, 8)

  /// The same, most significant byte first.
  private static let bigEndianTIFF: [UInt8] =
    [0x4D, 0x4D, 0, 0x2B] + [0, 8, 0, 0] + little(16, 8).reversed() + little(1, 8).reversed()
    + [1, 0, 0, 3] + little(1, 8).reversed() + [0, 1, 0, 0, 0, 0, 0, 0]
    + [UInt8](repeating: 0, count: 8)

  /// The length of `data` stands in `ds64`, as that of the whole does.
  private static func longWave(_ type: String) -> [UInt8] {
    let data: [UInt8] = [1, 2, 3, 4, 5, 6]
    let long = little(0, 8) + little(data.count, 8) + little(3, 8) + little(0, 4)
    let body =
      Array("WAVEds64".utf8) + little(long.count, 4) + long
      + Array("fmt ".utf8) + little(2, 4) + [1, 0]
      + Array("data".utf8) + [0xFF, 0xFF, 0xFF, 0xFF] + data
    var file = Array(type.utf8) + [0xFF, 0xFF, 0xFF, 0xFF] + body
    file.replaceSubrange(20..<28, with: little(file.count - 8, 8))
    return file
  }

  private static let files = [bigTIFF, bigEndianTIFF, longWave("RF64"), longWave("BW64")]

  @Test(arguments: files)
  func `What is put in comes out, and a second store replaces the first`(_ file: [UInt8]) throws {
    let format = try AssetFormat.detect(in: file)
    #expect(["TIFF", "WAV"].contains(format.name))
    #expect(try EmbeddedStore.locate(in: file, format: format) == nil)
    let store = Samples.store(301)
    let first = try EmbeddedStoreTests.signed(file, store)
    #expect(try EmbeddedStore.locate(in: first, format: format)?.bytes == store)
    let other = Samples.store(122, fill: 7)
    let second = try EmbeddedStoreTests.signed(first, other)
    #expect(try EmbeddedStore.locate(in: second, format: format)?.bytes == other)
    #expect(second == (try EmbeddedStoreTests.signed(file, other)))
    for length in first.indices {
      _ = try? EmbeddedStore.locate(in: Array(first[..<length]), format: format)
    }
  }

  @Test func `The long length grows by what was put in`() throws {
    let file = Self.longWave("RF64")
    let signed = try EmbeddedStoreTests.signed(file, Samples.store(100))
    #expect(Array(signed[4..<8]) == [0xFF, 0xFF, 0xFF, 0xFF])
    #expect(Array(signed[20..<28]) == Self.little(signed.count - 8, 8))
  }

  @Test func `Lengths that no file has, and missing ones, are errors`() throws {
    var endless = Self.longWave("RF64")
    endless.replaceSubrange(20..<28, with: [UInt8](repeating: 0xFF, count: 8))
    endless.replaceSubrange(28..<36, with: [UInt8](repeating: 0xFF, count: 8))
    _ = try EmbeddedStore.locate(in: endless, format: .riff(form: "WAVE"))
    var offsets = Self.bigTIFF
    offsets.replaceSubrange(8..<16, with: [UInt8](repeating: 0xFF, count: 8))
    #expect(throws: ContainerError.self) { try EmbeddedStore.locate(in: offsets, format: .tiff) }
    var width = Self.bigTIFF
    width[4] = 4
    #expect(throws: ContainerError.self) { try EmbeddedStore.locate(in: width, format: .tiff) }
    var many = Self.bigTIFF
    many.replaceSubrange(16..<24, with: [UInt8](repeating: 0x7F, count: 8))
    #expect(throws: ContainerError.self) { try EmbeddedStore.locate(in: many, format: .tiff) }
  }
}
