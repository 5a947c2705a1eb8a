import Bytes

/// The user comment of EXIF data in JPEG and WebP files (CIPA DC-008 section 4.6.5, tag 0x9286).
enum ExifComment {
  private static let exifDirectory: UInt32 = 0x8769
  private static let userComment: UInt32 = 0x9286
  private static let signature = Array("Exif\0\0".utf8)
  /// The comment's own mark of its character code.
  private static let ascii = Array("ASCII\0\0\0".utf8)
  private static let unspecified = [UInt8](repeating: 0, count: 8)
  /// A header and a directory without entries: what EXIF data grow from.
  private static let empty: [UInt8] = [
    0x49, 0x49, 0x2A, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  ]
  /// EXIF data with a preview and maker notes stay below 64 KB; WebP sets no bound.
  private static let byteLimit = 1 << 20

  static func read(jpeg source: any ByteSource) throws(ContainerError) -> [UInt8]? {
    try jpeg(source).exif.flatMap { exif throws(ContainerError) in try comment(in: exif) }
  }

  static func read(webP source: any ByteSource) throws(ContainerError) -> [UInt8]? {
    try webP(source).flatMap { exif throws(ContainerError) in try comment(in: exif) }
  }

  static func edits(
    jpeg source: any ByteSource, _ text: [UInt8]
  ) throws(ContainerError) -> [AssetEdit] {
    let found = try jpeg(source)
    let exif = try setting(text, in: found.exif ?? empty)
    let segment = try JPEGSegments.frame(0xE1, signature + exif)
    return [AssetEdit(range: found.range, replacement: segment)]
  }

  static func edits(
    webP source: any ByteSource, _ text: [UInt8]
  ) throws(ContainerError) -> [AssetEdit] {
    let exif = try setting(text, in: try webP(source) ?? empty)
    let edits = try RIFFChunks(source).edits(
      source, appending: RIFFChunks.frame("EXIF", exif), removing: ["EXIF"]
    ).edits
    return try WebPHeader.announcing(.exif, in: source, edits)
  }

  private static func comment(in exif: [UInt8]) throws(ContainerError) -> [UInt8]? {
    let value = try TIFFDirectory(exif)?.subdirectory(exifDirectory, in: exif)?
      .bytes(of: userComment, in: exif, limit: NamedText.textLimit)
    guard let value, value.starts(with: ascii) || value.starts(with: unspecified) else {
      return value.map { Array($0.dropFirst(8)) }
    }
    // Cameras fill the field with blanks or zeros.
    var text = value.dropFirst(8)
    while let last = text.last, last == 0 || last == 0x20 { text.removeLast() }
    return text.isEmpty ? nil : Array(text)
  }

  private static func setting(
    _ text: [UInt8], in exif: [UInt8]
  ) throws(ContainerError) -> [UInt8] {
    let spliced = SplicedAsset(
      exif,
      edits: try TIFFDirectory.edits(
        exif, setting: userComment, to: ascii + text, type: .undefined, under: exifDirectory))
    return try spliced.exactly(0..<spliced.count)
  }

  /// The TIFF structure of the first EXIF segment, and what is replaced along with it.
  private static func jpeg(
    _ source: any ByteSource
  ) throws(ContainerError) -> (exif: [UInt8]?, range: Range<Int>) {
    let segments = try JPEGSegments(source).segments
    for segment in segments where segment.marker == 0xE1 {
      let content = try source.exactly(segment.payload)
      if content.starts(with: signature) {
        return (Array(content.dropFirst(signature.count)), segment.range)
      }
    }
    let leading = segments.prefix { $0.marker == 0xD8 || $0.marker == 0xE0 }
    let offset = leading.last?.range.upperBound ?? 2
    return (nil, offset..<offset)
  }

  private static func webP(_ source: any ByteSource) throws(ContainerError) -> [UInt8]? {
    guard let chunk = try RIFFChunks(source).chunks(of: "EXIF").first else { return nil }
    guard chunk.payload.count <= byteLimit else {
      throw .overBudget(
        offset: chunk.range.lowerBound, reason: "EXIF data have more than \(byteLimit) bytes")
    }
    let content = try source.exactly(chunk.payload)
    // Some writers copy the segment's signature along.
    return content.starts(with: signature) ? Array(content.dropFirst(signature.count)) : content
  }
}
