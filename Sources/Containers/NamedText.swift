public import Bytes

/// A short text under a name, in the place that a container has for such: a key of `moov.udta.meta`
/// in MP4 and MOV, `tEXt` in PNG, a chunk in WAV, `TXXX` in ID3. JPEG and WebP have one unnamed text,
/// the EXIF user comment. What the text says is not looked at here.
public enum NamedText {
  /// A label has some hundred bytes.
  public static let textLimit = 64 << 10

  public struct Found: Equatable, Sendable {
    /// Where it lies, for people: `moov.udta.meta`, `EXIF UserComment`.
    public let place: String
    public let text: String

    public init(place: String, text: String) {
      self.place = place
      self.text = text
    }
  }

  /// Where the format keeps such a text; nil for formats without a place.
  public static func place(in format: AssetFormat) -> String? {
    switch format {
    case .bmff(let brand): BMFFMetadata.isStill(brand) ? nil : BMFFMetadata.place
    case .png: "PNG tEXt"
    case .jpeg, .riff(form: "WEBP"): "EXIF UserComment"
    case .riff(form: "WAVE"): "RIFF chunk"
    case .id3: "ID3v2 TXXX"
    default: nil
    }
  }

  /// Whether the format's one text has no name, so that anything may stand in it.
  public static func isUnnamed(in format: AssetFormat) -> Bool {
    switch format {
    case .jpeg, .riff(form: "WEBP"): true
    default: false
    }
  }

  /// Every text called `name` in file order; none for formats without a place.
  public static func read(
    _ name: String, in source: any ByteSource, format: AssetFormat
  ) throws(ContainerError) -> [Found] {
    guard let place = place(in: format) else { return [] }
    let texts: [[UInt8]]
    switch format {
    case .bmff: texts = try BMFFMetadata.values(of: name, in: source)
    case .png: texts = try png(name, source).map { $0.text }
    case .jpeg: texts = try ExifComment.read(jpeg: source).map { [$0] } ?? []
    case .riff(form: "WEBP"): texts = try ExifComment.read(webP: source).map { [$0] } ?? []
    case .riff: texts = try riff(name, source)
    default: texts = try id3(name, source).map { $0.text }
    }
    return texts.map { text in
      Found(place: place, text: String(decoding: text, as: UTF8.self))
    }
  }

  /// The file with `text`, in ASCII, as its only one called `name`.
  ///
  /// - Throws: `.unsupported` for formats without a place.
  public static func replacing(
    _ source: any ByteSource, format: AssetFormat, name: String, text: String
  ) throws(ContainerError) -> SplicedAsset {
    let bytes = Array(text.utf8)
    precondition(bytes.allSatisfy { (1..<0x80).contains($0) }, "every place can hold ASCII only")
    guard bytes.count <= textLimit else {
      throw .overBudget(offset: 0, reason: "a label has at most \(textLimit) bytes")
    }
    let edits: [AssetEdit]
    switch format {
    case .bmff(let brand) where !BMFFMetadata.isStill(brand):
      edits = try BMFFMetadata.edits(source, setting: name, to: bytes)
    case .png:
      let chunks = try PNGChunks(source).chunks
      let offset = chunks[0].range.upperBound
      let chunk = PNGChunks.frame("tEXt", Array(name.utf8) + [0] + bytes)
      edits =
        [AssetEdit(range: offset..<offset, replacement: chunk)]
        + (try png(name, source).map { AssetEdit(range: $0.chunk, replacement: []) })
    case .jpeg: edits = try ExifComment.edits(jpeg: source, bytes)
    case .riff(form: "WEBP"): edits = try ExifComment.edits(webP: source, bytes)
    case .riff(form: "WAVE"):
      let type = FourCC(Array(name.utf8))
      edits = try RIFFChunks(source).edits(
        source, appending: RIFFChunks.frame(type, bytes), removing: [type]
      ).edits
    case .id3:
      let old = try id3(name, source).map(\.frame)
      edits = try ID3Tag.edits(
        source, removing: { old.contains($0.range) },
        appending: { tag in
          let body = [tag.isSynchsafe ? 3 : 0] + Array(name.utf8) + [0] + bytes
          return tag.header("TXXX", count: body.count) + body
        }
      ).edits
    default: throw .unsupported(format: "a named text in \(format.name)")
    }
    return SplicedAsset(source, edits: edits)
  }

  private static func png(
    _ name: String, _ source: any ByteSource
  ) throws(ContainerError) -> [(chunk: Range<Int>, text: [UInt8])] {
    let keyword = Array(name.utf8) + [0]
    var found: [(chunk: Range<Int>, text: [UInt8])] = []
    for chunk in try PNGChunks(source).chunks
    where chunk.type == "tEXt" && chunk.data.count <= textLimit {
      let data = try source.exactly(chunk.data)
      guard data.starts(with: keyword) else { continue }
      found.append((chunk.range, Array(data[keyword.count...])))
    }
    return found
  }

  private static func riff(
    _ name: String, _ source: any ByteSource
  ) throws(ContainerError) -> [[UInt8]] {
    var texts: [[UInt8]] = []
    for chunk in try RIFFChunks(source).chunks(of: FourCC(Array(name.utf8)))
    where chunk.payload.count <= textLimit {
      // Some writers end the text with a zero.
      texts.append(Array(try source.exactly(chunk.payload).prefix { $0 != 0 }))
    }
    return texts
  }

  /// User texts (ID3v2.4.0 section 4.2.6) in the encodings of one byte a character.
  private static func id3(
    _ name: String, _ source: any ByteSource
  ) throws(ContainerError) -> [(frame: Range<Int>, text: [UInt8])] {
    let description = Array(name.utf8) + [0]
    var found: [(frame: Range<Int>, text: [UInt8])] = []
    for frame in try ID3Tag(source)?.frames ?? []
    where frame.type == "TXXX" && !frame.isEncoded && frame.body.count <= textLimit {
      let body = try source.exactly(frame.body)
      guard let text = singleByteText(body), text.starts(with: description) else { continue }
      found.append((frame.range, Array(text[description.count...].prefix { $0 != 0 })))
    }
    return found
  }

  /// A text frame without its encoding: as it is in Latin-1 and UTF-8, and the ASCII of UTF-16.
  private static func singleByteText(_ body: [UInt8]) -> [UInt8]? {
    guard let encoding = body.first else { return nil }
    if encoding == 0 || encoding == 3 { return Array(body.dropFirst()) }
    guard encoding == 1 || encoding == 2 else { return nil }
    var isLittle = false
    var text: [UInt8] = []
    for start in stride(from: 1, to: body.count - 1, by: 2) {
      let unit = isLittle ? (body[start + 1], body[start]) : (body[start], body[start + 1])
      if unit == (0xFE, 0xFF) { continue }
      if unit == (0xFF, 0xFE) {
        isLittle.toggle()
        continue
      }
      guard unit.0 == 0 else { return nil }
      text.append(unit.1)
    }
    return text
  }
}
