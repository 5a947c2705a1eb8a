import Bytes

/// Writes the settled part of a bank (`BankSegment` has the format).
enum BankSegmentWriter {
  /// - Parameter updates: no removals, each id once, sorted by the bytes of their ids.
  static func write(_ updates: [KnownMediaUpdate], to path: String) throws(BankError) {
    var hashes: [PDQHash] = []
    var owners: [UInt32] = []
    var digests: [[UInt8]] = []
    var offsets: [UInt64] = []
    var records: [UInt8] = []
    for (number, update) in updates.enumerated() {
      offsets.append(UInt64(records.count))
      records += BankRecord.encoded(update)
      for hash in update.hashes {
        if case .pdq(let hash) = hash {
          hashes.append(hash)
          owners.append(UInt32(number))
        } else if let key = BankSegment.key(of: hash) {
          digests.append(key + little(UInt32(number)))
        }
      }
    }
    offsets.append(UInt64(records.count))
    digests.sort { $0.lexicographicallyPrecedes($1) }
    let shape = BankSegmentShape(
      entries: updates.count, hashes: hashes.count, digests: digests.count,
      recordBytes: records.count)
    var bytes = [UInt8](repeating: 0, count: shape.byteCount)
    bytes.withUnsafeMutableBytes { bytes in
      func place<Element>(_ elements: [Element], _ range: Range<Int>) {
        elements.withUnsafeBytes { source in
          UnsafeMutableRawBufferPointer(rebasing: bytes[range]).copyMemory(from: source)
        }
      }
      place(BankSegment.magic, 0..<8)
      place(
        [BankSegment.version] + [updates.count, hashes.count, digests.count].map { UInt32($0) },
        8..<24)
      place([UInt64(records.count)], 24..<32)
      place(hashes, shape.hashRange)
      if shape.hasBuckets {
        let (starts, members) = PDQBuckets.built(from: hashes)
        place(starts, shape.startRange)
        place(members, shape.memberRange)
      }
      place(owners, shape.ownerRange)
      for (number, digest) in digests.enumerated() {
        let start = shape.digestRange.lowerBound + number * BankSegment.digestCount
        place(digest, start..<start + BankSegment.digestCount)
      }
      place(offsets, shape.offsetRange)
      place(records, shape.recordRange)
      let rest = UnsafeRawBufferPointer(rebasing: bytes[BankSegment.headerCount...])
      place([BankSegment.checksum(rest)], 32..<40)
    }
    do throws(FileError) {
      let sink = try FileByteSink(path: path, mode: 0o600)
      try sink.write(bytes)
      try sink.commit()
    } catch { throw BankError(.unreadable, error.description) }
  }

  private static func little(_ number: UInt32) -> [UInt8] {
    stride(from: 0, to: 32, by: 8).map { UInt8(truncatingIfNeeded: number >> UInt32($0)) }
  }
}
