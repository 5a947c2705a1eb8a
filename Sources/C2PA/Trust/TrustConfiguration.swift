import Bytes
public import PKI

/// Whom to believe. Every source has a name, and a verdict says which of them matched: "trusted"
/// alone tells a reader nothing.
public struct TrustConfiguration: Sendable {
  /// Certification authorities under one name, for the certificate purposes they are trusted for
  /// (C2PA 2.5 section 13.4.1).
  public struct AnchorSet: Sendable {
    public let name: String
    public let anchors: [Certificate]
    public let extendedKeyUsages: Set<String>

    public init(
      name: String, anchors: [Certificate],
      extendedKeyUsages: Set<String> = ExtendedKeyUsage.claimSigners
    ) {
      self.name = name
      self.anchors = anchors
      self.extendedKeyUsages = extendedKeyUsages
    }
  }

  /// Single signing certificates that the user accepts as they are: the private credential store.
  public struct AllowedList: Sendable {
    public let name: String
    let fingerprints: Set<[UInt8]>

    public init(name: String, certificates: [Certificate]) {
      self.name = name
      fingerprints = Set(certificates.map(\.sha256))
    }

    /// Reads a list of PEM certificates, of SHA-256 hashes of certificates in DER, one a line in hex
    /// or base64, or of both. `//` and `#` begin a comment.
    ///
    /// - Returns: nil when a line is none of these or nothing is listed.
    public init?(name: String, list: [UInt8]) {
      var fingerprints: Set<[UInt8]> = []
      var isInPEM = false
      for line in String(decoding: list, as: UTF8.self).split(whereSeparator: \.isNewline) {
        let text = String(line.filter { $0 != " " && $0 != "\t" })
        if text.hasPrefix("-----BEGIN") { isInPEM = true }
        if text.hasPrefix("-----END") {
          isInPEM = false
          continue
        }
        guard !isInPEM, !text.isEmpty, !text.hasPrefix("//"), !text.hasPrefix("#") else { continue }
        let hash = text.utf8.count == 64 ? Hex.decode(text) : Base64.decode(text)
        guard let hash, hash.count == HashAlgorithm.sha256.byteCount else { return nil }
        fingerprints.insert(hash)
      }
      if let certificates = try? Certificate.parsePEM(list) {
        fingerprints.formUnion(certificates.map(\.sha256))
      }
      guard !isInPEM, !fingerprints.isEmpty else { return nil }
      self.name = name
      self.fingerprints = fingerprints
    }
  }

  public var anchorSets: [AnchorSet]
  public var allowedLists: [AllowedList]
  /// Authorities for time stamps. Never mixed with those for signers.
  public var timeStampAnchors: [Certificate]

  public init(
    anchorSets: [AnchorSet] = [], allowedLists: [AllowedList] = [],
    timeStampAnchors: [Certificate] = []
  ) {
    self.anchorSets = anchorSets
    self.allowedLists = allowedLists
    self.timeStampAnchors = timeStampAnchors
  }

  /// Nobody is trusted: the best state a file can reach is Valid.
  public static let none = TrustConfiguration()

  /// Every purpose for which some set is trusted, or the usual ones when there is no set.
  var acceptedPurposes: Set<String> {
    anchorSets.isEmpty
      ? ExtendedKeyUsage.claimSigners
      : anchorSets.reduce(into: ExtendedKeyUsage.claimSigners) {
        $0.formUnion($1.extendedKeyUsages)
      }
  }

  /// The name of the list that holds `leaf` itself; nil when none does.
  func allowedSource(of leaf: Certificate) -> String? {
    allowedLists.first { $0.fingerprints.contains(leaf.sha256) }?.name
  }

  /// What asking every source about a signer came to.
  enum Verdict: Equatable, Sendable {
    /// `path` goes from the leaf to the anchor; empty where the leaf itself is on a list.
    case trusted(source: String, path: [Certificate])
    case untrusted(reason: String)
  }

  /// RFC 9360 section 2: each certificate certifies the one before it. What is sent beyond the anchor
  /// counts for nothing, but must go on from there.
  private static func isOrdered(_ sent: [Certificate], along path: [Certificate]) -> Bool {
    for (index, certificate) in sent.enumerated().dropFirst() {
      if index < path.count {
        guard certificate.subject == path[index].subject,
          certificate.publicKey.spkiDER == path[index].publicKey.spkiDER
        else { return false }
      } else if certificate.subject != sent[index - 1].issuer {
        return false
      }
    }
    return true
  }

  /// Asks the sources in order. Only sets whose purposes meet the leaf's are asked.
  func verdict(leaf: Certificate, intermediates: [Certificate], at instant: Int64) -> Verdict {
    if let source = allowedSource(of: leaf) { return .trusted(source: source, path: []) }
    guard !leaf.isSelfSigned else {
      return .untrusted(reason: "the signer vouches for itself, and nobody else does")
    }
    let purposes = Set(leaf.extendedKeyUsages ?? [])
    var reason =
      anchorSets.isEmpty
      ? "no trust list is configured"
      : "no configured trust list accepts what this certificate is for"
    for set in anchorSets where !set.extendedKeyUsages.isDisjoint(with: purposes) {
      let verdict = CertificateChain.verify(
        leaf: leaf, intermediates: intermediates, anchors: set.anchors, at: instant)
      switch verdict {
      case .trusted(let path):
        guard Self.isOrdered([leaf] + intermediates, along: path) else {
          reason = "the certificates beside the signature are not in the order of the chain"
          continue
        }
        return .trusted(source: set.name, path: path)
      case .expired(let certificate):
        reason = "the certificate of \(certificate.subject.text) had expired"
      case .notYetValid(let certificate):
        reason = "the certificate of \(certificate.subject.text) was not valid yet"
      case .untrusted: reason = "no configured trust list knows who issued the certificate"
      }
    }
    return .untrusted(reason: reason)
  }
}
