import COpenSSL

/// Key material or a certificate could not be used. `detail` says what to do about it; libcrypto's
/// own words stand at its end when there are any.
public struct PKIError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Stable words for programs.
  public enum Code: String, Sendable {
    case malformedKey = "key_malformed"
    case wrongPassphrase = "key_passphrase"
    case malformedCertificate = "certificate_malformed"
    case noCertificate = "certificate_missing"
    /// The algorithm does not fit the key's type or curve.
    case algorithmMismatch = "algorithm_mismatch"
    case unsupportedKey = "key_unsupported"
    case malformedTimeStamp = "time_stamp_malformed"
    case signingFailed = "signing_failed"
    case issuingFailed = "issuing_failed"
  }

  public let code: Code
  public let detail: String

  public init(_ code: Code, _ detail: String) {
    self.code = code
    self.detail = detail
  }

  public var description: String { detail }

  /// Drains libcrypto's error queue of this thread into the error. The queue must be read where the
  /// call failed: after a suspension point it is another thread's.
  static func openSSL(_ code: Code, _ what: String) -> PKIError {
    let reasons = drainedReasons()
    return PKIError(code, reasons.isEmpty ? what : "\(what) (\(reasons.joined(separator: "; ")))")
  }

  static func drainedReasons() -> [String] {
    var reasons: [String] = []
    while case let number = ERR_get_error(), number != 0 {
      if let reason = ERR_reason_error_string(number) {
        reasons.append(String(cString: reason))
      }
    }
    return reasons
  }
}
