public import Bytes

/// What a file is, by its first bytes; its name is never asked.
public enum AssetFormat: Hashable, Sendable {
  /// ISO base media: MP4, MOV, M4A, HEIF, AVIF and segments of fragmented files. `brand` is the
  /// major brand, or empty for a QuickTime file from before brands existed.
  case bmff(brand: String)
  case jpeg
  case png
  case gif
  case tiff
  case svg
  /// WAV, AVI, WebP. `form` is the form type, `WAVE` and so on.
  case riff(form: String)
  /// MP3 or FLAC, whose manifest store lies in a leading ID3v2 tag; without a tag there is none.
  case id3(name: String)
  case pdf
  case ogg
  /// The container of boxes, or a bare codestream, which has no place for a store.
  case jpegXL
  /// EPUB, Office Open XML, OpenDocument, or a ZIP file of another kind.
  case zip(name: String)
  /// A bare C2PA manifest store (`application/c2pa`), a sidecar.
  case manifestStore
  /// Known by name only: nothing here reads it yet.
  case unsupported(name: String)
  case unknown

  /// Bytes that `sniff` wants to see: an SVG's root element may come after a prolog.
  public static let headLength = 1024

  /// Reads the first bytes of `source` and names the format.
  public static func detect(in source: any ByteSource) throws(ContainerError) -> AssetFormat {
    let head = try source.upTo(headLength, at: 0)
    let format = sniff(head)
    // What a tag tags comes behind it.
    guard format == .id3(name: "MP3"), let end = ID3Tag.end(of: head) else { return format }
    return try source.upTo(4, at: end) == Array("fLaC".utf8) ? .id3(name: "FLAC") : format
  }

  /// Names the format of a file that begins with `head`.
  public static func sniff(_ head: [UInt8]) -> AssetFormat {
    let bytes = head.span
    if bytes.matches([0xFF, 0xD8, 0xFF], at: 0) { return .jpeg }
    if bytes.matches(PNGChunks.signature, at: 0) { return .png }
    if bytes.matches(Array("GIF8".utf8), at: 0) { return .gif }
    if bytes.matches([0x49, 0x49, 0x2A, 0x00], at: 0) { return .tiff }
    if bytes.matches([0x4D, 0x4D, 0x00, 0x2A], at: 0) { return .tiff }
    if bytes.matches([0x49, 0x49, 0x2B, 0x00], at: 0) { return .tiff }
    if bytes.matches([0x4D, 0x4D, 0x00, 0x2B], at: 0) { return .tiff }
    // RF64 and BW64 are RIFF with lengths of 64 bits (ITU-R BS.2088).
    for type in ["RIFF", "RF64", "BW64"]
    where bytes.matches(Array(type.utf8), at: 0) && head.count >= 12 {
      return .riff(form: FourCC(Array(head[8..<12])).text)
    }
    if bytes.matches(Array("ID3".utf8), at: 0) { return .id3(name: "MP3") }
    if bytes.matches(Array("fLaC".utf8), at: 0) { return .id3(name: "FLAC") }
    if bytes.matches(Array("jumb".utf8), at: 4), bytes.matches(Array("jumd".utf8), at: 12) {
      return .manifestStore
    }
    if head.first == 0x3C || bytes.matches([0xEF, 0xBB, 0xBF, 0x3C], at: 0),
      SVGStore.isDrawing(bytes)
    {
      return .svg
    }
    // MPEG audio without a tag: a frame header of layer III.
    if head.count >= 2, head[0] == 0xFF, head[1] & 0xE6 == 0xE2 { return .id3(name: "MP3") }
    if bytes.matches(Array("%PDF-".utf8), at: 0) { return .pdf }
    if bytes.matches(Array("OggS".utf8), at: 0) { return .ogg }
    if bytes.matches([0xFF, 0x0A], at: 0) || bytes.matches(Array("JXL ".utf8), at: 4) {
      return .jpegXL
    }
    if bytes.matches(Array("PK\u{3}\u{4}".utf8), at: 0) {
      return .zip(name: ZIPStore.formatName(head))
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
      (0, [0x1A, 0x45, 0xDF, 0xA3], "Matroska or WebM"),
      (0, Array("<?xml".utf8), "XML"),
    ]
    for entry in magic where bytes.matches(entry.bytes, at: entry.offset) { return entry.name }
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
    case .gif: "GIF"
    case .tiff: "TIFF"
    case .svg: "SVG"
    case .riff(let form): ["WAVE": "WAV", "WEBP": "WebP", "AVI ": "AVI"][form] ?? "RIFF"
    case .id3(let name), .zip(let name): name
    case .pdf: "PDF"
    case .ogg: "Ogg"
    case .jpegXL: "JPEG XL"
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
    case .gif: "image/gif"
    case .tiff: "image/tiff"
    case .svg: "image/svg+xml"
    case .riff(let form):
      ["WAVE": "audio/wav", "WEBP": "image/webp", "AVI ": "video/avi"][form]
    case .id3(let name): name == "FLAC" ? "audio/flac" : "audio/mpeg"
    case .pdf: "application/pdf"
    case .ogg: "audio/ogg"
    case .jpegXL: "image/jxl"
    case .zip(let name):
      ["EPUB": "application/epub+zip", "ZIP": "application/zip"][name]
    case .manifestStore: "application/c2pa"
    case .unsupported, .unknown: nil
    }
  }
}
