import Bytes
import PKI

/// The secrets that payloads are sealed under: the first for new payloads, the others for those
/// that were sealed before the key was changed.
///
/// As a file: one key of 64 hexadecimal digits a line, the newest first. It lies apart from the
/// log, so that a stolen backup of the data opens nothing.
public struct PayloadKeys: Sendable {
  struct Key: Sendable {
    let secret: [UInt8]
    /// Names the key in stored rows without telling anything of it.
    let identifier: String

    init(_ secret: [UInt8]) {
      self.secret = secret
      identifier = Hex.encode(
        Array(PKI.HMAC.sha256(key: secret, message: Array("payload-key-id/v1".utf8)).prefix(8)))
    }
  }

  let newest: Key
  private let byIdentifier: [String: Key]

  /// - Parameter secrets: 32 bytes each, the newest first; at least one.
  public init(_ secrets: [[UInt8]]) throws(AuditError) {
    let keys = secrets.map(Key.init)
    guard let newest = keys.first,
      secrets.allSatisfy({ $0.count == AES256GCM.keyByteCount })
    else {
      throw AuditError(
        .wrongKey, "payload keys have \(AES256GCM.keyByteCount) bytes each, and there is one")
    }
    self.newest = newest
    names = keys.map(\.identifier)
    byIdentifier = Dictionary(keys.map { ($0.identifier, $0) }) { first, _ in first }
  }

  /// Reads the file's form; empty lines are passed over.
  public init(file bytes: [UInt8]) throws(AuditError) {
    var secrets: [[UInt8]] = []
    for line in bytes.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }) {
      guard let secret = Hex.decode(String(decoding: line, as: UTF8.self)) else {
        throw AuditError(.wrongKey, "a payload key has 64 hexadecimal digits on a line of its own")
      }
      secrets.append(secret)
    }
    try self.init(secrets)
  }

  /// What tells the keys apart in stored rows and in the log, the newest first; nothing of the keys.
  public let names: [String]

  func key(_ identifier: String) -> Key? { byIdentifier[identifier] }
}
