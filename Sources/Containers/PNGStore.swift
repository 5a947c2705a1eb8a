import Bytes

/// The `caBX` chunk that carries a manifest store in a PNG file (C2PA 2.5 appendix A).
public enum PNGStore {
  /// Bytes around the store: length, type and CRC.
  public static let framingLength = 12

  /// A complete chunk around `store`.
  public static func frame(_ store: [UInt8]) -> [UInt8] {
    PNGChunks.frame("caBX", store)
  }

  static func locate(in source: any ByteSource) throws(ContainerError) -> EmbeddedStore? {
    let carriers = try PNGChunks(source).chunks.filter { $0.type == "caBX" }
    guard let chunk = carriers.first else { return nil }
    guard carriers.count == 1 else {
      throw .multipleStores(offsets: carriers.map(\.range.lowerBound))
    }
    guard chunk.data.count <= EmbeddedStore.byteLimit else {
      throw EmbeddedStore.tooLarge(at: chunk.range.lowerBound, length: chunk.data.count)
    }
    let store = try source.exactly(chunk.data)
    let crc = try source.exactly(chunk.data.upperBound..<chunk.range.upperBound)
    let expected = CRC32.checksum(Array("caBX".utf8) + store)
    let isIntact = crc.reduce(0) { $0 << 8 | UInt32($1) } == expected
    let part = try EmbeddedStore.part(of: store, purpose: .manifest, ranges: [chunk.range]).part
    return EmbeddedStore(parts: [part], anomalies: isIntact ? [] : [.wrongChecksum])
  }
}
