import Bytes

/// The bytes of tiles and entry bundles (C2SP tlog-tiles).
public enum Tile {
  /// Larger entries do not fit a bundle's length field.
  public static let entryByteLimit = 65_535

  public static func encode(_ hashes: [TreeHash]) -> [UInt8] { hashes.flatMap(\.bytes) }

  /// - Parameter width: how many hashes the tile's name promises.
  public static func hashes(in bytes: [UInt8], width: Int) throws(NoteError) -> [TreeHash] {
    guard bytes.count == width * TreeHash.byteCount else {
      throw NoteError(
        .malformedTile,
        "a tile of \(width) hashes has \(width * TreeHash.byteCount) bytes, not \(bytes.count)")
    }
    return stride(from: 0, to: bytes.count, by: TreeHash.byteCount).compactMap {
      TreeHash(Array(bytes[$0..<($0 + TreeHash.byteCount)]))
    }
  }

  /// Each entry behind its length. None may be longer than `entryByteLimit`.
  public static func encode(entries: [[UInt8]]) -> [UInt8] {
    var out: [UInt8] = []
    for entry in entries {
      precondition(entry.count <= entryByteLimit)
      out.append(UInt8(entry.count >> 8))
      out.append(UInt8(entry.count & 0xFF))
      out += entry
    }
    return out
  }

  /// - Parameter width: how many entries the bundle's name promises.
  public static func entries(in bytes: [UInt8], width: Int) throws(NoteError) -> [[UInt8]] {
    var entries: [[UInt8]] = []
    var offset = 0
    while offset < bytes.count {
      guard bytes.count - offset >= 2, entries.count < width else { break }
      let count = Int(bytes[offset]) << 8 | Int(bytes[offset + 1])
      guard bytes.count - offset - 2 >= count else { break }
      entries.append(Array(bytes[(offset + 2)..<(offset + 2 + count)]))
      offset += 2 + count
    }
    guard offset == bytes.count, entries.count == width else {
      throw NoteError(
        .malformedTile, "the bundle does not hold exactly \(width) entries with their lengths")
    }
    return entries
  }
}
