import Bytes
import PKI

/// Signatures of the "Standard Webhooks" specification: HMAC-SHA-256 over `id.timestamp.body`.
enum WebhookSignature {
  static let prefix = "whsec_"

  /// A new secret of 256 bits.
  static func newSecret() -> String { prefix + Base64.encode(SecureRandom.bytes(32)) }

  /// The key in a secret: base64 after the prefix; a secret without it is the key itself.
  static func key(of secret: String) -> [UInt8] {
    guard secret.hasPrefix(prefix) else { return Array(secret.utf8) }
    return Base64.decode(String(secret.dropFirst(prefix.count))) ?? Array(secret.utf8)
  }

  /// The header's value: one signature a secret, so that receivers can change over.
  static func header(secrets: [String], id: String, timestamp: Int64, body: [UInt8]) -> String {
    secrets.map { secret in
      let signed = Array("\(id).\(timestamp).".utf8) + body
      return "v1,\(Base64.encode(HMAC.sha256(key: key(of: secret), message: signed)))"
    }.joined(separator: " ")
  }
}
