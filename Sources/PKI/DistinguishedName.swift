import COpenSSL

/// A subject or issuer (RFC 5280 section 4.1.2.4), as far as people read it.
public struct DistinguishedName: Equatable, Hashable, Sendable {
  public let commonName: String?
  public let organization: String?
  /// RFC 4514 text, UTF-8, control characters escaped.
  public let text: String

  /// A name to be issued; `text` is what libcrypto would print.
  public init(commonName: String, organization: String) {
    self.commonName = commonName
    self.organization = organization
    text = "CN=\(commonName),O=\(organization)"
  }

  init(_ name: OpaquePointer?) {
    commonName = DistinguishedName.last(NID_commonName, of: name)
    organization = DistinguishedName.last(NID_organizationName, of: name)
    text = withMemoryBIO { bio in
      _ = X509_NAME_print_ex(bio, name, 0, copenssl_name_flags())
      return String(decoding: contents(of: bio), as: UTF8.self)
    }
  }

  /// The most specific attribute of that type.
  private static func last(_ nid: Int32, of name: OpaquePointer?) -> String? {
    var found: Int32 = -1
    while case let next = X509_NAME_get_index_by_NID(name, nid, found), next >= 0 { found = next }
    guard found >= 0, let entry = X509_NAME_get_entry(name, found) else { return nil }
    var utf8: UnsafeMutablePointer<UInt8>?
    let length = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(entry))
    guard length >= 0, let utf8 else { return nil }
    defer { CRYPTO_free(utf8, #fileID, #line) }
    return String(decoding: UnsafeBufferPointer(start: utf8, count: Int(length)), as: UTF8.self)
  }
}
