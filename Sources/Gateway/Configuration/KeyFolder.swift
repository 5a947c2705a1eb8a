import AuditStore
import Bytes
import C2PA
import Glibc
import MerkleLog
import PKI

/// The folder of signing keys and trust. `assay keys init` fills it for development:
///
///     dev/claim.key   the claim signer's private key (PEM)
///     dev/claim.pem   its certificates, leaf first
///     dev/root.pem    the root that receivers trust
///     dev/log.key     the audit log's Ed25519 key (PEM)
///     dev/log.vkey    its public half with the log's name
///     dev/mark.key    32 random bytes in hexadecimal: where the marks lie
///     dev/subject.key the same, for the pseudonyms in the log
///     dev/payload.key the same, for the payloads beside the log; older keys on further lines
///     trust/NAME.pem  further certification authorities, trusted for uploads
public struct KeyFolder: Sendable {
  public let path: String

  public init(path: String) { self.path = path }

  public var claimKey: String { "\(path)/dev/claim.key" }
  public var claimChain: String { "\(path)/dev/claim.pem" }
  public var root: String { "\(path)/dev/root.pem" }
  public var logKey: String { "\(path)/dev/log.key" }
  public var logVerifierKey: String { "\(path)/dev/log.vkey" }
  public var markKey: String { "\(path)/dev/mark.key" }
  public var subjectKey: String { "\(path)/dev/subject.key" }
  public var payloadKey: String { "\(path)/dev/payload.key" }
  public var trust: String { "\(path)/trust" }

  /// All that the gateway takes from the folder.
  struct Contents: Sendable {
    let signer: PEMSigner
    let trust: TrustConfiguration
    let logKey: PrivateKey
    /// The log's name, when the folder says it.
    let logName: String?
    let markKey: [UInt8]
    let subjectKey: [UInt8]
    let payloadKeys: PayloadKeys
    /// Paths of keys that were made just now.
    let made: [String]
  }

  /// Reads everything. Keys that nobody else has to know beforehand are made when they are missing;
  /// the claim signer's credential is not, because its root must be handed to receivers.
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
    return Contents(
      signer: signer, trust: try loadTrust(), logKey: try loadLogKey(&made),
      logName: try loadLogName(), markKey: try loadSecret(markKey, &made),
      subjectKey: try loadSecret(subjectKey, &made), payloadKeys: try loadPayloadKeys(&made),
      made: made)
  }

  /// Reads the claim signer's credential and nothing else; makes nothing.
  func checkSigner() throws(StartupError) {
    let key = try read(claimKey)
    let chain = try read(claimChain)
    do {
      _ = try PEMSigner(key: key, chain: chain)
    } catch {
      throw StartupError(
        .cannotRead,
        "\(claimKey) and \(claimChain) are no signing credential: \(error). \(KeyFolder.advice)")
    }
  }

  private static let advice =
    "Run 'assay keys init' to make development keys, or name another folder with --keys or "
    + "ASSAY_KEYS."

  private func loadLogKey(_ made: inout [String]) throws(StartupError) -> PrivateKey {
    do {
      if access(logKey, F_OK) == 0 { return try PrivateKey(pem: try read(logKey)) }
      let key = try PrivateKey.generate(.ed25519)
      try PrivateFile.create(logKey, key.pem())
      made.append(logKey)
      return key
    } catch let error as StartupError {
      throw error
    } catch {
      throw StartupError(.cannotRead, "\(logKey), the audit log's key: \(error).")
    }
  }

  private func loadLogName() throws(StartupError) -> String? {
    guard access(logVerifierKey, F_OK) == 0 else { return nil }
    let text = String(decoding: try read(logVerifierKey), as: UTF8.self)
    do {
      return try VerifierKey(String(text.prefix { !$0.isNewline })).name
    } catch {
      throw StartupError(.cannotRead, "\(logVerifierKey) is no verifier key: \(error).")
    }
  }

  private func loadSecret(
    _ secret: String, _ made: inout [String]
  ) throws(StartupError) -> [UInt8] {
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

  private func loadPayloadKeys(_ made: inout [String]) throws(StartupError) -> PayloadKeys {
    if access(payloadKey, F_OK) != 0 { _ = try loadSecret(payloadKey, &made) }
    let bytes = try read(payloadKey)
    do throws(AuditError) {
      return try PayloadKeys(file: bytes)
    } catch {
      throw StartupError(.cannotRead, "\(payloadKey): \(error).")
    }
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
