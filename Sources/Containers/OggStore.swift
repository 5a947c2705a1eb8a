import Bytes

/// The logical bitstream that carries a manifest store in an Ogg file (C2PA 2.5 appendix A;
/// RFC 3533): its first packet is a zero, `c2pa` and the store.
enum OggStore {
  /// An hour of sound has some ten thousand pages.
  private static let pageLimit = 1_000_000
  private static let marker: [UInt8] = [0] + Array("c2pa".utf8)

  private struct Page {
    let serial: [UInt8]
    let range: Range<Int>
    let payload: Range<Int>
    let isFirst: Bool
  }

  static func locate(in source: any ByteSource) throws(ContainerError) -> EmbeddedStore? {
    var serials: [[UInt8]] = []
    var ranges: [Range<Int>] = []
    var bytes: [UInt8] = []
    var position = 0
    var count = 0
    while let page = try page(at: position, of: source) {
      count += 1
      guard count <= pageLimit else {
        throw .overBudget(
          offset: position, reason: "the file has more than \(pageLimit) pages")
      }
      position = page.range.upperBound
      if page.isFirst, page.payload.count >= marker.count {
        let head = try source.upTo(marker.count, at: page.payload.lowerBound)
        if head == marker { serials.append(page.serial) }
      }
      guard page.serial == serials.first else { continue }
      guard bytes.count + page.payload.count <= EmbeddedStore.byteLimit else {
        throw EmbeddedStore.tooLarge(at: page.range.lowerBound, length: bytes.count)
      }
      ranges.append(page.range)
      bytes += try source.exactly(page.payload)
    }
    guard !serials.isEmpty else { return nil }
    guard serials.count == 1 else { throw .multipleStores(offsets: ranges.map(\.lowerBound)) }
    return EmbeddedStore(parts: [
      try EmbeddedStore.part(
        of: Array(bytes.dropFirst(marker.count)), purpose: .manifest, ranges: ranges
      ).part
    ])
  }

  /// Every page with the serial number of its bitstream, in the order of the file.
  static func pages(
    of source: any ByteSource
  ) throws(ContainerError) -> [(serial: UInt32, range: Range<Int>)] {
    var pages: [(serial: UInt32, range: Range<Int>)] = []
    var position = 0
    while let page = try page(at: position, of: source) {
      guard pages.count < pageLimit else {
        throw .overBudget(
          offset: position, reason: "the file has more than \(pageLimit) pages")
      }
      position = page.range.upperBound
      pages.append((page.serial.reversed().reduce(0) { $0 << 8 | UInt32($1) }, page.range))
    }
    return pages
  }

  /// Nil at the end of the file.
  private static func page(
    at position: Int, of source: any ByteSource
  ) throws(ContainerError) -> Page? {
    guard position < source.count else { return nil }
    let head = try source.upTo(27, at: position)
    guard head.count == 27, head.span.matches(Array("OggS".utf8), at: 0) else {
      throw .malformed(offset: position, reason: "an Ogg page does not begin where it should")
    }
    let segments = try source.exactly(position + 27..<position + 27 + Int(head[26]))
    let start = position + 27 + segments.count
    let length = segments.reduce(0) { $0 + Int($1) }
    guard length <= source.count - start else {
      throw .malformed(offset: position, reason: "an Ogg page runs past the end")
    }
    return Page(
      serial: Array(head[14..<18]), range: position..<start + length,
      payload: start..<start + length, isFirst: head[5] & 2 != 0)
  }
}
