public import Bytes

/// Where a manifest store goes in an asset, and what else must change for it: everything about the
/// new file except the store's bytes, whose number alone decides it.
public struct StoreInsertion: Sendable {
  public let format: AssetFormat
  /// The new file, with a store of zeros in the right framing.
  public let asset: SplicedAsset
  /// The store in the new file, with that framing which the exclusion of a data hash covers.
  public let range: Range<Int>
  /// Bytes of store that were planned for.
  public let storeLength: Int

  /// Plans the insertion of `storeLength` bytes into `source`, in place of any store it has.
  ///
  /// - Throws: `.unsupported` for formats that are not written here, `.malformed` where the
  ///   container cannot be followed.
  public static func plan(
    _ source: any ByteSource, format: AssetFormat, storeLength: Int
  ) throws(ContainerError) -> StoreInsertion {
    guard storeLength <= EmbeddedStore.byteLimit else {
      throw EmbeddedStore.tooLarge(at: 0, length: storeLength)
    }
    let framed = try frame([UInt8](repeating: 0, count: storeLength), format: format)
    let place: (offset: Int, edits: [AssetEdit])
    switch format {
    case .bmff: place = try BMFFStore.edits(source, inserting: framed)
    case .jpeg: place = try JPEGStore.edits(source, inserting: framed)
    case .png: place = try PNGStore.edits(source, inserting: framed)
    case .riff: place = try RIFFStore.edits(source, inserting: framed)
    case .id3: place = try ID3Store.edits(source, inserting: framed)
    case .gif: place = try GIFStore.edits(source, inserting: framed)
    case .svg: place = try SVGStore.edits(source, inserting: framed)
    case .tiff: place = try TIFFStore.edits(source, inserting: framed)
    default: throw .unsupported(format: "writing credentials into \(format.name)")
    }
    return StoreInsertion(
      format: format, asset: SplicedAsset(source, edits: place.edits),
      range: place.offset..<place.offset + framed.count, storeLength: storeLength)
  }

  /// `store` in the framing of the format: what stands at `range` in the new file.
  public func framed(_ store: [UInt8]) throws(ContainerError) -> [UInt8] {
    precondition(store.count == storeLength, "the plan was made for another length")
    return try StoreInsertion.frame(store, format: format)
  }

  private static func frame(
    _ store: [UInt8], format: AssetFormat
  ) throws(ContainerError) -> [UInt8] {
    switch format {
    case .bmff: BMFFStore.frame(store)
    case .jpeg: JPEGStore.frame(store)
    case .png: PNGStore.frame(store)
    case .riff: RIFFStore.frame(store)
    case .id3, .tiff: store
    case .gif: GIFStore.frame(store)
    case .svg: Array(Base64.encode(store).utf8)
    default: throw .unsupported(format: "writing credentials into \(format.name)")
    }
  }
}

extension JPEGStore {
  /// After SOI and the APP0 segments that must come first (JFIF section 10.1).
  static func edits(
    _ source: any ByteSource, inserting framed: [UInt8]
  ) throws(ContainerError) -> (offset: Int, edits: [AssetEdit]) {
    let segments = try JPEGSegments(source)
    guard segments.isComplete else {
      throw .malformed(offset: source.count, reason: "the picture ends before its EOI marker")
    }
    let leading = segments.segments.dropFirst().prefix { $0.marker == 0xE0 }
    let offset = leading.last?.range.upperBound ?? segments.segments[0].range.upperBound
    let old = try locate(in: source, segments: segments)?.ranges ?? []
    return (
      offset - old.filter { $0.upperBound <= offset }.reduce(0) { $0 + $1.count },
      [AssetEdit(range: offset..<offset, replacement: framed)]
        + old.map { AssetEdit(range: $0, replacement: []) }
    )
  }
}

extension PNGStore {
  /// After IHDR, so before IDAT.
  static func edits(
    _ source: any ByteSource, inserting framed: [UInt8]
  ) throws(ContainerError) -> (offset: Int, edits: [AssetEdit]) {
    let chunks = try PNGChunks(source).chunks
    let offset = chunks[0].range.upperBound
    let old = chunks.filter { $0.type == "caBX" }
    return (
      offset,
      [AssetEdit(range: offset..<offset, replacement: framed)]
        + old.map { AssetEdit(range: $0.range, replacement: []) }
    )
  }
}
