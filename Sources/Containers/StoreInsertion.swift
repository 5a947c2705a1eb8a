public import Bytes

/// Where a manifest store goes in an asset, and what else must change for it: everything about the
/// new file except the store's bytes, whose number alone decides it.
public struct StoreInsertion: Sendable {
  public let format: AssetFormat
  /// The new file, with a store of zeros in the right framing.
  public let asset: SplicedAsset
  /// The store in the new file, with that framing which the exclusion of a data hash covers. Empty
  /// when the file gets none.
  public let range: Range<Int>
  /// Bytes of store that were planned for.
  public let storeLength: Int
  /// The Merkle boxes before the fragments of a fragmented file, in file order.
  public let proofRanges: [Range<Int>]
  private let isUpdate: Bool

  /// Plans the insertion of `storeLength` bytes into `source`, in place of any store it has.
  ///
  /// - Parameter proofLength: bytes of Merkle proof that each fragment of a fragmented file gets; 0
  ///   writes no Merkle boxes.
  /// - Throws: `.unsupported` for formats that are not written here, `.malformed` where the
  ///   container cannot be followed.
  public static func plan(
    _ source: any ByteSource, format: AssetFormat, storeLength: Int, proofLength: Int = 0
  ) throws(ContainerError) -> StoreInsertion {
    let framed = try zeros(storeLength, format)
    if case .bmff = format {
      let placement = try BMFFStore.place(
        framed, in: source,
        proof: proofLength == 0
          ? [] : BMFFStore.proofFrame([UInt8](repeating: 0, count: proofLength)),
        before: proofLength == 0 ? .none : .everyFragment)
      return StoreInsertion(
        format, source, placement.edits, placement.offset, framed.count, storeLength,
        proofRanges: placement.proofs)
    }
    let place = try place(framed, in: source, format: format)
    return StoreInsertion(format, source, place.edits, place.offset, framed.count, storeLength)
  }

  /// The file without any store, for one that lies elsewhere.
  ///
  /// - Parameter link: URL of that place, written into the file's XMP metadata (JPEG, PNG, BMFF).
  public static func planWithout(
    _ source: any ByteSource, format: AssetFormat, link: String? = nil
  ) throws(ContainerError) -> StoreInsertion {
    if let link {
      let edits = try ProvenanceLink.edits(source, format: format, url: link)
      return StoreInsertion(format, source, edits, 0, 0, 0)
    }
    guard try EmbeddedStore.locate(in: source, format: format) != nil else {
      return StoreInsertion(format, source, [], 0, 0, 0)
    }
    switch format {
    case .bmff, .jpeg, .png, .gif, .riff: break
    default:
      throw .unsupported(format: "taking the credentials out of a \(format.name) file")
    }
    let place = try place([], in: source, format: format)
    return StoreInsertion(format, source, place.edits, place.offset, 0, 0)
  }

  /// Plans the exchange of a store for one that adds to it, without a change to any byte that its
  /// hash covers (C2PA 2.5 sections 11.4.2 and A.5). In BMFF the addition is a box of its own.
  ///
  /// - Parameter original: what the first store of a BMFF file becomes; no longer than it is.
  public static func planUpdate(
    _ source: any ByteSource, format: AssetFormat, storeLength: Int, original: [UInt8]? = nil
  ) throws(ContainerError) -> StoreInsertion {
    guard let store = try EmbeddedStore.locate(in: source, format: format) else {
      throw .malformed(offset: 0, reason: "the file has no credentials to update")
    }
    switch format {
    case .bmff:
      let framed = BMFFStore.updateFrame([UInt8](repeating: 0, count: storeLength))
      let place = try BMFFStore.updateEdits(source, inserting: framed, original: original)
      return StoreInsertion(
        format, source, place.edits, place.offset, framed.count, storeLength, isUpdate: true)
    case .jpeg, .png, .gif, .svg:
      let framed = try zeros(storeLength, format)
      guard let first = store.ranges.first, let last = store.ranges.last,
        zip(store.ranges, store.ranges.dropFirst()).allSatisfy({ $0.upperBound == $1.lowerBound })
      else {
        throw .malformed(offset: 0, reason: "the pieces of the manifest store do not touch")
      }
      let range = first.lowerBound..<last.upperBound
      return StoreInsertion(
        format, source, [AssetEdit(range: range, replacement: framed)], range.lowerBound,
        framed.count, storeLength)
    default:
      // A longer store changes a size field that the hash covers.
      throw .unsupported(format: "an update manifest in a \(format.name) file")
    }
  }

  private init(
    _ format: AssetFormat, _ source: any ByteSource, _ edits: [AssetEdit], _ offset: Int,
    _ framedLength: Int, _ storeLength: Int, proofRanges: [Range<Int>] = [],
    isUpdate: Bool = false
  ) {
    self.format = format
    asset = SplicedAsset(source, edits: edits)
    range = offset..<offset + framedLength
    self.storeLength = storeLength
    self.proofRanges = proofRanges
    self.isUpdate = isUpdate
  }

  private static func zeros(
    _ storeLength: Int, _ format: AssetFormat
  ) throws(ContainerError) -> [UInt8] {
    guard storeLength <= EmbeddedStore.byteLimit else {
      throw EmbeddedStore.tooLarge(at: 0, length: storeLength)
    }
    return try frame([UInt8](repeating: 0, count: storeLength), format: format)
  }

  private static func place(
    _ framed: [UInt8], in source: any ByteSource, format: AssetFormat
  ) throws(ContainerError) -> (offset: Int, edits: [AssetEdit]) {
    switch format {
    case .bmff: try BMFFStore.edits(source, inserting: framed)
    case .jpeg: try JPEGStore.edits(source, inserting: framed)
    case .png: try PNGStore.edits(source, inserting: framed)
    case .riff: try RIFFStore.edits(source, inserting: framed)
    case .id3: try ID3Store.edits(source, inserting: framed)
    case .gif: try GIFStore.edits(source, inserting: framed)
    case .svg: try SVGStore.edits(source, inserting: framed)
    case .tiff: try TIFFStore.edits(source, inserting: framed)
    default: throw .unsupported(format: "writing credentials into \(format.name)")
    }
  }

  /// `store` in the framing of the format: what stands at `range` in the new file.
  public func framed(_ store: [UInt8]) throws(ContainerError) -> [UInt8] {
    precondition(store.count == storeLength, "the plan was made for another length")
    if isUpdate { return BMFFStore.updateFrame(store) }
    if let first = proofRanges.first {
      return BMFFStore.frame(store, merkleOffset: first.lowerBound)
    }
    return try StoreInsertion.frame(store, format: format)
  }

  /// The Merkle box that stands at `range` in the new file; a shorter proof is filled with zeros.
  public static func framedProof(_ proof: [UInt8], filling range: Range<Int>) -> [UInt8] {
    let framing = BMFFStore.proofFrame([]).count
    let padding = range.count - framing - proof.count
    precondition(padding >= 0, "the plan was made for a shorter proof")
    return BMFFStore.proofFrame(proof + [UInt8](repeating: 0, count: padding))
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
