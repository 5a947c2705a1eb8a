import Bytes
import MerkleLog
import PKI
import Testing

/// The 300 entries of the published vectors as files, and proofs made from nothing else.
struct TiledLogTests {
  private static let size: UInt64 = 300
  private static let entries = (0..<300).map { Array("entry-\($0)".utf8) }

  /// All tiles of the log in one go.
  static func files(of entries: [[UInt8]]) -> [String: [UInt8]] {
    var levels = [entries.map { TreeHash.leaf($0) }]
    while levels.last!.count >= TilePath.span {
      let below = levels.last!
      levels.append(
        (0..<(below.count / TilePath.span)).map {
          MerkleTree.perfectRoot(of: below[($0 * TilePath.span)...], level: TilePath.height)
        })
    }
    var files: [String: [UInt8]] = [:]
    for path in TilePath.added(from: 0, to: UInt64(entries.count)) {
      let first = Int(path.number) * TilePath.span
      switch path.kind {
      case .entries:
        files[path.description] = Tile.encode(entries: Array(entries[first..<(first + path.width)]))
      case .hashes(let level):
        files[path.description] = Tile.encode(Array(levels[level][first..<(first + path.width)]))
      }
    }
    return files
  }

  @Test func `tiles and bundles are the published bytes`() {
    let files = Self.files(of: Self.entries)
    #expect(files.count == 5)
    for (name, count, digest) in [
      ("tile/0/000", 8192, "8921c57d2f65271c82bf0f686c002793863c80c8d1cbbbf5db6046ff59e8b590"),
      ("tile/0/001.p/44", 1408, "7bac48c6f72db216f103763f08f639e038a4097f2763009eb3cf2bb457280832"),
      ("tile/1/000.p/1", 32, "0dbddfec97fdc03a63eca701dce6bc0a6493d5d938070377900a6529cc71a448"),
      (
        "tile/entries/000", 2706, "2e41f76a98595afb6b3a27a02a74792386a99b155db3579513faf3bf67057752"
      ),
      (
        "tile/entries/001.p/44", 484,
        "2c03c7039c4ae3773cff75f105c5757a3a4f12cd64b33e85704be36f9297853b"
      ),
    ] {
      #expect(files[name]?.count == count, "\(name)")
      #expect(Hex.encode(HashAlgorithm.sha256.digest(files[name] ?? [])) == digest, "\(name)")
    }
  }

  @Test func `proofs from tiles are the tree's, partial tiles gone or not`() async throws {
    var tree = MerkleTree()
    for entry in Self.entries { tree.append(.leaf(entry)) }
    let files = Self.files(of: Self.entries)
    let log = TiledLog { files[$0] }
    #expect(try await log.root(size: Self.size) == tree.root)
    for index in [UInt64(0), 5, 255, 256, 299] {
      #expect(
        try await log.inclusionProof(index: index, size: Self.size)
          == tree.inclusionProof(index: index, size: Self.size))
    }
    for old in [UInt64(1), 200, 256, 299, 300] {
      #expect(
        try await log.consistencyProof(from: old, to: Self.size)
          == tree.consistencyProof(from: old, to: Self.size))
    }
    // A log that has grown and swept its partial tiles.
    let grown = Self.files(of: Self.entries + (300..<512).map { Array("entry-\($0)".utf8) })
    let larger = TiledLog { grown[$0] }
    #expect(grown["tile/0/001.p/44"] == nil)
    #expect(try await larger.entries(1, width: 44) == Array(Self.entries[256...]))
    #expect(try await larger.hashes(level: 0, 1, width: 44).count == 44)
    let empty = TiledLog { _ in nil }
    #expect(try await empty.checkpoint() == nil)
    await #expect(throws: NoteError.self) { try await empty.root(size: 3) }
  }

  @Test func `bundles and tiles of other lengths are refused`() throws {
    let bundle = Tile.encode(entries: [[1], [], [2, 3]])
    #expect(try Tile.entries(in: bundle, width: 3) == [[1], [], [2, 3]])
    for broken in [Array(bundle.dropLast()), bundle + [0], bundle + [0, 0], [0, 9, 1]] {
      #expect(throws: NoteError.self) { try Tile.entries(in: broken, width: 3) }
    }
    #expect(throws: NoteError.self) { try Tile.entries(in: bundle, width: 2) }
    #expect(throws: NoteError.self) {
      try Tile.hashes(in: [UInt8](repeating: 0, count: 63), width: 2)
    }
    let largest = [UInt8](repeating: 7, count: Tile.entryByteLimit)
    #expect(try Tile.entries(in: Tile.encode(entries: [largest]), width: 1) == [largest])
  }

  /// 70,000 entries, entry i = i as four bytes, big-endian.
  @Test func `the root of 70,000 entries is the published one`() {
    var edge = RightEdge()
    for number in UInt32(0)..<70_000 {
      var entry: [UInt8] = []
      entry.appendBigEndian(number)
      edge.append(.leaf(entry))
    }
    #expect(
      edge.root.description == "339ecf3ae716405fdc28cef164e45a785cade0d5bc3e1400a7a4d70d0b2dec9b")
  }
}
