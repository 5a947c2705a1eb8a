public import Bytes

/// A C2PA manifest store as it lies in an asset.
public struct EmbeddedStore: Equatable, Sendable {
  /// A store of real files is below 2 MB; larger ones carry thumbnails. More than this is refused,
  /// so that one upload cannot fill memory.
  public static let byteLimit = 32 << 20

  /// What a BMFF box says its store is for (C2PA 2.5 appendix A); `manifest` everywhere else.
  public enum Purpose: String, Sendable {
    case manifest
    /// The store that an `update` store adds to.
    case original
    case update
  }

  /// One run of JUMBF bytes.
  public struct Part: Equatable, Sendable {
    public let purpose: Purpose
    /// The JUMBF superbox, without what follows it.
    public let bytes: [UInt8]
    /// Every piece of the asset that carries it, framing included, in file order.
    public let ranges: [Range<Int>]
    /// Bytes inside `ranges` that are neither framing, store nor zero padding.
    public let hasForeignBytes: Bool
  }

  /// Something a careful reader should hear of although the store could be read.
  public enum Anomaly: String, Sendable {
    /// A PNG `caBX` chunk whose CRC does not fit its data.
    case wrongChecksum
    /// JPEG APP11 packets whose sequence numbers do not count 1, 2, 3 …
    case packetsOutOfSequence
    /// Foreign segments between the APP11 packets of one store.
    case packetsNotContiguous
  }

  /// The store; in BMFF an `original` one may be followed by its `update`.
  public let parts: [Part]
  public let anomalies: [Anomaly]

  /// The JUMBF bytes of the first (usually the only) part.
  public var bytes: [UInt8] { parts[0].bytes }
  /// Every piece of the asset that carries the first part, framing included.
  public var ranges: [Range<Int>] { parts[0].ranges }
  public var purpose: Purpose { parts[0].purpose }
  /// The later store whose last manifest is the active one, when there is one.
  public var update: Part? { parts.count > 1 ? parts[1] : nil }

  public init(parts: [Part], anomalies: [Anomaly] = []) {
    precondition(!parts.isEmpty, "a store has at least one part")
    self.parts = parts
    self.anomalies = anomalies
  }

  /// Finds the store of an asset; nil when it has none.
  ///
  /// - Throws: `.multipleStores` for more than one of a kind, `.malformed` where the container
  ///   cannot be followed, `.unsupported` for formats that are known by name only.
  public static func locate(
    in source: any ByteSource, format: AssetFormat
  ) throws(ContainerError) -> EmbeddedStore? {
    switch format {
    case .bmff: try BMFFStore.locate(in: source)
    case .jpeg: try JPEGStore.locate(in: source)
    case .png: try PNGStore.locate(in: source)
    case .gif: try GIFStore.locate(in: source)
    case .tiff: try TIFFStore.locate(in: source)
    case .svg: try SVGStore.locate(in: source)
    case .riff: try RIFFStore.locate(in: source)
    case .id3: try ID3Store.locate(in: source)
    case .pdf: try PDFStore.locate(in: source)
    case .ogg: try OggStore.locate(in: source)
    case .jpegXL: try JPEGXLStore.locate(in: source)
    case .zip: try ZIPStore.locate(in: source)
    case .manifestStore:
      try wholeFile(source)
    case .unsupported(let name): throw .unsupported(format: name)
    case .unknown: throw .unsupported(format: "unknown format")
    }
  }

  private static func wholeFile(_ source: any ByteSource) throws(ContainerError) -> EmbeddedStore {
    guard source.count <= byteLimit else { throw tooLarge(at: 0, length: source.count) }
    let (part, _) = try part(
      of: source.exactly(0..<source.count), purpose: .manifest, ranges: [0..<source.count])
    return EmbeddedStore(parts: [part])
  }

  static func tooLarge(at offset: Int, length: Int) -> ContainerError {
    .overBudget(
      offset: offset,
      reason: "the manifest store has \(length) bytes; at most \(byteLimit) are read")
  }

  /// Cuts `payload` behind its first JUMBF box and looks whether only zeros follow.
  static func part(
    of payload: [UInt8], purpose: Purpose, ranges: [Range<Int>]
  ) throws(ContainerError) -> (part: Part, trailing: Int) {
    let bytes = payload.span
    var cursor = ByteCursor(0..<payload.count)
    var length = payload.count
    do {
      let size32 = try cursor.readUInt32(bytes)
      try cursor.skip(4)
      if size32 == 1 {
        length = Int(exactly: try cursor.readUInt64(bytes)) ?? payload.count
      } else if size32 != 0 {
        length = Int(size32)
      }
    } catch {
      throw .malformed(
        offset: ranges[0].lowerBound, reason: "the manifest store is shorter than a box header")
    }
    // A length past the end is left for the JUMBF parser to refuse.
    length = min(length, payload.count)
    let isClean = payload[length...].allSatisfy { $0 == 0 }
    return (
      Part(
        purpose: purpose, bytes: Array(payload[..<length]), ranges: ranges,
        hasForeignBytes: !isClean),
      payload.count - length
    )
  }
}
