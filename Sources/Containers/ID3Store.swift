import Bytes

/// The `GEOB` frame that carries a manifest store in the ID3v2 tag of MP3 and FLAC files (C2PA 2.5
/// appendix A; ID3v2.3.0 section 4.16, ID3v2.4.0 section 4.15).
enum ID3Store {
  private static let frameLimit = 10_000
  private static let mediaTypes: Set<String> = [
    "application/c2pa", "application/x-c2pa-manifest-store",
  ]

  /// A leading tag of version 2.3 or 2.4. Version 2.2 has other frames, and none for C2PA.
  private struct Tag {
    let flags: UInt8
    /// Sizes of frames have seven bits a byte, as in version 2.4.
    let isSynchsafe: Bool
    var frames: Range<Int>
    /// Behind padding and footer.
    let end: Int
    var stores: [(frame: Range<Int>, object: Range<Int>, isEncoded: Bool)] = []

    var isUnsynchronised: Bool { flags & 0x80 != 0 }
  }

  static func locate(in source: any ByteSource) throws(ContainerError) -> EmbeddedStore? {
    guard let tag = try tag(of: source) else { return nil }
    guard tag.stores.count <= 1 else {
      throw .multipleStores(offsets: tag.stores.map(\.object.lowerBound))
    }
    guard let store = tag.stores.first else { return nil }
    // Compression, encryption and unsynchronisation change the bytes; no writer uses them.
    guard !tag.isUnsynchronised, !store.isEncoded else {
      throw .malformed(
        offset: store.frame.lowerBound,
        reason: "the manifest store is in a compressed or encoded frame")
    }
    let part = try EmbeddedStore.part(
      of: source.exactly(store.object), purpose: .manifest, ranges: [store.object]
    ).part
    return EmbeddedStore(parts: [part])
  }

  private static func tag(of source: any ByteSource) throws(ContainerError) -> Tag? {
    let head = try source.upTo(10, at: 0)
    guard head.count == 10, head.span.matches(Array("ID3".utf8), at: 0),
      head[3] == 3 || head[3] == 4
    else { return nil }
    let isSynchsafe = head[3] == 4
    let end = min(source.count, 10 + size(head, at: 6, isSynchsafe: true))
    var position = 10
    if head[5] & 0x40 != 0 {
      let extended = try source.exactly(10..<14)
      position += size(extended, at: 0, isSynchsafe: isSynchsafe) + (isSynchsafe ? 0 : 4)
      guard position <= end else {
        throw .malformed(offset: 10, reason: "the extended header runs past its tag")
      }
    }
    let footer = isSynchsafe && head[5] & 0x10 != 0 ? 10 : 0
    var tag = Tag(
      flags: head[5], isSynchsafe: isSynchsafe, frames: position..<position,
      end: min(source.count, end + footer))
    var count = 0
    while position + 10 <= end {
      count += 1
      guard count <= frameLimit else {
        throw .overBudget(offset: position, reason: "the tag has more than \(frameLimit) frames")
      }
      let frame = try source.exactly(position..<position + 10)
      // Padding.
      guard frame[0] != 0 else { break }
      let body = position + 10
      let length = size(frame, at: 4, isSynchsafe: isSynchsafe)
      guard length <= end - body else {
        throw .malformed(offset: position, reason: "a tag frame runs past its tag")
      }
      if frame.span.matches(Array("GEOB".utf8), at: 0) {
        guard length <= EmbeddedStore.byteLimit else {
          throw EmbeddedStore.tooLarge(at: position, length: length)
        }
        if let object = object(in: try source.exactly(body..<body + length)) {
          tag.stores.append(
            (
              position..<body + length, body + object..<body + length,
              frame[9] & (isSynchsafe ? 0x0F : 0xC0) != 0
            ))
        }
      }
      position = body + length
      tag.frames = tag.frames.lowerBound..<position
    }
    return tag
  }

  /// Last of the frames of the tag that is there, else alone in a new one. Extended header, padding
  /// and footer, which say nothing of the sound, are left out.
  static func edits(
    _ source: any ByteSource, inserting store: [UInt8]
  ) throws(ContainerError) -> (offset: Int, edits: [AssetEdit]) {
    let head = try source.upTo(4, at: 0)
    let found = try tag(of: source)
    guard found != nil || !head.span.matches(Array("ID3".utf8), at: 0) else {
      throw .unsupported(format: "writing credentials beside an ID3 tag older than version 2.3")
    }
    let tag = found ?? Tag(flags: 0, isSynchsafe: true, frames: 0..<0, end: 0)
    guard !tag.isUnsynchronised else {
      throw .unsupported(format: "writing credentials beside an unsynchronised ID3 tag")
    }
    // UTF-8 is known to version 2.4 only; the texts are ASCII in either.
    let body =
      [tag.isSynchsafe ? 3 : 0]
      + Array("application/c2pa\u{0}c2pa\u{0}c2pa manifest store\u{0}".utf8)
    let frame =
      Array("GEOB".utf8)
      + encoded(size: body.count + store.count, isSynchsafe: tag.isSynchsafe) + [0, 0] + body
    let kept = tag.frames.count - tag.stores.reduce(0) { $0 + $1.frame.count }
    let length = kept + frame.count + store.count
    guard length < 1 << 28 else {
      throw .overBudget(offset: 0, reason: "an ID3 tag has at most 256 MiB")
    }
    let header =
      Array("ID3".utf8) + [tag.isSynchsafe ? 4 : 3, 0, tag.flags & 0x20]
      + encoded(size: length, isSynchsafe: true)
    let offset = header.count + kept + frame.count
    guard found != nil else {
      return (offset, [AssetEdit(range: 0..<0, replacement: header + frame + store)])
    }
    return (
      offset,
      [
        AssetEdit(range: 0..<tag.frames.lowerBound, replacement: header),
        AssetEdit(range: tag.frames.upperBound..<tag.end, replacement: frame + store),
      ] + tag.stores.map { AssetEdit(range: $0.frame, replacement: []) }
    )
  }

  private static func encoded(size: Int, isSynchsafe: Bool) -> [UInt8] {
    let width = isSynchsafe ? 7 : 8
    return (0..<4).map { UInt8(size >> (width * (3 - $0)) & (1 << width - 1)) }
  }

  /// Where the tag at the head of a file ends; nil where there is none.
  static func tagEnd(_ head: [UInt8]) -> Int? {
    guard head.count >= 10, head.span.matches(Array("ID3".utf8), at: 0) else { return nil }
    let footer = head[3] == 4 && head[5] & 0x10 != 0 ? 10 : 0
    return 10 + size(head, at: 6, isSynchsafe: true) + footer
  }

  private static func size(_ bytes: [UInt8], at offset: Int, isSynchsafe: Bool) -> Int {
    bytes[offset..<offset + 4].reduce(0) {
      isSynchsafe ? $0 << 7 | Int($1 & 0x7F) : $0 << 8 | Int($1)
    }
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
