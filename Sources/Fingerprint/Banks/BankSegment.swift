import Bytes
import Glibc

/// The settled part of a bank: a file that is mapped, not read, so that a million known pictures cost
/// nothing at start and share their memory between processes. It never changes; what comes later lies
/// in a log beside it until both are written anew (`BankSegmentWriter`).
///
///     0   "ASSAYBNK", u32 version, u32 entries, u32 PDQ hashes, u32 digests, u64 bytes of records,
///         u64 checksum of all that follows the header, zeros to 64
///     64  PDQ hashes, 32 bytes each, words as `PDQHash` holds them
///         where there are `PDQBuckets.scanLimit` of them: starts and members of the buckets, u32 each
///         for each PDQ hash the number of its entry, u32; zeros to a multiple of 8
///         digests, 40 bytes each, sorted: kind, 32 bytes, zeros to 36, u32 number of its entry
///         for each entry where its record begins, u64; one more closes the last
///         records (`BankRecord`), sorted by the bytes of their ids
final class BankSegment: @unchecked Sendable {
  // The mapping is read alone and lives as long as this object.
  static let magic = Array("ASSAYBNK".utf8)
  static let version: UInt32 = 1
  static let headerCount = 64
  static let digestCount = 40

  let path: String
  /// Entries, including those that the log has taken back since.
  let count: Int
  private let map: UnsafeRawBufferPointer
  private let hashes: UnsafeBufferPointer<PDQHash>
  private let buckets: PDQBuckets?
  private let owners: UnsafeBufferPointer<UInt32>
  private let digests: UnsafeRawBufferPointer
  private let offsets: UnsafeBufferPointer<UInt64>
  private let records: UnsafeRawBufferPointer

  /// - Throws: for a file that is not whole: a bank with holes would be taken for a whole one.
  init(path: String) throws(BankError) {
    let map = try Self.mapped(path)
    do throws(BankError) {
      func number(_ offset: Int) -> Int {
        Int(UInt32(littleEndian: map.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
      }
      func long(_ offset: Int) -> UInt64 {
        UInt64(littleEndian: map.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
      }
      guard map.count >= Self.headerCount, map.prefix(8).elementsEqual(Self.magic),
        number(8) == Int(Self.version)
      else { throw BankError(.damaged, "\(path) is no bank's segment") }
      let shape = BankSegmentShape(
        entries: number(12), hashes: number(16), digests: number(20),
        recordBytes: Int(truncatingIfNeeded: min(long(24), UInt64(Int32.max) << 8)))
      guard map.count == shape.byteCount else {
        throw BankError(.damaged, "\(path) is not as long as it says; import the bank again")
      }
      guard Self.checksum(UnsafeRawBufferPointer(rebasing: map[Self.headerCount...])) == long(32)
      else { throw BankError(.damaged, "\(path) was altered; import the bank again") }
      func view<Element>(_ range: Range<Int>, _: Element.Type) -> UnsafeBufferPointer<Element> {
        UnsafeRawBufferPointer(rebasing: map[range]).bindMemory(to: Element.self)
      }
      let hashes = view(shape.hashRange, PDQHash.self)
      self.path = path
      self.map = map
      self.hashes = hashes
      count = shape.entries
      buckets =
        shape.hasBuckets
        ? PDQBuckets(
          hashes: hashes, starts: view(shape.startRange, UInt32.self),
          members: view(shape.memberRange, UInt32.self)) : nil
      owners = view(shape.ownerRange, UInt32.self)
      digests = UnsafeRawBufferPointer(rebasing: map[shape.digestRange])
      offsets = view(shape.offsetRange, UInt64.self)
      records = UnsafeRawBufferPointer(rebasing: map[shape.recordRange])
    } catch {
      munmap(UnsafeMutableRawPointer(mutating: map.baseAddress), map.count)
      throw error
    }
  }

  deinit { munmap(UnsafeMutableRawPointer(mutating: map.baseAddress), map.count) }

  /// Calls `found` with the entry of every known hash at most `distance` bits from `query`.
  func collect(
    _ query: PDQHash, within distance: Int, _ found: (_ entry: Int, _ apart: Int) -> Void
  ) {
    if let buckets, distance <= PDQBuckets.distance {
      return buckets.collect(query, distance) { found(Int(owners[$0]), $1) }
    }
    for (index, hash) in hashes.enumerated() {
      let apart = hash.distance(to: query)
      if apart <= distance { found(Int(owners[index]), apart) }
    }
  }

  /// The entries with this digest.
  func entries(with hash: KnownHash) -> [Int] {
    guard let key = Self.key(of: hash) else { return [] }
    var found: [Int] = []
    var place = Self.firstIndex(in: digests.count / Self.digestCount) {
      !self.digest($0, precedes: key)
    }
    while place < digests.count / Self.digestCount {
      let start = place * Self.digestCount
      guard digests[start..<start + 36].elementsEqual(key) else { break }
      found.append(
        Int(
          UInt32(littleEndian: digests.loadUnaligned(fromByteOffset: start + 36, as: UInt32.self))))
      place += 1
    }
    return found
  }

  private func digest(_ index: Int, precedes key: [UInt8]) -> Bool {
    let start = index * Self.digestCount
    return digests[start..<start + 36].lexicographicallyPrecedes(key)
  }

  /// The number of the entry with this id.
  func entry(id: String) -> Int? {
    let key = Array(id.utf8)
    let place = Self.firstIndex(in: count) { number in
      guard let other = BankRecord.id(self.records, at: Int(self.offsets[number])) else {
        return true
      }
      return !other.lexicographicallyPrecedes(key)
    }
    guard place < count,
      BankRecord.id(records, at: Int(offsets[place]))?.elementsEqual(key) == true
    else { return nil }
    return place
  }

  /// What the list said of an entry.
  func update(_ entry: Int) -> KnownMediaUpdate? {
    guard entry < count else { return nil }
    return BankRecord.decoded(records, at: Int(offsets[entry]))?.update
  }

  /// A digest with its kind, at one length; nil for what is compared by nearness or not at all.
  static func key(of hash: KnownHash) -> [UInt8]? {
    switch hash {
    case .md5, .sha1, .sha256:
      let value = hash.value
      return [hash.kind.rawValue] + value + [UInt8](repeating: 0, count: 35 - value.count)
    case .pdq, .tmk: return nil
    }
  }

  /// The first of `count` numbers for which `holds`, which must hold for all after it.
  private static func firstIndex(in count: Int, where holds: (Int) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if holds(middle) { high = middle } else { low = middle + 1 }
    }
    return low
  }

  /// Four lanes of words, so that a hundred megabytes take some hundredths of a second. It finds
  /// damage, not malice: whoever can write the file can write the sum.
  static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    var lanes = SIMD4<UInt64>(1, 2, 3, 4)
    let prime = SIMD4<UInt64>(repeating: 0x9E37_79B9_7F4A_7C15)
    var offset = 0
    while offset + 32 <= bytes.count {
      lanes =
        (lanes ^ bytes.loadUnaligned(fromByteOffset: offset, as: SIMD4<UInt64>.self)) &* prime
      lanes ^= lanes &>> 29
      offset += 32
    }
    var sum = lanes[0] ^ lanes[1] &* 3 ^ lanes[2] &* 5 ^ lanes[3] &* 7
    for byte in bytes[offset...] { sum = (sum ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return sum
  }

  private static func mapped(_ path: String) throws(BankError) -> UnsafeRawBufferPointer {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw BankError(path, errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw BankError(path, errno) }
    guard status.st_size >= headerCount else {
      throw BankError(.damaged, "\(path) is no bank's segment")
    }
    let count = Int(status.st_size)
    guard let start = mmap(nil, count, PROT_READ, MAP_SHARED, descriptor, 0), start != MAP_FAILED
    else { throw BankError(path, errno) }
    return UnsafeRawBufferPointer(start: start, count: count)
  }
}

/// Where the parts of a segment lie, worked out from how many there are.
struct BankSegmentShape {
  let entries: Int
  let hashes: Int
  let digests: Int
  let recordBytes: Int

  var hasBuckets: Bool { hashes >= PDQBuckets.scanLimit }
  var hashRange: Range<Int> { after(BankSegment.headerCount, hashes * PDQHash.byteCount) }
  var startRange: Range<Int> {
    after(hashRange.upperBound, hasBuckets ? PDQBuckets.startCount * 4 : 0)
  }
  var memberRange: Range<Int> {
    after(startRange.upperBound, hasBuckets ? PDQBuckets.slots * hashes * 4 : 0)
  }
  var ownerRange: Range<Int> { after(memberRange.upperBound, hashes * 4) }
  var digestRange: Range<Int> {
    after((ownerRange.upperBound + 7) & ~7, digests * BankSegment.digestCount)
  }
  var offsetRange: Range<Int> { after(digestRange.upperBound, (entries + 1) * 8) }
  var recordRange: Range<Int> { after(offsetRange.upperBound, recordBytes) }
  var byteCount: Int { recordRange.upperBound }

  private func after(_ start: Int, _ count: Int) -> Range<Int> { start..<start + count }
}

/// Why a bank cannot be used.
public struct BankError: Error, Equatable, Sendable, CustomStringConvertible {
  public enum Code: String, Sendable {
    case name, unknown, damaged, unreadable
  }

  public let reason: Code
  public let description: String

  public var code: String { "bank.\(reason.rawValue)" }

  init(_ reason: Code, _ description: String) {
    self.reason = reason
    self.description = description
  }

  init(_ path: String, _ number: Int32) {
    self.init(.unreadable, "\(path): \(String(cString: strerror(number)))")
  }
}
