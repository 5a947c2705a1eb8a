import Bytes

/// The `C2PA` chunk that carries a manifest store in RIFF files: WAV, AVI, WebP (C2PA 2.5 appendix
/// A).
enum RIFFStore {
  private static let type: FourCC = "C2PA"

  static func locate(in source: any ByteSource) throws(ContainerError) -> EmbeddedStore? {
    let carriers = try RIFFChunks(source).chunks(of: type)
    guard let carrier = carriers.first else { return nil }
    guard carriers.count == 1 else {
      throw .multipleStores(offsets: carriers.map(\.range.lowerBound))
    }
    guard carrier.payload.count <= EmbeddedStore.byteLimit else {
      throw EmbeddedStore.tooLarge(
        at: carrier.range.lowerBound, length: carrier.payload.count)
    }
    let payload = try source.exactly(carrier.payload)
    return EmbeddedStore(
      parts: [
        try EmbeddedStore.part(of: payload, purpose: .manifest, ranges: [carrier.range]).part
      ])
  }

  static func frame(_ store: [UInt8]) -> [UInt8] { RIFFChunks.frame(type, store) }

  /// Last in the first RIFF chunk.
  static func edits(
    _ source: any ByteSource, inserting framed: [UInt8]
  ) throws(ContainerError) -> (offset: Int, edits: [AssetEdit]) {
    try RIFFChunks(source).edits(source, appending: framed, removing: [type])
  }
}
