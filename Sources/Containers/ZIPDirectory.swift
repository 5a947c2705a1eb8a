public import Bytes

/// The central directory of a ZIP file (PKWARE APPNOTE 6.3.10): EPUB, Office Open XML, OpenDocument
/// and OpenXPS documents.
public struct ZIPDirectory: Sendable {
  /// Where a document's manifest store lies (C2PA 2.5 appendix A.6).
  public static let storeName = "META-INF/content_credential.c2pa"
  /// 65,535 headers of names and extra fields as real documents have them.
  private static let directoryLimit = 32 << 20

  public struct Entry: Equatable, Sendable {
    public let name: String
    /// The four bytes of the CRC-32 in this entry of the directory.
    public let checksum: Range<Int>
    /// Neither compressed nor encrypted, its sizes in its header.
    let isPlain: Bool
    let flags: Int
    let method: Int
    let size: Int
    let local: Int
  }

  public struct Member: Equatable, Sendable {
    public let name: String
    /// Local header, stored bytes and data descriptor.
    public let range: Range<Int>
    /// What is stored: compressed or encrypted as it is.
    public let content: Range<Int>
    /// Whether the local header carries extra fields.
    let hasExtra: Bool

    /// A folder's entry, which holds nothing.
    public var isFolder: Bool { name.hasSuffix("/") && content.isEmpty }
  }

  /// In the order of the directory; each name once.
  public let entries: [Entry]
  /// From the first header of the directory to the end of the file.
  public let range: Range<Int>

  /// - Throws: `.malformed`, `.overBudget`, or `.unsupported` for ZIP64 and files in several parts.
  public init(_ source: any ByteSource) throws(ContainerError) {
    let (start, count) = try Self.endRecord(of: source)
    guard source.count - start <= Self.directoryLimit else {
      throw .overBudget(
        offset: start, reason: "the ZIP directory is larger than \(Self.directoryLimit) bytes")
    }
    range = start..<source.count
    let bytes = try source.exactly(range)
    var entries: [Entry] = []
    var names: Set<String> = []
    var position = 0
    for _ in 0..<count {
      let (entry, end) = try Self.entry(at: position, in: bytes, offset: start)
      guard names.insert(entry.name).inserted else {
        throw .malformed(offset: start + position, reason: "two ZIP members have one name")
      }
      entries.append(entry)
      position = end
    }
    guard bytes.span.matches(Self.endMark, at: position) else {
      throw .malformed(offset: start + position, reason: "the ZIP directory has a gap")
    }
    self.entries = entries
  }

  /// Every member, in the order of the file, which they must fill up to the directory: where readers
  /// of ZIP disagree about a file, one could show what another did not check.
  ///
  /// - Throws: `.malformed` for gaps, overlaps, and members that are not what the directory says.
  public func members(in source: any ByteSource) throws(ContainerError) -> [Member] {
    var members: [Member] = []
    for entry in entries { members.append(try member(entry, in: source)) }
    members.sort { $0.range.lowerBound < $1.range.lowerBound }
    var end = 0
    for member in members {
      guard member.range.lowerBound == end else {
        throw .malformed(offset: end, reason: "bytes before, between or shared by ZIP members")
      }
      end = member.range.upperBound
    }
    guard end == range.lowerBound else {
      throw .malformed(offset: end, reason: "bytes between the ZIP members and their directory")
    }
    return members
  }

  private static let endMark = Array("PK\u{5}\u{6}".utf8)
  private static let endLength = 22

  /// APPNOTE 4.3.16: where the directory begins, and how many members it has.
  private static func endRecord(
    of source: any ByteSource
  ) throws(ContainerError) -> (start: Int, count: Int) {
    let tail = try source.upTo(endLength + 0xFFFF, at: max(0, source.count - endLength - 0xFFFF))
    let base = source.count - tail.count
    var candidate = tail.count - endLength
    while candidate >= 0 {
      // The comment that follows must end where the file does.
      if tail.span.matches(endMark, at: candidate),
        candidate + endLength + short(tail, candidate + 20) == tail.count
      {
        break
      }
      candidate -= 1
    }
    guard candidate >= 0 else {
      throw .malformed(offset: source.count, reason: "the ZIP file has no end record")
    }
    let offset = base + candidate
    let (count, size, start) = (
      short(tail, candidate + 10), long(tail, candidate + 12), long(tail, candidate + 16)
    )
    guard count != 0xFFFF, size != 0xFFFF_FFFF, start != 0xFFFF_FFFF else {
      throw .unsupported(format: "ZIP64")
    }
    guard short(tail, candidate + 4) == 0, short(tail, candidate + 6) == 0,
      short(tail, candidate + 8) == count
    else { throw .unsupported(format: "ZIP in several parts") }
    guard start + size == offset else {
      throw .malformed(offset: offset, reason: "the ZIP directory is not where its end record says")
    }
    return (start, count)
  }

  /// APPNOTE 4.3.12.
  private static func entry(
    at position: Int, in bytes: [UInt8], offset: Int
  ) throws(ContainerError) -> (Entry, end: Int) {
    guard position + 46 <= bytes.count,
      bytes.span.matches(Array("PK\u{1}\u{2}".utf8), at: position)
    else { throw .malformed(offset: offset + position, reason: "a ZIP directory entry is missing") }
    let nameLength = short(bytes, position + 28)
    let end = position + 46 + nameLength + short(bytes, position + 30) + short(bytes, position + 32)
    guard end <= bytes.count else {
      throw .malformed(
        offset: offset + position, reason: "a ZIP directory entry runs past the end")
    }
    let (size, local) = (long(bytes, position + 20), long(bytes, position + 42))
    guard size != 0xFFFF_FFFF, local != 0xFFFF_FFFF else { throw .unsupported(format: "ZIP64") }
    let (flags, method) = (short(bytes, position + 8), short(bytes, position + 10))
    let checksum = offset + position + 16
    return (
      Entry(
        name: String(decoding: bytes[position + 46..<position + 46 + nameLength], as: UTF8.self),
        checksum: checksum..<checksum + 4,
        // Bit 11 says that the name is UTF-8.
        isPlain: method == 0 && flags & ~0x0800 == 0, flags: flags, method: method, size: size,
        local: local),
      end
    )
  }

  /// APPNOTE 4.3.7 to 4.3.9.
  func member(_ entry: Entry, in source: any ByteSource) throws(ContainerError) -> Member {
    let head = try source.upTo(30, at: entry.local)
    guard head.count == 30, head.span.matches(Array("PK\u{3}\u{4}".utf8), at: 0) else {
      throw .malformed(offset: entry.local, reason: "a ZIP member does not begin where it should")
    }
    let (nameLength, extraLength) = (Self.short(head, 26), Self.short(head, 28))
    let limit = range.lowerBound
    let start = entry.local + 30 + nameLength + extraLength
    guard start <= limit, entry.size <= limit - start else {
      throw .malformed(offset: entry.local, reason: "a ZIP member runs into the directory")
    }
    let name = try source.exactly(entry.local + 30..<entry.local + 30 + nameLength)
    guard name == Array(entry.name.utf8), Self.short(head, 6) == entry.flags,
      Self.short(head, 8) == entry.method
    else {
      throw .malformed(
        offset: entry.local, reason: "a ZIP member is not what the directory says of it")
    }
    let content = start..<start + entry.size
    var end = content.upperBound
    if entry.flags & 8 != 0 {
      // The mark before a data descriptor is not always written.
      let next = try source.upTo(4, at: end)
      end += next == Array("PK\u{7}\u{8}".utf8) ? 16 : 12
    }
    guard end <= limit else {
      throw .malformed(offset: entry.local, reason: "a ZIP member runs into the directory")
    }
    return Member(
      name: entry.name, range: entry.local..<end, content: content, hasExtra: extraLength > 0)
  }

  private static func short(_ bytes: [UInt8], _ offset: Int) -> Int {
    Int(bytes[offset]) | Int(bytes[offset + 1]) << 8
  }

  private static func long(_ bytes: [UInt8], _ offset: Int) -> Int {
    short(bytes, offset) | short(bytes, offset + 2) << 16
  }
}
