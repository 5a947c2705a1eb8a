import Bytes
import CBOR
import Containers
import PKI

/// `c2pa.hash.bmff.v2` and `.v3`: a hash over the boxes of an ISO base media file (C2PA 2.5
/// section 16.3.2).
struct BMFFHashBinding {
  /// A box list needs a handful; each is compared with every box of its path.
  private static let exclusionLimit = 100
  /// Bytes of an excluded `free` or `skip` box that are looked at for hidden content.
  private static let freeLimit = 64 << 20

  let context: BindingContext
  let exclusions: [BMFFExclusion]
  let algorithmName: CBORValue?
  private let hash: [UInt8]?
  private let merkle: [CBORValue]?

  init(_ assertion: CBORValue, _ context: BindingContext) throws(BindingFailure) {
    self.context = context
    guard case .bmff = context.format else {
      throw Self.malformed("the file is no ISO base media file")
    }
    guard let entries = assertion["exclusions"]?.array, !entries.isEmpty,
      entries.count <= Self.exclusionLimit
    else { throw Self.malformed("it has no exclusions") }
    var exclusions: [BMFFExclusion] = []
    for entry in entries {
      guard let exclusion = BMFFExclusion(entry) else {
        throw Self.malformed("an exclusion is not of the standard's form")
      }
      exclusions.append(exclusion)
    }
    self.exclusions = exclusions
    algorithmName = assertion["alg"]
    hash = assertion["hash"]?.bytes
    if let value = assertion.given("merkle") {
      guard let maps = value.array, !maps.isEmpty else {
        throw Self.malformed("its Merkle maps are no list")
      }
      merkle = maps
    } else {
      merkle = nil
    }
  }

  static func malformed(_ why: String) -> BindingFailure {
    BindingFailure(.assertionBmffHashMalformed, "The BMFF hash assertion cannot be used: \(why).")
  }

  static func mismatch(_ why: String) -> BindingFailure {
    BindingFailure(.assertionBmffHashMismatch, why)
  }

  func validate() throws(BindingFailure) -> [Finding] {
    let tree = try Self.tree(of: context.asset)
    var findings: [Finding] = []
    if exclusions.contains(where: { !$0.isExpected }) {
      findings.append(
        context.finding(
          .assertionBmffHashAdditionalExclusionsPresent,
          "The signer left more boxes out of the hash than the standard asks for."))
    }
    if context.store?.parts.contains(where: \.hasForeignBytes) == true {
      throw Self.mismatch("The box of the manifest store holds other bytes behind the store.")
    }
    let excluded = try excludedRanges(tree, context.asset)
    let isFragmented = tree.roots.contains { $0.type == "moof" } || !context.fragments.isEmpty
    let algorithm = try context.algorithm(algorithmName)
    if let hash {
      let plan = Self.plan(tree.roots, excluding: excluded)
      guard try plan.digest(of: context.asset, algorithm) == hash else {
        throw Self.mismatch("The file was changed after it was signed: its content hash differs.")
      }
    }
    switch (hash, merkle) {
    case (nil, nil): throw Self.mismatch("The BMFF hash assertion has no hash.")
    case (_, nil): try requireNoMerkleBoxes()
    case (nil, let merkle?):
      try MerkleBinding(self, maps: merkle).validateFragmented(tree, excluding: excluded)
    case (_, let merkle?):
      guard !isFragmented else {
        throw Self.malformed("a fragmented file has one hash and Merkle maps too")
      }
      try MerkleBinding(self, maps: merkle).validateFlat(tree)
    }
    return findings + [
      context.finding(.assertionBmffHashMatch, "The file's content is the one that was signed.")
    ]
  }

  /// Merkle boxes are left out of the hash; without a map nothing else would look at them.
  private func requireNoMerkleBoxes() throws(BindingFailure) {
    let boxes: [BMFFStore.MerkleBox]
    do { boxes = try BMFFStore.merkleBoxes(in: context.asset) } catch {
      throw BindingFailure(error)
    }
    guard boxes.isEmpty else {
      throw Self.mismatch("A Merkle box in the file belongs to nothing that was signed.")
    }
  }

  static func tree(of source: any ByteSource) throws(BindingFailure) -> BMFFBoxTree {
    do { return try BMFFBoxTree(source) } catch { throw BindingFailure(error) }
  }

  /// Everything the exclusions leave out of `source`, sorted.
  func excludedRanges(
    _ tree: BMFFBoxTree, _ source: any ByteSource
  ) throws(BindingFailure) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    for exclusion in exclusions {
      for box in try exclusion.boxes(in: tree, of: source) {
        if box.type == "free" || box.type == "skip" { try requireEmpty(box, source) }
        if box.type == "mfra", !box.children.allSatisfy({ ["tfra", "mfro"].contains($0.type) }) {
          throw Self.mismatch("The fragment index that the hash leaves out holds something else.")
        }
        ranges += exclusion.ranges(of: box)
      }
    }
    return ranges.sorted { $0.lowerBound < $1.lowerBound }
  }

  /// What is left out of the hash may be padding, and nothing else may hide in it.
  private func requireEmpty(
    _ box: BMFFBox, _ source: any ByteSource
  ) throws(BindingFailure) {
    guard box.payload.count <= Self.freeLimit else {
      throw BindingFailure(
        .budgetExceeded, "A \(box.type) box that the hash leaves out is too large to look through.")
    }
    var position = box.payload.lowerBound
    while position < box.payload.upperBound {
      let end = min(box.payload.upperBound, position + HashPlan.window)
      let bytes: [UInt8]
      do { bytes = try source.read(position..<end) } catch { throw BindingFailure(.io(error)) }
      guard bytes.allSatisfy({ $0 == 0 }) else {
        throw Self.mismatch(
          "A \(box.type) box that the hash leaves out holds something other than padding.")
      }
      position = end
    }
  }

  /// Each root box that is not left out whole: its offset, then what is left of its bytes. Offsets
  /// count from the start of the file that holds the boxes (C2PA 2.5 section 16.3.2).
  static func plan(_ roots: [BMFFBox], excluding excluded: [Range<Int>]) -> HashPlan {
    var plan = HashPlan()
    let whole = Set(excluded)
    // Both lists ascend: each box looks only at the holes that reach into it.
    var first = 0
    for box in roots where !whole.contains(box.range) {
      while first < excluded.count, excluded[first].upperBound <= box.range.lowerBound {
        first += 1
      }
      plan.append(.offset(box.range.lowerBound))
      plan.append(
        box.range,
        excluding: Array(excluded[first...].prefix { $0.lowerBound < box.range.upperBound }))
    }
    return plan
  }
}
