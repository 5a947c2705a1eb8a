import Bytes
public import Evidence
import PKI

/// Stands for a subject in the log's tree: the same subject gives the same text, and without the
/// key nobody can go back or guess. No name, e-mail address or IP address is ever hashed unkeyed.
public struct Pseudonym: Sendable {
  private let key: [UInt8]

  /// - Parameter key: 32 secret bytes of this installation.
  public init(key: [UInt8]) { self.key = key }

  /// 32 hexadecimal digits.
  public func text(of subject: Subject) -> String {
    let name = Array("subject/v1\0\(subject.tenant)\0\(subject.endUser ?? "")".utf8)
    return Hex.encode(Array(HMAC.sha256(key: key, message: name).prefix(16)))
  }

  /// Of a tenant without its end users: 32 hexadecimal digits.
  public func text(ofTenant tenant: String) -> String {
    Hex.encode(
      Array(HMAC.sha256(key: key, message: Array("tenant/v1\0\(tenant)".utf8)).prefix(16)))
  }
}
