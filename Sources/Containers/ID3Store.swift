import Bytes

/// The `GEOB` frame that carries a manifest store in the ID3v2 tag of MP3 and FLAC files (C2PA 2.5
/// appendix A; ID3v2.3.0 section 4.16, ID3v2.4.0 section 4.15).
enum ID3Store {
  private static let mediaTypes: Set<String> = [
    "application/c2pa", "application/x-c2pa-manifest-store",
  ]

  static func locate(in source: any ByteSource) throws(ContainerError) -> EmbeddedStore? {
    var stores: [(frame: ID3Tag.Frame, object: Range<Int>)] = []
    for frame in try ID3Tag(source)?.frames ?? [] {
      if let object = try object(of: frame, in: source) { stores.append((frame, object)) }
    }
    guard stores.count <= 1 else {
      throw .multipleStores(offsets: stores.map(\.object.lowerBound))
    }
    guard let store = stores.first else { return nil }
    // Compression, encryption and unsynchronisation change the bytes; no writer uses them.
    guard !store.frame.isEncoded else {
      throw .malformed(
        offset: store.frame.range.lowerBound,
        reason: "the manifest store is in a compressed or encoded frame")
    }
    let part = try EmbeddedStore.part(
      of: source.exactly(store.object), purpose: .manifest, ranges: [store.object]
    ).part
    return EmbeddedStore(parts: [part])
  }

  /// Last of the frames of the tag that is there, else alone in a new one.
  static func edits(
    _ source: any ByteSource, inserting store: [UInt8]
  ) throws(ContainerError) -> (offset: Int, edits: [AssetEdit]) {
    let texts = Array("application/c2pa\u{0}c2pa\u{0}c2pa manifest store\u{0}".utf8)
    let placed = try ID3Tag.edits(
      source,
      removing: { frame throws(ContainerError) in try object(of: frame, in: source) != nil },
      appending: { tag in
        // UTF-8 is known to version 2.4 only; the texts are ASCII in either.
        let body = [tag.isSynchsafe ? 3 : 0] + texts + store
        return tag.header("GEOB", count: body.count) + body
      })
    return (placed.offset + ID3Tag.headerLength + 1 + texts.count, placed.edits)
  }

  /// Where the store lies in a frame; nil when the frame holds something else.
  private static func object(
    of frame: ID3Tag.Frame, in source: any ByteSource
  ) throws(ContainerError) -> Range<Int>? {
    guard frame.type == "GEOB" else { return nil }
    guard frame.body.count <= EmbeddedStore.byteLimit else {
      throw EmbeddedStore.tooLarge(at: frame.range.lowerBound, length: frame.body.count)
    }
    guard let start = object(in: try source.exactly(frame.body)) else { return nil }
    return frame.body.lowerBound + start..<frame.body.upperBound
  }

  /// Where the object begins behind encoding, media type, file name and description; nil when the
  /// frame holds something else.
  private static func object(in frame: [UInt8]) -> Int? {
    guard let encoding = frame.first, let typeEnd = frame.dropFirst().firstIndex(of: 0),
      mediaTypes.contains(String(decoding: frame[1..<typeEnd], as: UTF8.self).lowercased())
    else { return nil }
    // Encodings 1 and 2 are UTF-16: two zero bytes end a text.
    let width = encoding == 1 || encoding == 2 ? 2 : 1
    var position = typeEnd + 1
    for _ in 0..<2 {
      while position + width <= frame.count,
        !frame[position..<position + width].allSatisfy({ $0 == 0 })
      { position += width }
      position += width
    }
    return position < frame.count ? position : nil
  }
}
