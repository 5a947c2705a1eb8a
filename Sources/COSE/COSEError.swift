/// Why a signature box holds no usable COSE_Sign1, or why one cannot be made.
public enum COSEError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Not CBOR, or not the shape of a COSE_Sign1_Tagged.
  case malformed(reason: String)
  /// The `crit` header names a header that is not understood here (RFC 9052 section 3.1).
  case unknownCriticalHeader(String)
  case missingAlgorithm
  case unsupportedAlgorithm(String)
  case missingCertificates
  case malformedCertificates(reason: String)
  /// The message does not fit the room that was kept for it.
  case reservedSizeTooSmall(needed: Int)

  public var code: String {
    switch self {
    case .malformed: "cose.malformed"
    case .unknownCriticalHeader: "cose.unknownCriticalHeader"
    case .missingAlgorithm: "cose.missingAlgorithm"
    case .unsupportedAlgorithm: "cose.unsupportedAlgorithm"
    case .missingCertificates: "cose.missingCertificates"
    case .malformedCertificates: "cose.malformedCertificates"
    case .reservedSizeTooSmall: "cose.reservedSizeTooSmall"
    }
  }

  public var description: String {
    switch self {
    case .malformed(let reason): "no COSE_Sign1: \(reason)"
    case .unknownCriticalHeader(let name):
      "the signature demands that its header \(name) be understood, and it is not"
    case .missingAlgorithm: "the signature does not name its algorithm"
    case .unsupportedAlgorithm(let name): "signature algorithm \(name) is not supported"
    case .missingCertificates: "the signature carries no certificate"
    case .malformedCertificates(let reason): "the signature's certificates are malformed: \(reason)"
    case .reservedSizeTooSmall(let needed):
      "the signature needs \(needed) bytes, more than were kept for it; reserve that many"
    }
  }
}
