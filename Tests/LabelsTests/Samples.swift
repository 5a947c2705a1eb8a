import Bytes
import Containers

/// Small files made byte by byte: structure without pictures or sound.
enum Samples {
  static func box(_ type: String, _ payload: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.appendBigEndian(UInt32(payload.count + 8))
    return bytes + (type.hasPrefix("©") ? [0xA9] + Array(type.utf8.dropFirst(2)) : Array(type.utf8))
      + payload
  }

  private static func segment(_ marker: UInt8, _ payload: [UInt8]) -> [UInt8] {
    [0xFF, marker, 0, UInt8(payload.count + 2)] + payload
  }

  static let jpeg: [UInt8] =
    [0xFF, 0xD8] + segment(0xE0, Array("JFIF".utf8) + [0, 1, 2, 0, 0, 1, 0, 1, 0, 0])
    + segment(0xDA, [1, 1, 0, 0, 63, 0]) + [0x12, 0xFF, 0x00, 0x34, 0xFF, 0xD9]

  private static func chunk(_ type: String, _ data: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.appendBigEndian(UInt32(data.count))
    return bytes + Array(type.utf8) + data + [0, 0, 0, 0]
  }

  static let png: [UInt8] =
    PNGChunks.signature + chunk("IHDR", [UInt8](repeating: 1, count: 13)) + chunk("IEND", [])

  /// One colour table of two entries, one picture.
  static let gif: [UInt8] =
    Array("GIF87a".utf8) + [1, 0, 1, 0, 0x80, 0, 0, 0, 0, 0, 255, 255, 255]
    + [0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0, 0x3B]

  /// Big-endian, one entry (image width).
  static let tiff: [UInt8] = [
    0x4D, 0x4D, 0, 0x2A, 0, 0, 0, 8, 0, 1, 0x01, 0, 0, 3, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0,
  ]

  private static func little(_ value: Int) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  private static func riff(_ form: String, _ chunks: [(String, [UInt8])]) -> [UInt8] {
    var body: [UInt8] = []
    for (type, data) in chunks {
      body += Array(type.utf8) + little(data.count) + data
      if data.count % 2 == 1 { body.append(0) }
    }
    return Array("RIFF".utf8) + little(body.count + 4) + Array(form.utf8) + body
  }

  static let wav = riff("WAVE", [("fmt ", [UInt8](repeating: 1, count: 16)), ("data", [1, 2, 3])])
  static let avi = riff("AVI ", [("LIST", Array("movi".utf8)), ("idx1", [])])
  /// 16 x 9 pixels: start code and sizes of a key frame.
  static let webP = riff("WEBP", [("VP8 ", [0, 0, 0, 0x9D, 1, 0x2A, 16, 0, 9, 0, 0, 0])])
  static let losslessWebP = riff("WEBP", [("VP8L", [0x2F, 15, 0, 2, 0x10, 0, 0, 0, 0, 0])])

  /// One frame header and some data.
  static let mp3: [UInt8] = [0xFF, 0xFB, 0x90, 0] + [UInt8](repeating: 0x55, count: 64)

  static func mp4(user: [UInt8] = []) -> [UInt8] {
    let head = box("ftyp", Array("isom".utf8) + [0, 0, 2, 0] + Array("isommp41".utf8))
    func movie(_ offset: Int) -> [UInt8] {
      var table: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 1]
      table.appendBigEndian(UInt32(offset))
      return box(
        "moov",
        box("trak", box("mdia", box("minf", box("stbl", box("stco", table)))))
          + (user.isEmpty ? [] : box("udta", user)))
    }
    let offset = head.count + movie(0).count + 8
    return head + movie(offset) + box("mdat", [UInt8](repeating: 9, count: 40))
  }

  private static func handler(_ type: String) -> [UInt8] {
    box(
      "hdlr", [UInt8](repeating: 0, count: 8) + Array(type.utf8) + [UInt8](repeating: 0, count: 13))
  }

  private static func data(_ text: String) -> [UInt8] {
    box("data", [0, 0, 0, 1, 0, 0, 0, 0] + Array(text.utf8))
  }

  /// As FFmpeg writes without options.
  static let iTunesTags = box(
    "meta", [0, 0, 0, 0] + handler("mdir") + box("ilst", box("©too", data("Lavf60"))))

  /// As FFmpeg writes with `use_metadata_tags`.
  static let keyedTags: [UInt8] = {
    let keys = box("keys", [0, 0, 0, 0, 0, 0, 0, 1] + box("mdta", Array("my-key".utf8)))
    let list = box("ilst", [0, 0, 0, 24 + 5, 0, 0, 0, 1] + data("value"))
    return box("meta", [0, 0, 0, 0] + handler("mdta") + keys + list)
  }()
}
