import Bytes
import GRDB
import Glibc
import MerkleLog

/// The log as plain files: `checkpoint` and `tile/…` under the log's folder, for any web server and
/// any C2SP client. Everything in it can be made again from the database.
struct TileFolder: Sendable {
  let folder: String

  func path(_ tile: TilePath) -> String { "\(folder)/\(tile)" }

  /// What belongs into a tile or bundle, from the database.
  static func bytes(of tile: TilePath, in database: Database) throws -> [UInt8] {
    let first = tile.number * UInt64(TilePath.span)
    switch tile.kind {
    case .hashes(let level):
      return Tile.encode(
        try LogDatabase.hashes(
          level: level * TilePath.height, from: first, count: UInt64(tile.width), in: database))
    case .entries:
      return Tile.encode(
        entries: try LogDatabase.entryBytes(from: first, count: tile.width, in: database))
    }
  }

  /// Makes the tiles that a tree of `size` leaves has and one of `old` leaves had not.
  func write(from old: UInt64, to size: UInt64, from log: LogDatabase) throws {
    for tile in TilePath.added(from: old, to: size) {
      try write(tile, try log.queue.read { try TileFolder.bytes(of: tile, in: $0) })
    }
  }

  /// Makes what is missing of a tree of `size` leaves: a log that an older version wrote, or names
  /// that a crash took back.
  func complete(to size: UInt64, from log: LogDatabase) throws {
    for tile in TilePath.added(from: 0, to: size) where access(path(tile), F_OK) != 0 {
      try write(tile, try log.queue.read { try TileFolder.bytes(of: tile, in: $0) })
    }
  }

  /// Removes partial tiles whose full one is there.
  func sweepPartials(from old: UInt64, to size: UInt64) {
    for tile in TilePath.added(from: old, to: size) where !tile.isPartial {
      let partials = "\(path(tile)).p"
      for name in (try? DirectoryListing.names(in: partials)) ?? [] {
        unlink("\(partials)/\(name)")
      }
      rmdir(partials)
    }
  }

  private func write(_ tile: TilePath, _ bytes: [UInt8]) throws {
    let path = path(tile)
    // The log's folder is there; what is missing lies below it.
    var made = folder
    for part in tile.description.split(separator: "/").dropLast() {
      made += "/\(part)"
      guard mkdir(made, 0o755) == 0 || errno == EEXIST else {
        throw FileError(writing: made, errorNumber: errno)
      }
    }
    let sink = try FileByteSink(path: path)
    try sink.write(bytes)
    try sink.commit()
  }
}
