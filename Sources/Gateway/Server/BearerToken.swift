import HTTPTypes
import Hummingbird

extension Request {
  /// The key of an `Authorization: Bearer KEY` header (RFC 6750 section 2.1), nil without one. The
  /// scheme's name is not case-sensitive (RFC 9110 section 11.1).
  var bearerToken: String? {
    let scheme = "bearer "
    guard let header = headers[.authorization], header.prefix(scheme.count).lowercased() == scheme
    else { return nil }
    return String(header.dropFirst(scheme.count))
  }
}
