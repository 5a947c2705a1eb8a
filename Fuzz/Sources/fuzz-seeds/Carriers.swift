import Bytes
import Containers

/// The least file of each container that its reader follows to the end.
enum Carriers {
  static let all: [(name: String, subject: String, bytes: [UInt8])] = [
    ("png", "png", png), ("jpeg", "jpeg", jpeg), ("mp4", "bmff", mp4),
    ("fragmented", "bmff", fragmented), ("heif", "bmff", heif), ("gif", "gif", gif),
    ("tiff", "tiff", tiff), ("svg", "svg", svg), ("wav", "riff", wav), ("mp3", "id3", mp3),
  ]

  /// Those whose manifests are read and not written, each with an empty store.
  static let readOnly: [(name: String, subject: String, bytes: [UInt8])] = [
    ("pdf", "pdf", pdf), ("ogg", "ogg", ogg), ("jxl", "jxl", jxl), ("zip", "zip", zip),
  ]

  private static let emptyStore: [UInt8] = [0, 0, 0, 8] + Array("jumb".utf8)

  static let pdf: [UInt8] =
    Array("%PDF-1.7\n1 0 obj\n<</Length 8>>stream\n".utf8) + emptyStore
    + Array(
      """
      \nendstream\nendobj\n2 0 obj\n<</AFRelationship/C2PA_Manifest/EF<</F 1 0 R>>\
      /Type/Filespec>>\nendobj\n%%EOF\n
      """.utf8)

  /// A stream of the store, and a page of another.
  static let ogg: [UInt8] = {
    func page(_ serial: UInt8, _ payload: [UInt8]) -> [UInt8] {
      Array("OggS".utf8) + [0, 2] + [UInt8](repeating: 0, count: 8) + [serial, 0, 0, 0]
        + [UInt8](repeating: 0, count: 8) + [1, UInt8(payload.count)] + payload
    }
    return page(7, [0] + Array("c2pa".utf8) + emptyStore) + page(1, [1, 2, 3])
  }()

  static let jxl: [UInt8] =
    box("JXL ", [0x0D, 0x0A, 0x87, 0x0A]) + box("jumb", box("jumd", Array("c2pa".utf8)))
    + box("jxlc", [0xFF, 0x0A])

  /// Two stored members, the second of which is the store.
  static let zip: [UInt8] = {
    func little(_ value: Int, _ count: Int) -> [UInt8] {
      (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    var file: [UInt8] = []
    var headers: [UInt8] = []
    let members = [
      ("mimetype", Array("application/epub+zip".utf8)), (ZIPDirectory.storeName, emptyStore),
    ]
    for (name, bytes) in members {
      let common =
        little(0, 12) + little(bytes.count, 4) + little(bytes.count, 4) + little(name.utf8.count, 2)
      headers += Array("PK\u{1}\u{2}".utf8) + little(20, 2) + little(20, 2) + common
      headers += little(0, 12) + little(file.count, 4) + Array(name.utf8)
      file += Array("PK\u{3}\u{4}".utf8) + little(20, 2) + common + little(0, 2)
      file += Array(name.utf8) + bytes
    }
    return file + headers + Array("PK\u{5}\u{6}".utf8) + little(0, 4)
      + little(members.count, 2) + little(members.count, 2) + little(headers.count, 4)
      + little(file.count, 4) + little(0, 2)
  }()

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
    + [0x21, 0xFF, 11] + Array("C2PA_GIF".utf8) + [1, 0, 0, 8] + emptyStore + [0]
    + [0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0, 0x3B]

  /// Little endian, one directory with the entry of a manifest store.
  static let tiff: [UInt8] =
    [0x49, 0x49, 0x2A, 0, 8, 0, 0, 0, 1, 0] + [0x41, 0xCD, 7, 0, 8, 0, 0, 0, 26, 0, 0, 0]
    + [0, 0, 0, 0] + emptyStore

  static let plainSVG = Array("<svg xmlns=\"http://www.w3.org/2000/svg\"></svg>".utf8)
  /// One pixel's width and nothing else.
  static let plainTIFF: [UInt8] =
    [0x49, 0x49, 0x2A, 0, 8, 0, 0, 0, 1, 0] + [0, 1, 3, 0, 1, 0, 0, 0, 1, 0, 0, 0] + [0, 0, 0, 0]

  static let svg = Array(
    """
    <svg xmlns="http://www.w3.org/2000/svg"><metadata><c2pa:manifest \
    xmlns:c2pa="http://c2pa.org/manifest">AAAACGp1bWI=</c2pa:manifest></metadata></svg>
    """.utf8)

  static let wav: [UInt8] =
    Array("RIFF".utf8) + [20, 0, 0, 0] + Array("WAVEC2PA".utf8) + [8, 0, 0, 0]
    + emptyStore

  /// An ID3v2.4 tag with one GEOB frame.
  static let mp3: [UInt8] = {
    let frame = [0] + Array("application/c2pa\0\0\0".utf8) + emptyStore
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
