import JUMBF
import PKI

/// What one validation shares between its checks: the store, whom to trust, the clock, and hashes
/// that were already taken.
///
/// Every box is hashed once for each algorithm and every manifest is validated once, whatever
/// points at it: a store of cyclic or diamond-shaped ingredients costs time linear in its size.
final class ValidationSession {
  let store: ManifestStore
  let trust: TrustConfiguration
  /// Seconds since 1970; what counts as now.
  let now: Int64

  /// Absolute URIs of all assertions that some manifest declares redacted.
  private(set) var redactions: Set<String> = []
  /// Labels of the manifests that lost something to them.
  private(set) var redactedManifests: Set<String> = []
  /// Absolute URIs of everything that the claims in reach list.
  var listedAssertions: Set<String> = []
  /// Absolute URIs of redacted data boxes, which no claim lists.
  var redactedData: Set<String> = []
  /// What signers of ingredient assertions recorded, by the label of the manifest it is about.
  var recorded: [String: Set<Ingredient.RecordedStatus>] = [:]

  /// The manifest that an ingredient assertion leads to, by the assertion's URI.
  var ingredientTargets: [String: String] = [:]

  /// Labels of the manifests that took a manifest in as an ingredient.
  var takers: [String: Set<String>] = [:]
  /// By when a manifest existed, as far as a time stamp proves it: its own, or one of a manifest that
  /// took it in, since what is stamped there covers its hash.
  var provenTimes: [String: Int64] = [:]

  /// Tokens of `c2pa.time-stamp` assertions, by the label of the manifest they stamp.
  var lateTimeStamps: [String: [[UInt8]]] = [:]

  /// OCSP responses of `c2pa.certificate-status` assertions; each names its certificate itself.
  var revocationResponses: [[UInt8]] = []
  /// Responses tried for one signature, and kept of one store.
  static let revocationLimit = 32

  private struct HashKey: Hashable {
    let manifest: String
    let range: Range<Int>
    let algorithm: HashAlgorithm
  }
  private var hashes: [HashKey: [UInt8]] = [:]

  init(store: ManifestStore, trust: TrustConfiguration, now: Int64) {
    self.store = store
    self.trust = trust
    self.now = now
  }

  func redact(_ uri: JUMBFURI, in manifest: String) {
    redactions.insert(uri.absolute(from: manifest))
    redactedManifests.insert(manifest)
  }

  func hash(of box: JUMBFSuperbox, in manifest: Manifest, _ algorithm: HashAlgorithm) -> [UInt8] {
    hash(of: box.hashedRange, in: manifest, algorithm)
  }

  private func hash(
    of range: Range<Int>, in manifest: Manifest, _ algorithm: HashAlgorithm
  ) -> [UInt8] {
    let key = HashKey(manifest: manifest.label, range: range, algorithm: algorithm)
    if let known = hashes[key] { return known }
    let hash = manifest.hash(of: range, algorithm)
    hashes[key] = hash
    return hash
  }

  /// Writers of 2022 hashed only the claim of an ingredient's manifest, not its whole box. That
  /// covers every assertion through the claim; the signature is validated anyway.
  func matchesClaimAlone(
    _ link: HashedURI, _ target: Manifest, _ ingredient: Ingredient, _ test: ManifestUnderTest
  ) -> Bool {
    guard ingredient.version < 3,
      let name = link.algorithm ?? test.defaultAlgorithm,
      let algorithm = HashAlgorithm(rawValue: name),
      let claim = target.box.superboxes.first(where: { $0.type == .claim }),
      claim.label == ManifestLabel.legacyClaim, let range = claim.payload(.cbor)
    else { return false }
    return hash(of: range, in: target, algorithm) == link.hash
  }

  /// How a hashed URI compares with what it leads to.
  enum Comparison: Equatable {
    case match
    case mismatch
    case unresolved
    case unknownAlgorithm(String)
  }

  /// C2PA 2.5 section 9.4.2.3: the algorithm beside the hash, else the enclosing structure's.
  func compare(
    _ uri: HashedURI, from manifest: String, defaultAlgorithm: String?
  ) -> Comparison {
    guard let (target, box) = store.resolve(uri.url, from: manifest) else { return .unresolved }
    let name = uri.algorithm ?? defaultAlgorithm
    guard let name, let algorithm = HashAlgorithm(rawValue: name) else {
      return .unknownAlgorithm(name ?? "none is named")
    }
    if hash(of: box, in: target, algorithm) == uri.hash { return .match }
    guard box.range == target.box.range else { return .mismatch }
    return target.inflatedHash(algorithm) == uri.hash ? .match : .mismatch
  }
}

/// One manifest under validation, decoded once for all checks.
struct ManifestUnderTest {
  let manifest: Manifest
  let claim: Claim
  /// Every assertion box of the assertion store.
  let assertions: [Assertion]
  /// Those that the claim lists, in its order and each once.
  let listed: [Assertion]
  let created: [Assertion]
  let gathered: [Assertion]
  let createdLabels: Set<String>
  let gatheredLabels: Set<String>
  let hasSoftBinding: Bool
  private let positions: [String: Int]

  init(manifest: Manifest, claim: Claim, assertions: [Assertion]) {
    self.manifest = manifest
    self.claim = claim
    self.assertions = assertions
    var positions: [String: Int] = [:]
    for (index, assertion) in assertions.enumerated() {
      // A label that occurs twice names nothing.
      positions[assertion.label] = positions[assertion.label] == nil ? index : -1
    }
    self.positions = positions
    func list(_ references: [HashedURI]) -> [Assertion] {
      var seen: Set<Int> = []
      return references.compactMap { reference in
        let position = Self.position(of: reference.url, in: positions, manifest.label)
        guard let position, seen.insert(position).inserted else { return nil }
        return assertions[position]
      }
    }
    created = list(claim.createdAssertions)
    gathered = list(claim.gatheredAssertions)
    listed = list(claim.assertions)
    createdLabels = Set(created.map(\.label))
    gatheredLabels = Set(gathered.map(\.label))
    hasSoftBinding = listed.contains { $0.type == AssertionType.softBinding }
  }

  var label: String { manifest.label }
  var uri: String { JUMBFURI.manifest(label) }
  var claimURI: String {
    "\(uri)/\(claim.version == .v2 ? ManifestLabel.claim : ManifestLabel.legacyClaim)"
  }

  var defaultAlgorithm: String? { claim.algorithm }

  func assertionURI(_ label: String) -> String { JUMBFURI.assertion(label, in: self.label) }

  /// The assertion that `uri` names, if it is one of this manifest's own.
  func assertion(at uri: String) -> Assertion? {
    Self.position(of: uri, in: positions, label).map { assertions[$0] }
  }

  private static func position(
    of uri: String, in positions: [String: Int], _ label: String
  ) -> Int? {
    guard let parsed = JUMBFURI(uri), parsed.manifestLabel(from: label) == label,
      parsed.pathInManifest.count == 2, parsed.pathInManifest[0] == ManifestLabel.assertionStore,
      let position = positions[parsed.pathInManifest[1]], position >= 0
    else { return nil }
    return position
  }
}
