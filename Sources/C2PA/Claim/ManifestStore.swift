import Brotli
import Bytes
public import Containers
public import JUMBF
public import PKI

/// One manifest of a store, over the bytes it was read from. Hashes are always over those bytes.
public struct Manifest: Sendable {
  public enum Kind: String, Sendable {
    case standard
    case update
    /// Compressed, and its content could not be had: see `compressionFailure`.
    case compressed
  }

  public let label: String
  public let kind: Kind
  public let box: JUMBFSuperbox
  /// What `box`'s ranges count in: the whole store, or what a compressed manifest inflated to.
  public let storeBytes: [UInt8]
  /// Whether it stands compressed in the store (C2PA 2.5 section 11.5.2).
  public let isCompressed: Bool
  /// Why a compressed manifest could not be read.
  let compressionFailure: CompressedManifest.Failure?
  /// The box as it stands in the store: what a hashed URI to the manifest covers.
  private let stored: (bytes: [UInt8], box: JUMBFSuperbox)

  init?(
    _ found: JUMBFSuperbox, storeBytes foundBytes: [UInt8], spending budget: inout InflationBudget
  ) {
    stored = (foundBytes, found)
    isCompressed = found.type == .compressedManifest
    var box = found
    var storeBytes = foundBytes
    var failure: CompressedManifest.Failure?
    if isCompressed {
      do throws(CompressedManifest.Failure) {
        let inner = try CompressedManifest.inflate(found, in: foundBytes, spending: &budget)
        (box, storeBytes) = (inner.box, inner.bytes)
      } catch { failure = error }
    }
    compressionFailure = failure
    switch box.type {
    case .standardManifest, .legacyManifest: kind = .standard
    case .updateManifest: kind = .update
    case .compressedManifest: kind = .compressed
    default: return nil
    }
    label = box.label
    self.box = box
    self.storeBytes = storeBytes
    let stores = box.superboxes.filter { $0.type == .assertionStore }
    let isGood = stores.count == 1 && stores[0].label == ManifestLabel.assertionStore
    assertionStore = isGood ? stores[0] : nil
    var boxes: [String: JUMBFSuperbox] = [:]
    var ambiguous: Set<String> = []
    for assertion in assertionStore?.superboxes ?? []
    where boxes.updateValue(assertion, forKey: assertion.label) != nil {
      ambiguous.insert(assertion.label)
    }
    assertionBoxes = boxes.filter { !ambiguous.contains($0.key) }
  }

  public func bytes(_ range: Range<Int>) -> [UInt8] { Array(storeBytes[range]) }

  /// The hash of a part of the store; for a hashed URI, of the box's `hashedRange`.
  /// A compressed manifest as a whole is hashed as stored, its parts as inflated.
  public func hash(of range: Range<Int>, _ algorithm: HashAlgorithm) -> [UInt8] {
    var digest = MessageDigest(algorithm)
    if range == box.hashedRange {
      digest.update(stored.bytes.span.extracting(stored.box.hashedRange))
    } else {
      digest.update(storeBytes.span.extracting(range))
    }
    return digest.finalize()
  }

  /// What the writers of the reference library take for the hash of a compressed manifest: that of
  /// the one inside. Nil where the manifest is not compressed.
  func inflatedHash(_ algorithm: HashAlgorithm) -> [UInt8]? {
    guard isCompressed, compressionFailure == nil else { return nil }
    return algorithm.digest(Array(storeBytes[box.hashedRange]))
  }

  /// Whether both stand in their stores as the same bytes.
  func isSame(as other: Manifest) -> Bool {
    stored.bytes[stored.box.range] == other.stored.bytes[other.stored.box.range]
  }

  /// The assertion store, if there is exactly one.
  public let assertionStore: JUMBFSuperbox?
  /// The assertion store's boxes by label, those whose label is not theirs alone left out: a claim
  /// may refer to many thousands.
  private let assertionBoxes: [String: JUMBFSuperbox]

  /// Whether `box` holds one content box with `code` and, beside it, nothing but zeroed padding.
  /// What else stood in a signature box would be covered by no hash and no signature.
  func holdsOnly(_ code: BoxCode, _ box: JUMBFSuperbox) -> Bool {
    var count = 0
    for child in box.children {
      guard case .content(let content) = child else { return false }
      if content.code == code {
        count += 1
      } else if content.code != .free || !storeBytes[content.payload].allSatisfy({ $0 == 0 }) {
        return false
      }
    }
    return count == 1
  }

  /// The type of a box in the manifest or its assertion store that is none of the standard's. The
  /// standard lets readers skip it, but nothing covers it: any text could stand there.
  /// Credentials were part of manifests up to version 1 of the claim.
  func uncoveredBox(_ version: Claim.Version) -> String? {
    var known: Set<JUMBFType> = [.assertionStore, .claim, .claimSignature, .dataBoxStore]
    if version == .v1 { known.insert(.credentialStore) }
    for child in box.children {
      switch child {
      case .superbox(let inner):
        if !known.contains(inner.type) { return inner.label }
      case .content(let content): return content.code.description
      }
    }
    return assertionStore?.contentBoxes.first?.code.description
  }

  /// The box at a path of labels inside this manifest; nil when missing or ambiguous.
  public func box(at path: [String]) -> JUMBFSuperbox? {
    if path.count == 2, path[0] == ManifestLabel.assertionStore { return assertionBoxes[path[1]] }
    var current = box
    for step in path {
      guard let next = current.child(labelled: step) else { return nil }
      current = next
    }
    return current
  }
}

/// The manifests of an asset, in store order.
public struct ManifestStore: Sendable {
  public let manifests: [Manifest]
  private let positions: [String: Int]

  /// Manifests in one store; the deepest edit history seen has some dozens.
  public static let manifestLimit = 1000

  /// Stores are four boxes deep; each level more is a level at which the same bytes could be asked
  /// to be hashed again.
  static let boxLimits = JUMBFLimits(depth: 8, boxes: 1 << 16)

  public init(_ embedded: EmbeddedStore) throws(ManifestStoreError) {
    var manifests: [Manifest] = []
    var budget = InflationBudget()
    for part in embedded.parts {
      let root: JUMBFSuperbox
      do throws(JUMBFError) {
        root = try JUMBFSuperbox.parse(part.bytes, limits: Self.boxLimits)
      } catch {
        throw .malformed(reason: error.description)
      }
      guard root.type == .manifestStore, root.label == ManifestLabel.store else {
        throw .malformed(reason: "the outermost box is no C2PA manifest store")
      }
      // Room for later growth is kept behind the store, where it is looked at, not inside.
      guard !root.contentBoxes.contains(where: { $0.code == .free }) else {
        throw .malformed(reason: "there is padding between its manifests")
      }
      manifests += root.superboxes.compactMap {
        Manifest($0, storeBytes: part.bytes, spending: &budget)
      }
    }
    guard manifests.count <= Self.manifestLimit else {
      throw .tooManyManifests(count: manifests.count)
    }
    guard !manifests.isEmpty else { throw .malformed(reason: "the store holds no manifest") }
    var positions: [String: Int] = [:]
    for (index, manifest) in manifests.enumerated() {
      guard let earlier = positions[manifest.label], earlier >= 0 else {
        positions[manifest.label] = positions[manifest.label] ?? index
        continue
      }
      // An update store may repeat the manifests it builds on; two different ones under one label
      // make every URI to them ambiguous.
      let other = manifests[earlier]
      positions[manifest.label] = manifest.isSame(as: other) ? index : -1
    }
    self.manifests = manifests
    self.positions = positions
  }

  /// C2PA 2.5 section 14.5: the last manifest of the (update) store.
  public var active: Manifest { manifests[manifests.count - 1] }

  /// The manifest labelled `label`; nil when there is none or when two differ.
  public func manifest(_ label: String) -> Manifest? {
    guard let position = positions[label], position >= 0 else { return nil }
    return manifests[position]
  }

  /// What a JUMBF URI that stands in the manifest `current` leads to.
  public func resolve(
    _ uri: String, from current: String
  ) -> (manifest: Manifest, box: JUMBFSuperbox)? {
    guard let parsed = JUMBFURI(uri), let label = parsed.manifestLabel(from: current),
      let manifest = manifest(label), let box = manifest.box(at: parsed.pathInManifest)
    else { return nil }
    return (manifest, box)
  }
}

/// Why the bytes found in the asset are no manifest store.
public enum ManifestStoreError: Error, Equatable, Sendable, CustomStringConvertible {
  case malformed(reason: String)
  case tooManyManifests(count: Int)

  public var code: String {
    switch self {
    case .malformed: "manifest_store.malformed"
    case .tooManyManifests: "manifest_store.too_many_manifests"
    }
  }

  public var description: String {
    switch self {
    case .malformed(let reason): "the manifest store cannot be read: \(reason)"
    case .tooManyManifests(let count):
      "the store holds \(count) manifests; at most \(ManifestStore.manifestLimit) are read"
    }
  }
}
