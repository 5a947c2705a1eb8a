import Bytes

/// The leading tag of an MP3 or FLAC file in version 2.3 or 2.4 (ID3v2.3.0, ID3v2.4.0). Version 2.2
/// has other frames, and none that is read here.
struct ID3Tag {
  struct Frame {
    let type: FourCC
    /// Header and body.
    let range: Range<Int>
    /// Whether compression, encryption or unsynchronisation changed the body.
    let isEncoded: Bool

    var body: Range<Int> { range.lowerBound + headerLength..<range.upperBound }
  }

  /// Bytes of a frame before its body.
  static let headerLength = 10
  /// Zeros behind the last frame: readers such as ExifTool take a tag without any for a broken one.
  private static let padding = [UInt8](repeating: 0, count: headerLength)

  private static let frameLimit = 10_000

  let flags: UInt8
  /// Sizes of frames have seven bits a byte, as in version 2.4.
  let isSynchsafe: Bool
  private(set) var frames: [Frame] = []
  /// The frames, one behind the other.
  private(set) var frameRange: Range<Int>
  /// Behind padding and footer.
  let end: Int

  var isUnsynchronised: Bool { flags & 0x80 != 0 }

  /// An empty tag, for a file that has none.
  private init() {
    (flags, isSynchsafe, frameRange, end) = (0, true, 0..<0, 0)
  }

  /// Nil where the file begins with no tag of these versions.
  init?(_ source: any ByteSource) throws(ContainerError) {
    let head = try source.upTo(10, at: 0)
    guard head.count == 10, head.span.matches(Array("ID3".utf8), at: 0),
      head[3] == 3 || head[3] == 4
    else { return nil }
    flags = head[5]
    isSynchsafe = head[3] == 4
    let end = min(source.count, 10 + Self.size(head, at: 6, isSynchsafe: true))
    var position = 10
    if head[5] & 0x40 != 0 {
      let extended = try source.exactly(10..<14)
      position += Self.size(extended, at: 0, isSynchsafe: isSynchsafe) + (isSynchsafe ? 0 : 4)
      guard position <= end else {
        throw .malformed(offset: 10, reason: "the extended header runs past its tag")
      }
    }
    let footer = isSynchsafe && head[5] & 0x10 != 0 ? 10 : 0
    self.end = min(source.count, end + footer)
    frameRange = position..<position
    while position + 10 <= end {
      guard frames.count < Self.frameLimit else {
        throw .overBudget(
          offset: position, reason: "the tag has more than \(Self.frameLimit) frames")
      }
      let frame = try source.exactly(position..<position + 10)
      // Padding.
      guard frame[0] != 0 else { break }
      let body = position + 10
      let length = Self.size(frame, at: 4, isSynchsafe: isSynchsafe)
      guard length <= end - body else {
        throw .malformed(offset: position, reason: "a tag frame runs past its tag")
      }
      frames.append(
        Frame(
          type: FourCC(Array(frame[..<4])), range: position..<body + length,
          isEncoded: isUnsynchronised || frame[9] & (isSynchsafe ? 0x0F : 0xC0) != 0))
      position = body + length
      frameRange = frameRange.lowerBound..<position
    }
  }

  /// A frame's header for a body of `count` bytes.
  func header(_ type: FourCC, count: Int) -> [UInt8] {
    type.bytes + Self.encoded(size: count, isSynchsafe: isSynchsafe) + [0, 0]
  }

  /// Puts the frame that `make` gives behind the kept ones, alone in a new tag where the file has
  /// none, and takes `removed` away. Extended header, padding and footer, which say nothing of the
  /// sound, are left out. `offset` is where the new frame begins in the new file.
  static func edits(
    _ source: any ByteSource, removing isRemoved: (Frame) throws(ContainerError) -> Bool,
    appending make: (ID3Tag) -> [UInt8]
  ) throws(ContainerError) -> (offset: Int, edits: [AssetEdit]) {
    let head = try source.upTo(4, at: 0)
    let found = try ID3Tag(source)
    guard found != nil || !head.span.matches(Array("ID3".utf8), at: 0) else {
      throw .unsupported(format: "writing beside an ID3 tag older than version 2.3")
    }
    let tag = found ?? ID3Tag()
    guard !tag.isUnsynchronised else {
      throw .unsupported(format: "writing beside an unsynchronised ID3 tag")
    }
    var removed: [Range<Int>] = []
    for frame in tag.frames where try isRemoved(frame) { removed.append(frame.range) }
    let frame = make(tag)
    let added = frame + padding
    let kept = tag.frameRange.count - removed.reduce(0) { $0 + $1.count }
    let length = kept + added.count
    guard length < 1 << 28 else {
      throw .overBudget(offset: 0, reason: "an ID3 tag has at most 256 MiB")
    }
    let header =
      Array("ID3".utf8) + [tag.isSynchsafe ? 4 : 3, 0, tag.flags & 0x20]
      + encoded(size: length, isSynchsafe: true)
    let offset = header.count + kept
    guard found != nil else {
      return (offset, [AssetEdit(range: 0..<0, replacement: header + added)])
    }
    return (
      offset,
      [
        AssetEdit(range: 0..<tag.frameRange.lowerBound, replacement: header),
        AssetEdit(range: tag.frameRange.upperBound..<tag.end, replacement: added),
      ] + removed.map { AssetEdit(range: $0, replacement: []) }
    )
  }

  private static func encoded(size: Int, isSynchsafe: Bool) -> [UInt8] {
    let width = isSynchsafe ? 7 : 8
    return (0..<4).map { UInt8(size >> (width * (3 - $0)) & (1 << width - 1)) }
  }

  /// Where the tag at the head of a file ends; nil where there is none.
  static func end(of head: [UInt8]) -> Int? {
    guard head.count >= 10, head.span.matches(Array("ID3".utf8), at: 0) else { return nil }
    let footer = head[3] == 4 && head[5] & 0x10 != 0 ? 10 : 0
    return 10 + size(head, at: 6, isSynchsafe: true) + footer
  }

  private static func size(_ bytes: [UInt8], at offset: Int, isSynchsafe: Bool) -> Int {
    bytes[offset..<offset + 4].reduce(0) {
      isSynchsafe ? $0 << 7 | Int($1 & 0x7F) : $0 << 8 | Int($1)
    }
  }
}
