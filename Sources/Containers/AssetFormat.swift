public import Bytes

/// What a file is, by its first bytes; its name is never asked.
public enum AssetFormat: Hashable, Sendable {
  /// ISO base media: MP4, MOV, M4A, HEIF, AVIF and segments of fragmented files. `brand` is the
  /// major brand, or empty for a QuickTime file from before brands existed.
  case bmff(brand: String)
  case jpeg
  case png
  /// A bare C2PA manifest store (`application/c2pa`), a sidecar.
  case manifestStore
  /// Known by name only: nothing here reads it yet.
  case unsupported(name: String)
  case unknown

  /// Bytes that `sniff` wants to see.
  public static let headLength = 64

  /// Reads the first bytes of `source` and names the format.
  public static func detect(in source: any ByteSource) throws(ContainerError) -> AssetFormat {
    sniff(try source.upTo(headLength, at: 0))
  }

  /// Names the format of a file that begins with `head`.
  public static func sniff(_ head: [UInt8]) -> AssetFormat {
    let bytes = head.span
    if bytes.matches([0xFF, 0xD8, 0xFF], at: 0) { return .jpeg }
    if bytes.matches(PNGChunks.signature, at: 0) { return .png }
    if bytes.matches(Array("jumb".utf8), at: 4), bytes.matches(Array("jumd".utf8), at: 12) {
      return .manifestStore
    }
    if let other = otherFormat(bytes) { return .unsupported(name: other) }
    for type in ["ftyp", "styp"] where bytes.matches(Array(type.utf8), at: 4) {
      guard head.count >= 12 else { return .bmff(brand: "") }
      return .bmff(brand: FourCC(Array(head[8..<12])).text)
    }
    for type in ["moov", "mdat", "moof", "sidx", "wide", "free", "skip", "pnot"]
    where bytes.matches(Array(type.utf8), at: 4) {
      return .bmff(brand: "")
    }
    return .unknown
  }

  private static func otherFormat(_ bytes: Span<UInt8>) -> String? {
    let magic: [(offset: Int, bytes: [UInt8], name: String)] = [
      (0, Array("GIF87a".utf8), "GIF"), (0, Array("GIF89a".utf8), "GIF"),
      (0, Array("ID3".utf8), "MP3"), (0, Array("fLaC".utf8), "FLAC"),
      (0, Array("OggS".utf8), "Ogg"), (0, Array("%PDF-".utf8), "PDF"),
      (0, [0x49, 0x49, 0x2A, 0x00], "TIFF"), (0, [0x4D, 0x4D, 0x00, 0x2A], "TIFF"),
      (0, [0xFF, 0x0A], "JPEG XL"), (4, Array("JXL ".utf8), "JPEG XL"),
      (0, [0x1A, 0x45, 0xDF, 0xA3], "Matroska or WebM"), (0, Array("PK\u{3}\u{4}".utf8), "ZIP"),
      (0, Array("<svg".utf8), "SVG"), (0, Array("<?xml".utf8), "XML or SVG"),
    ]
    for entry in magic where bytes.matches(entry.bytes, at: entry.offset) { return entry.name }
    if bytes.matches(Array("RIFF".utf8), at: 0) {
      let forms = ["WAVE": "WAV", "WEBP": "WebP", "AVI ": "AVI"]
      for (form, name) in forms where bytes.matches(Array(form.utf8), at: 8) { return name }
      return "RIFF"
    }
    if bytes.count >= 2, bytes[0] == 0xFF, bytes[1] & 0xE6 == 0xE2 { return "MP3" }
    return nil
  }

  /// A short name for people.
  public var name: String {
    switch self {
    case .bmff(let brand):
      switch brand {
      case "qt  ": "MOV"
      case "M4A ", "M4B ": "M4A"
      case "avif", "avis": "AVIF"
      case "heic", "heix", "mif1", "msf1", "hevc": "HEIF"
      default: "MP4"
      }
    case .jpeg: "JPEG"
    case .png: "PNG"
    case .manifestStore: "C2PA manifest store"
    case .unsupported(let name): name
    case .unknown: "unknown"
    }
  }

  /// The IANA media type, where one format has one.
  public var mediaType: String? {
    switch self {
    case .bmff:
      switch name {
      case "MOV": "video/quicktime"
      case "M4A": "audio/mp4"
      case "AVIF": "image/avif"
      case "HEIF": "image/heif"
      default: "video/mp4"
      }
    case .jpeg: "image/jpeg"
    case .png: "image/png"
    case .manifestStore: "application/c2pa"
    case .unsupported, .unknown: nil
    }
  }
}
