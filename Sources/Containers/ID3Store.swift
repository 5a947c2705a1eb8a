import Bytes

/// The `GEOB` frame that carries a manifest store in the ID3v2 tag of MP3 and FLAC files (C2PA 2.5
/// appendix A; ID3v2.3.0 section 4.16, ID3v2.4.0 section 4.15).
enum ID3Store {
  private static let frameLimit = 10_000
  private static let mediaTypes: Set<String> = [
    "application/c2pa", "application/x-c2pa-manifest-store",
  ]

  static func locate(in source: any ByteSource) throws(ContainerError) -> EmbeddedStore? {
    let head = try source.upTo(10, at: 0)
    // Version 2.2 has other frames, and none for C2PA.
    guard head.count == 10, head.span.matches(Array("ID3".utf8), at: 0),
      head[3] == 3 || head[3] == 4
    else { return nil }
    let isSynchsafe = head[3] == 4
    let end = min(source.count, 10 + size(head, at: 6, isSynchsafe: true))
    var position = 10
    if head[5] & 0x40 != 0 {
      let extended = try source.exactly(10..<14)
      position += size(extended, at: 0, isSynchsafe: isSynchsafe) + (isSynchsafe ? 0 : 4)
    }
    var found: [EmbeddedStore.Part] = []
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
        let bytes = try source.exactly(body..<body + length)
        if let object = object(in: bytes) {
          // Compression, encryption and unsynchronisation change the bytes; no writer uses them.
          guard head[5] & 0x80 == 0, frame[9] & (isSynchsafe ? 0x0F : 0xC0) == 0 else {
            throw .malformed(
              offset: position, reason: "the manifest store is in a compressed or encoded frame")
          }
          found.append(
            try EmbeddedStore.part(
              of: Array(bytes[object...]), purpose: .manifest,
              ranges: [body + object..<body + length]
            ).part)
        }
      }
      position = body + length
    }
    guard found.count <= 1 else {
      throw .multipleStores(offsets: found.map(\.ranges[0].lowerBound))
    }
    return found.isEmpty ? nil : EmbeddedStore(parts: found)
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
