public import PKI

/// Whatever holds a claim signing key: a file, a hardware module, a remote service.
public protocol ClaimSigner: Sendable {
  var algorithm: SignatureAlgorithm { get }
  /// DER, leaf first, with all intermediates and without the root.
  var certificateChain: [[UInt8]] { get }
  /// The signature of `message`; ECDSA as raw `r || s`.
  func sign(_ message: [UInt8]) throws -> [UInt8]
}

/// A key and its certificates from PEM files.
public struct PEMSigner: ClaimSigner {
  public let algorithm: SignatureAlgorithm
  public let certificateChain: [[UInt8]]
  private let key: PrivateKey

  /// - Parameters:
  ///   - chain: PEM certificates, leaf first. A self-signed root at the end is left out, as C2PA
  ///     asks.
  ///   - algorithm: nil takes the one that belongs to the key.
  public init(
    key keyPEM: [UInt8], chain: [UInt8], algorithm: SignatureAlgorithm? = nil,
    passphrase: [UInt8]? = nil
  ) throws(SigningError) {
    let certificates: [Certificate]
    do throws(PKIError) {
      key = try PrivateKey(pem: keyPEM, passphrase: passphrase)
      certificates = try Certificate.parsePEM(chain)
    } catch { throw .key(error) }
    guard let leaf = certificates.first else { throw .credential("the chain is empty") }
    guard leaf.publicKey.spkiDER == key.publicKey.spkiDER else {
      throw .credential(
        "the key does not belong to the first certificate (\(leaf.subject.text)); the chain begins "
          + "with the signer's own")
    }
    guard let algorithm = algorithm ?? Self.algorithm(for: key.kind) else {
      throw .credential("C2PA has no signature algorithm for a \(key.kind) key")
    }
    guard algorithm.fits(key.kind) else {
      throw .credential("a \(key.kind) key cannot sign with \(algorithm.rawValue)")
    }
    self.algorithm = algorithm
    var used = certificates
    while used.count > 1, used.last?.isSelfSigned == true { used.removeLast() }
    certificateChain = used.map(\.der)
  }

  /// The algorithm C2PA ties to a kind of key.
  public static func algorithm(for kind: KeyKind) -> SignatureAlgorithm? {
    [.es256, .es384, .es512, .ed25519, .ps256].first { $0.fits(kind) }
  }

  public func sign(_ message: [UInt8]) throws -> [UInt8] {
    try key.sign(message, algorithm: algorithm)
  }
}
