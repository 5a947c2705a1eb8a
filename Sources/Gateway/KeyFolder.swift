public import C2PA
import Bytes
import Glibc
import PKI

/// The folder of signing keys and trust. `assay keys init` fills it for development:
///
///     dev/claim.key   the claim signer's private key (PEM)
///     dev/claim.pem   its certificates, leaf first
///     dev/root.pem    the root that receivers trust
///     dev/log.key     the audit log's Ed25519 key (PEM)
///     dev/secret.key  32 random bytes in hexadecimal, for marks and pseudonyms
///     trust/NAME.pem  further certification authorities, trusted for uploads
public struct KeyFolder: Sendable {
  public let path: String

  public init(path: String) { self.path = path }

  public var claimKey: String { "\(path)/dev/claim.key" }
  public var claimChain: String { "\(path)/dev/claim.pem" }
  public var root: String { "\(path)/dev/root.pem" }
  public var logKey: String { "\(path)/dev/log.key" }
  public var secret: String { "\(path)/dev/secret.key" }
  public var trust: String { "\(path)/trust" }

  /// All that the gateway takes from the folder.
  struct Contents: Sendable {
    let signer: PEMSigner
    let trust: TrustConfiguration
    let logKey: PrivateKey
    private let secret: [UInt8]
    /// Paths of keys that were made just now.
    let made: [String]

    init(
      signer: PEMSigner, trust: TrustConfiguration, logKey: PrivateKey, secret: [UInt8],
      made: [String]
    ) {
      self.signer = signer
      self.trust = trust
      self.logKey = logKey
      self.secret = secret
      self.made = made
    }

    /// One secret, a key for each purpose: none can be computed from another.
    var markKey: [UInt8] { derive("mark/v1") }
    var pseudonymKey: [UInt8] { derive("pseudonym/v1") }

    private func derive(_ purpose: String) -> [UInt8] {
      HMAC.sha256(key: secret, message: Array(purpose.utf8))
    }
  }

  /// Reads everything. The log's key and the secret are made when they are missing: nobody else has
  /// to know them beforehand. The claim signer's credential is not, because its root must be
  /// handed to receivers.
  func load() throws(StartupError) -> Contents {
    let signer: PEMSigner
    let key = try read(claimKey)
    let chain = try read(claimChain)
    do {
      signer = try PEMSigner(key: key, chain: chain)
    } catch {
      throw StartupError(
        .cannotRead,
        "\(claimKey) and \(claimChain) are no signing credential: \(error). \(KeyFolder.advice)")
    }
    var made: [String] = []
    let logKey = try loadLogKey(&made)
    let secret = try loadSecret(&made)
    return Contents(
      signer: signer, trust: try loadTrust(), logKey: logKey, secret: secret, made: made)
  }

  private static let advice =
    "Run 'assay keys init' to make development keys, or name another folder with --keys or "
    + "ASSAY_KEYS."

  private func loadLogKey(_ made: inout [String]) throws(StartupError) -> PrivateKey {
    do {
      if access(logKey, F_OK) == 0 { return try PrivateKey(pem: try read(logKey)) }
      let key = try PrivateKey.generate(.ed25519)
      try PrivateFile.create(logKey, try key.pem())
      made.append(logKey)
      return key
    } catch let error as StartupError {
      throw error
    } catch {
      throw StartupError(.cannotRead, "\(logKey), the audit log's key: \(error).")
    }
  }

  private func loadSecret(_ made: inout [String]) throws(StartupError) -> [UInt8] {
    if access(secret, F_OK) == 0 {
      let text = String(decoding: try read(secret), as: UTF8.self)
      guard let bytes = Hex.decode(String(text.prefix { !$0.isNewline })), bytes.count == 32 else {
        throw StartupError(
          .cannotRead, "\(secret) does not hold 64 hexadecimal digits; restore it, or delete it.")
      }
      return bytes
    }
    let bytes = SecureRandom.bytes(32)
    do {
      try PrivateFile.create(secret, Array("\(Hex.encode(bytes))\n".utf8))
    } catch {
      throw StartupError(.cannotRead, "\(error). \(KeyFolder.advice)")
    }
    made.append(secret)
    return bytes
  }

  private func loadTrust() throws(StartupError) -> TrustConfiguration {
    var configuration = TrustConfiguration()
    configuration.anchorSets.append(.init(name: "own", anchors: try certificates(root)))
    let names = (try? DirectoryListing.names(in: trust, suffix: ".pem")) ?? []
    for name in names {
      configuration.anchorSets.append(
        .init(name: String(name.dropLast(4)), anchors: try certificates("\(trust)/\(name)")))
    }
    return configuration
  }

  private func certificates(_ path: String) throws(StartupError) -> [Certificate] {
    let text = try read(path)
    do {
      return try Certificate.parsePEM(text)
    } catch {
      throw StartupError(.cannotRead, "\(path) is no list of PEM certificates: \(error).")
    }
  }

  private func read(_ path: String) throws(StartupError) -> [UInt8] {
    do {
      return try FileByteSource.contents(of: path, limit: 16 << 20)
    } catch {
      throw StartupError(.cannotRead, "\(error). \(KeyFolder.advice)")
    }
  }
}
