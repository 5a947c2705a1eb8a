import Bytes
import CBOR
import Containers
import PKI

/// Where the store goes, and what is hashed around it.
struct WritingPlan {
  private enum Kind {
    /// An update leaves the earlier manifest's binding to hold.
    case none
    case whole
    case pieces(blockSize: Int)
    case fragments(count: Int, trackID: Int)
  }

  private static let algorithm = HardBindingAssertion.algorithm
  private static let zeros = HardBindingAssertion.placeholder
  /// From so much media on pieces are worth their row of hashes.
  private static let automaticFloor = 64 << 20
  private static let blockSize = 1 << 20

  let insertion: StoreInsertion
  private(set) var layout = HashLayout()
  private let kind: Kind
  private let isDetached: Bool

  init(
    _ source: any ByteSource, format: AssetFormat, assembler: ManifestAssembler,
    options: SigningOptions
  ) throws(SigningError) {
    isDetached = options.placement.isDetached
    let link: String? =
      if case .detached(let url) = options.placement { url } else { nil }
    do throws(ContainerError) {
      guard case .bmff = format else {
        kind = .whole
        if isDetached {
          insertion = try .planWithout(source, format: format, link: link)
        } else {
          let placeholder = HardBindingAssertion.data(excluding: 0..<0, hash: Self.zeros)
          insertion = try .plan(
            source, format: format, storeLength: assembler.unsignedStore(placeholder).count)
        }
        layout.whole.append(
          0..<insertion.asset.count, excluding: insertion.range.isEmpty ? [] : [insertion.range])
        return
      }
      kind = try Self.kind(of: source, options)
      if isDetached {
        guard case .whole = kind else {
          throw .unsupported(format: "a manifest beside a fragmented or piecewise hashed MP4")
        }
        insertion = try .planWithout(source, format: format, link: link)
      } else {
        let placeholder = try Self.placeholder(kind, source)
        let length = assembler.unsignedStore(placeholder).count
        var proofLength = 0
        if case .fragments(let count, let trackID) = kind {
          proofLength = MerkleTree.proofLength(
            count: count, localID: trackID, Self.algorithm)
        }
        insertion = try .plan(
          source, format: format, storeLength: length, proofLength: proofLength)
      }
      layout = try Self.layout(kind, BMFFBoxTree(insertion.asset, descend: false).roots)
    } catch { throw .container(error) }
  }

  /// For an update of `source`.
  init(update insertion: StoreInsertion) {
    self.insertion = insertion
    kind = .none
    isDetached = false
  }

  private static func kind(
    of source: any ByteSource, _ options: SigningOptions
  ) throws(ContainerError) -> Kind {
    let roots = try BMFFBoxTree(source, descend: false).roots
    let fragments = roots.count { $0.type == "moof" }
    if fragments > 0 {
      guard roots.contains(where: { $0.type == "moov" }) else {
        throw .unsupported(
          format: "a media segment without its initialization segment, which is signed with it,")
      }
      return .fragments(count: fragments, trackID: try BMFFTrack.firstID(in: source))
    }
    let media = roots.filter { $0.type == "mdat" }
    // The reference library rejects two trees in one file.
    guard media.count == 1, media[0].range.count > HardBindingAssertion.mediaOffset,
      options.placement == .embedded
    else { return .whole }
    let length = media[0].range.count - HardBindingAssertion.mediaOffset
    switch options.pieces {
    case .never: return .whole
    case .automatic where length < automaticFloor: return .whole
    case .automatic:
      var size = blockSize
      while (length + size - 1) / size > MerkleTree.rowLimit { size *= 2 }
      return .pieces(blockSize: size)
    case .of(let size):
      guard size > 0, (length + size - 1) / size <= MerkleTree.rowLimit else { return .whole }
      return .pieces(blockSize: size)
    }
  }

  private static func placeholder(
    _ kind: Kind, _ source: any ByteSource
  ) throws(ContainerError) -> HardBindingAssertion? {
    switch kind {
    case .none: return nil
    case .whole: return .bmff(hash: zeros)
    case .fragments(let count, let trackID):
      return .bmff(
        initHash: zeros, fragments: MerkleTree(placeholderCount: count, algorithm), count: count,
        trackID: trackID)
    case .pieces(let size):
      let roots = try BMFFBoxTree(source, descend: false).roots
      let length = roots.first { $0.type == "mdat" }?.range.count ?? 0
      let count = (length - HardBindingAssertion.mediaOffset + size - 1) / size
      return .bmff(
        hash: zeros, pieces: MerkleTree(placeholderCount: count, algorithm), blockSize: size)
    }
  }

  private static func layout(_ kind: Kind, _ roots: [BMFFBox]) -> HashLayout {
    var layout = HashLayout()
    let excluded = roots.filter { $0.userType == BMFFStore.userType || $0.type == "mfra" }
      .map(\.range)
    switch kind {
    case .none: break
    case .whole: layout.whole = BMFFHashBinding.plan(roots, excluding: excluded)
    case .pieces(let size):
      guard let media = roots.first(where: { $0.type == "mdat" })?.range else { break }
      let start = media.lowerBound + HardBindingAssertion.mediaOffset
      let holes = (excluded + [start..<media.upperBound]).sorted { $0.lowerBound < $1.lowerBound }
      layout.whole = BMFFHashBinding.plan(roots, excluding: holes)
      for block in stride(from: start, to: media.upperBound, by: size) {
        var leaf = HashPlan()
        leaf.append(.bytes(block..<min(block + size, media.upperBound)))
        layout.leaves.append(leaf)
      }
    case .fragments:
      let starts = roots.indices.filter { roots[$0].type == "moof" }
      layout.whole = BMFFHashBinding.plan(
        Array(roots[..<(starts.first ?? roots.endIndex)]), excluding: excluded)
      var hole = 0
      for (number, start) in starts.enumerated() {
        let end = number + 1 < starts.count ? starts[number + 1] : roots.endIndex
        let range = roots[start].range.lowerBound..<roots[end - 1].range.upperBound
        while hole < excluded.count, excluded[hole].upperBound <= range.lowerBound { hole += 1 }
        let holes = Array(excluded[hole...].prefix { $0.lowerBound < range.upperBound })
        layout.leaves.append(BMFFHashBinding.plan(Array(roots[start..<end]), excluding: holes))
      }
    }
    return layout
  }

  /// The binding for what was hashed, and the Merkle proofs for `insertion.proofRanges`.
  func binding(
    whole: [UInt8], leaves: [[UInt8]]
  ) -> (assertion: HardBindingAssertion?, proofs: [[UInt8]]) {
    switch kind {
    case .none: return (nil, [])
    case .whole:
      if case .bmff = insertion.format { return (.bmff(hash: whole), []) }
      return (
        isDetached ? .data(hash: whole) : .data(excluding: insertion.range, hash: whole), []
      )
    case .pieces(let size):
      let tree = MerkleTree(leaves: leaves, Self.algorithm)
      return (.bmff(hash: whole, pieces: tree, blockSize: size), [])
    case .fragments(let count, let trackID):
      let tree = MerkleTree(leaves: leaves, Self.algorithm)
      return (
        .bmff(initHash: whole, fragments: tree, count: count, trackID: trackID),
        leaves.indices.map { tree.proof(of: $0, uniqueID: 1, localID: trackID) }
      )
    }
  }
}
