/// A log as its tiles show it to whoever can read files or send GET requests. What it answers is
/// checked by nobody here: proofs are to be verified against a signed checkpoint.
public struct TiledLog: Sendable {
  /// The bytes under a name below the log's prefix (`checkpoint`, `tile/0/000`); nil when there is
  /// nothing.
  public typealias Read = @Sendable (String) async throws -> [UInt8]?

  private let read: Read

  public init(read: @escaping Read) { self.read = read }

  /// The newest checkpoint, unverified; nil when there is none.
  public func checkpoint() async throws -> SignedNote? {
    try await read("checkpoint").map { try SignedNote(parsing: $0) }
  }

  /// The entries of one bundle. A partial one may be gone once the full one is there.
  public func entries(_ number: UInt64, width: Int) async throws -> [[UInt8]] {
    let (bytes, isFull) = try await bytes(TilePath(.entries, number: number, width: width))
    return Array(
      try Tile.entries(in: bytes, width: isFull ? TilePath.span : width).prefix(width))
  }

  /// The hashes of one tile.
  public func hashes(
    level: Int, _ number: UInt64, width: Int
  ) async throws -> [TreeHash] {
    let (bytes, isFull) = try await bytes(
      TilePath(.hashes(level: level), number: number, width: width))
    return Array(try Tile.hashes(in: bytes, width: isFull ? TilePath.span : width).prefix(width))
  }

  /// The inclusion proof of an entry in the tree of `size` leaves.
  public func inclusionProof(index: UInt64, size: UInt64) async throws -> [TreeHash] {
    try await proof(size) { hash in MerkleProof.inclusion(index: index, size: size, hash: hash) }
  }

  /// The proof that the tree of `new` leaves starts with that of `old` leaves; `old` in 1...new.
  public func consistencyProof(from old: UInt64, to new: UInt64) async throws -> [TreeHash] {
    try await proof(new) { hash in MerkleProof.consistency(from: old, to: new, hash: hash) }
  }

  /// The root over `size` leaves as the tiles give it.
  public func root(size: UInt64) async throws -> TreeHash {
    try await proof(size) { hash in [MerkleProof.root(size: size, hash: hash)] }[0]
  }

  /// Runs `make` twice: first to learn which tiles it asks for, then over what was read.
  private func proof(
    _ size: UInt64, _ make: ((Subtree) -> TreeHash) -> [TreeHash]
  ) async throws -> [TreeHash] {
    var wanted: Set<TilePath> = []
    _ = make { subtree in
      wanted.insert(TilePath.place(of: subtree, size: size).tile)
      return .empty
    }
    var tiles: [TilePath: [TreeHash]] = [:]
    for path in wanted {
      guard case .hashes(let level) = path.kind else { continue }
      tiles[path] = try await hashes(level: level, path.number, width: path.width)
    }
    return make { subtree in
      let (path, range) = TilePath.place(of: subtree, size: size)
      return MerkleTree.perfectRoot(
        of: tiles[path]![range], level: subtree.level % TilePath.height)
    }
  }

  private func bytes(_ path: TilePath) async throws -> (bytes: [UInt8], isFull: Bool) {
    if let bytes = try await read(path.description) { return (bytes, !path.isPartial) }
    if path.isPartial, let bytes = try await read(path.full.description) { return (bytes, true) }
    throw NoteError(.malformedTile, "the log has no \(path)")
  }
}
