/// Checks what was exported from a log with nothing but the log's public key: that every entry
/// stands under the newest checkpoint, and that this checkpoint continues each older one.
///
/// The parts may come in the order in which the export has them; memory stays constant.
public struct BundleChecker {
  private let log: VerifierKey
  private var verdict = BundleVerdict()
  private var newest: Checkpoint?
  private var lastIndex: UInt64?
  /// The tree of the entries, as long as none is missing before them.
  private var edge: RightEdge? = RightEdge()

  public init(log: VerifierKey) { self.log = log }

  /// The checkpoint that all the rest is held against; comes first.
  public mutating func addNewest(_ note: [UInt8]) {
    guard newest == nil else {
      return report("checkpoint_second", "a second newest checkpoint")
    }
    newest = checked(note, name: "the newest checkpoint")
    verdict.checkpoint = newest
  }

  /// A checkpoint that somebody saw before, with the proof that the newest one continues it.
  public mutating func addOlder(_ note: [UInt8], consistency: [TreeHash]) {
    guard let older = checked(note, name: "an older checkpoint") else { return }
    guard let newest else { return }
    let isGood =
      older.size == 0
      ? consistency.isEmpty
      : MerkleProof.verifyConsistency(
        old: older.size, oldRoot: older.root, new: newest.size, newRoot: newest.root,
        proof: consistency)
    guard isGood else {
      return report(
        "fork",
        "the checkpoint over \(newest.size) entries does not continue the one over \(older.size)")
    }
    verdict.olderCheckpoints += 1
  }

  /// An entry exactly as logged, with its inclusion proof under the newest checkpoint. Entries come
  /// in ascending order.
  public mutating func addEntry(_ bytes: [UInt8], index: UInt64, proof: [TreeHash]) {
    let leaf = TreeHash.leaf(bytes)
    verdict.entries += 1
    if let last = lastIndex, index <= last {
      report("entry_order", at: index, "entry \(index) comes behind entry \(last)")
    }
    lastIndex = index
    if edge?.size == index { edge?.append(leaf) } else { edge = nil }
    guard let newest else { return }
    guard
      MerkleProof.verifyInclusion(
        leaf: leaf, index: index, size: newest.size, proof: proof, root: newest.root)
    else {
      return report(
        "entry_changed", at: index, "entry \(index) does not stand in the log as it is here")
    }
    verdict.provedEntries += 1
  }

  /// Something about the bundle that only its reader can see.
  public mutating func report(_ code: String, at index: UInt64? = nil, _ detail: String) {
    verdict.report(code, at: index, detail)
  }

  /// - Parameter announced: how many entries the bundle says it has; nil when it does not say.
  public consuming func finish(announced: UInt64?) -> BundleVerdict {
    if newest == nil { report("checkpoint_missing", "the bundle has no checkpoint that is good") }
    if let announced, announced != verdict.entries {
      report(
        "entries_dropped", "the bundle announces \(announced) entries and has \(verdict.entries)")
    } else if announced == nil {
      report("bundle_cut", "the bundle has no end: it was cut off")
    }
    if let edge, let newest, edge.size == newest.size {
      // With every leaf in hand the root itself is recomputed: nothing was left out either.
      verdict.isComplete = edge.root == newest.root
    }
    return verdict
  }

  private mutating func checked(_ note: [UInt8], name: String) -> Checkpoint? {
    do throws(NoteError) {
      switch try SignedNote(parsing: note).checkpoint(signedBy: log) {
      case .verified(let checkpoint): return checkpoint
      case .rejected(let reason): report("checkpoint_bad", "\(name): \(reason)")
      }
    } catch {
      report("checkpoint_bad", "\(name): \(error.detail)")
    }
    return nil
  }
}

/// What checking a bundle came to.
public struct BundleVerdict: Equatable, Sendable {
  public struct Problem: Equatable, Sendable {
    /// The entry it is about; nil when it is about the bundle.
    public let index: UInt64?
    /// Stable word for programs.
    public let code: String
    public let detail: String
  }

  /// More are counted, not kept.
  public static let problemLimit = 100

  /// The newest checkpoint, when its signature is good.
  public internal(set) var checkpoint: Checkpoint?
  /// Older checkpoints that the newest one continues.
  public internal(set) var olderCheckpoints = 0
  public internal(set) var entries: UInt64 = 0
  /// Entries that stand in the log exactly so.
  public internal(set) var provedEntries: UInt64 = 0
  /// The bundle has all entries of the log. False says nothing about tampering: a bundle may be an
  /// excerpt, and an excerpt cannot prove that it left nothing out.
  public internal(set) var isComplete = false
  public internal(set) var problems: [Problem] = []
  public internal(set) var problemCount = 0

  /// Everything in the bundle is proved.
  public var isGood: Bool { problemCount == 0 && checkpoint != nil }

  mutating func report(_ code: String, at index: UInt64?, _ detail: String) {
    problemCount += 1
    guard problems.count < BundleVerdict.problemLimit else { return }
    problems.append(Problem(index: index, code: code, detail: detail))
  }
}
