import Bytes
import Containers

/// Small files made byte by byte.
enum Samples {
  static func box(_ type: String, _ payload: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.appendBigEndian(UInt32(payload.count + 8))
    return bytes + Array(type.utf8) + payload
  }

  static func largeBox(_ type: String, _ payload: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = [0, 0, 0, 1] + Array(type.utf8)
    bytes.appendBigEndian(UInt64(payload.count + 16))
    return bytes + payload
  }

  static let ftyp = box("ftyp", Array("isom".utf8) + [0, 0, 2, 0] + Array("isommp41".utf8))

  static func offsets(_ values: [Int], wide: Bool = false) -> [UInt8] {
    var bytes: [UInt8] = [0, 0, 0, 0]
    bytes.appendBigEndian(UInt32(values.count))
    for value in values {
      if wide { bytes.appendBigEndian(UInt64(value)) } else { bytes.appendBigEndian(UInt32(value)) }
    }
    return box(wide ? "co64" : "stco", bytes)
  }

  /// `moov` with one track whose chunks begin at `chunks`.
  static func moov(chunks: [Int]) -> [UInt8] {
    box("moov", box("trak", box("mdia", box("minf", box("stbl", offsets(chunks))))))
  }

  /// A superbox with the type of a C2PA store and `length` more bytes.
  static func store(_ length: Int, fill: UInt8 = 0x5A) -> [UInt8] {
    let type: [UInt8] = [
      0x63, 0x32, 0x70, 0x61, 0x00, 0x11, 0x00, 0x10, 0x80, 0x00, 0x00, 0xAA, 0x00, 0x38, 0x9B,
      0x71,
    ]
    let description = box("jumd", type + [3] + Array("c2pa".utf8) + [0])
    return box("jumb", description + [UInt8](repeating: fill, count: length))
  }

  static func segment(_ marker: UInt8, _ payload: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = [0xFF, marker]
    bytes.appendBigEndian(UInt16(payload.count + 2))
    return bytes + payload
  }

  /// SOI, JFIF, a table, a scan with a stuffed 0xFF and a restart marker, EOI.
  static let jpeg: [UInt8] =
    [0xFF, 0xD8] + segment(0xE0, Array("JFIF".utf8) + [0, 1, 2, 0, 0, 1, 0, 1, 0, 0])
    + segment(0xDB, [UInt8](repeating: 1, count: 65)) + segment(0xDA, [1, 1, 0, 0, 63, 0])
    + [0x12, 0xFF, 0x00, 0x34, 0xFF, 0xD0, 0x56, 0xFF, 0xD9]

  static func chunk(_ type: String, _ data: [UInt8], crc: UInt32 = 0) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.appendBigEndian(UInt32(data.count))
    bytes += Array(type.utf8) + data
    bytes.appendBigEndian(crc)
    return bytes
  }

  /// Structure only; the checksums of these chunks are not looked at.
  static let png: [UInt8] =
    PNGChunks.signature + chunk("IHDR", [UInt8](repeating: 1, count: 13))
    + chunk("IDAT", [1, 2, 3]) + chunk("IEND", [])
}

/// A file of any length that is zeros behind its first bytes.
struct SparseSource: ByteSource {
  let head: [UInt8]
  let count: Int

  func read(_ range: Range<Int>) throws(FileError) -> [UInt8] {
    (range.lowerBound..<Swift.max(range.lowerBound, Swift.min(count, range.upperBound)))
      .map { $0 < head.count ? head[$0] : 0 }
  }
}
