import Bytes

/// The least file of each container that its reader follows to the end.
enum Carriers {
  static let all: [(name: String, subject: String, bytes: [UInt8])] = [
    ("png", "png", png), ("jpeg", "jpeg", jpeg), ("mp4", "bmff", mp4),
    ("fragmented", "bmff", fragmented), ("heif", "bmff", heif), ("gif", "gif", gif),
    ("tiff", "tiff", tiff), ("svg", "svg", svg), ("wav", "riff", wav), ("mp3", "id3", mp3),
  ]

  static let png: [UInt8] =
    [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    + chunk("IHDR", [0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0])
    + chunk("IDAT", [0x78, 0x9C, 0x63, 0x60, 0, 0, 0, 2, 0, 1]) + chunk("IEND", [])

  /// SOI, APP0, SOS with two bytes of scan, EOI.
  static let jpeg: [UInt8] =
    [0xFF, 0xD8, 0xFF, 0xE0, 0, 16] + Array("JFIF\0".utf8) + [1, 1, 0, 0, 1, 0, 1, 0, 0]
    + [0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0, 0x12, 0x34, 0xFF, 0xD9]

  static let mp4: [UInt8] =
    box("ftyp", Array("isom".utf8) + [0, 0, 0, 0] + Array("isom".utf8))
    + box(
      "moov",
      box(
        "trak",
        box(
          "mdia",
          box(
            "minf",
            box(
              "stbl", box("stco", [0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 88]))))))
    + box("mdat", [1, 2, 3, 4])

  /// Two fragments with an index before them and one behind.
  static let fragmented: [UInt8] = {
    let header: [UInt8] = [0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 96]
    let fragment = box("moof", box("traf", box("tfhd", header))) + box("mdat", [1, 2, 3, 4])
    let reference: [UInt8] = [0, 0, 0, UInt8(fragment.count), 0, 0, 0, 1, 0x90, 0, 0, 0]
    var index: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2]
    index += reference
    index += reference
    let last: [UInt8] = [
      0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 99, 1, 1, 1,
    ]
    let track = box("tkhd", [UInt8](repeating: 0, count: 15) + [1])
    let type: [UInt8] = Array("iso5".utf8) + [0, 0, 0, 0]
    var file = box("ftyp", type) + box("moov", box("trak", track))
    file += box("sidx", index) + fragment
    file += fragment + box("mfra", box("tfra", last))
    return file
  }()

  /// One item whose place is written in an `iloc` box.
  static let heif: [UInt8] = {
    let type: [UInt8] = Array("heic".utf8) + [0, 0, 0, 0]
    let places: [UInt8] = [
      0, 0, 0, 0, 0x44, 0, 0, 1, 0, 1, 0, 0, 0, 1, 0, 0, 0, 70, 0, 0, 0, 4,
    ]
    let version: [UInt8] = [0, 0, 0, 0]
    return box("ftyp", type) + box("meta", version + box("iloc", places))
      + box("mdat", [1, 2, 3, 4])
  }()

  static let gif: [UInt8] =
    Array("GIF89a".utf8) + [1, 0, 1, 0, 0, 0, 0]
    + [0x21, 0xFF, 11] + Array("C2PA_GIF".utf8) + [1, 0, 0, 4] + [0, 0, 0, 8, 0]
    + [0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0, 0x3B]

  /// Little endian, one directory with the entry of a manifest store.
  static let tiff: [UInt8] =
    [0x49, 0x49, 0x2A, 0, 8, 0, 0, 0, 1, 0] + [0x41, 0xCD, 7, 0, 8, 0, 0, 0, 26, 0, 0, 0]
    + [0, 0, 0, 0] + [0, 0, 0, 8] + Array("jumb".utf8)

  static let svg = Array(
    """
    <svg xmlns="http://www.w3.org/2000/svg"><metadata><c2pa:manifest \
    xmlns:c2pa="http://c2pa.org/manifest">AAAACGp1bWI=</c2pa:manifest></metadata></svg>
    """.utf8)

  static let wav: [UInt8] =
    Array("RIFF".utf8) + [20, 0, 0, 0] + Array("WAVEC2PA".utf8) + [8, 0, 0, 0] + [0, 0, 0, 8]
    + Array("jumb".utf8)

  /// An ID3v2.4 tag with one GEOB frame.
  static let mp3: [UInt8] = {
    let frame = [0] + Array("application/c2pa\0\0\0".utf8) + [0, 0, 0, 8] + Array("jumb".utf8)
    return Array("ID3".utf8) + [4, 0, 0, 0, 0, 0, UInt8(frame.count + 10)]
      + Array("GEOB".utf8) + [0, 0, 0, UInt8(frame.count), 0, 0] + frame + [0xFF, 0xFB, 0x90, 0]
  }()

  private static func box(_ type: String, _ payload: [UInt8]) -> [UInt8] {
    var out: [UInt8] = []
    out.appendBigEndian(UInt32(payload.count + 8))
    return out + Array(type.utf8) + payload
  }

  private static func chunk(_ type: String, _ data: [UInt8]) -> [UInt8] {
    var out: [UInt8] = []
    out.appendBigEndian(UInt32(data.count))
    let body = Array(type.utf8) + data
    out += body
    var crc: UInt32 = 0xFFFF_FFFF
    for byte in body {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 0 ? crc >> 1 : crc >> 1 ^ 0xEDB8_8320 }
    }
    out.appendBigEndian(~crc)
    return out
  }
}
