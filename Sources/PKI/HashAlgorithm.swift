import COpenSSL

/// The SHA-2 functions of FIPS 180-4 that C2PA allows for hard bindings and signatures.
public enum HashAlgorithm: String, CaseIterable, Sendable {
  case sha256, sha384, sha512

  /// Length of the digest in bytes.
  public var byteCount: Int {
    switch self {
    case .sha256: 32
    case .sha384: 48
    case .sha512: 64
    }
  }

  /// The digest of `bytes`.
  public func digest(_ bytes: [UInt8]) -> [UInt8] {
    bytes.withUnsafeBytes { input in
      [UInt8](unsafeUninitializedCapacity: byteCount) { output, count in
        let good = EVP_Digest(
          input.baseAddress, input.count, output.baseAddress, nil, implementation, nil)
        precondition(good == 1, "libcrypto has no \(rawValue)")
        count = byteCount
      }
    }
  }

  init?(nid: Int32) {
    switch nid {
    case NID_sha256: self = .sha256
    case NID_sha384: self = .sha384
    case NID_sha512: self = .sha512
    default: return nil
    }
  }

  var nid: Int32 {
    switch self {
    case .sha256: NID_sha256
    case .sha384: NID_sha384
    case .sha512: NID_sha512
    }
  }

  /// Fetched once: libcrypto 3 otherwise looks the algorithm up under a lock at every call.
  var implementation: OpaquePointer {
    switch self {
    case .sha256: Fetched.sha256.pointer
    case .sha384: Fetched.sha384.pointer
    case .sha512: Fetched.sha512.pointer
    }
  }

  /// An `EVP_MD`, immutable after the fetch and kept for the life of the process.
  private struct Fetched: @unchecked Sendable {
    static let sha256 = Fetched("SHA2-256")
    static let sha384 = Fetched("SHA2-384")
    static let sha512 = Fetched("SHA2-512")

    let pointer: OpaquePointer

    init(_ name: String) {
      guard let pointer = EVP_MD_fetch(nil, name, nil) else {
        preconditionFailure("libcrypto has no \(name)")
      }
      self.pointer = pointer
    }
  }
}

/// A digest over bytes that come in pieces.
public struct MessageDigest: ~Copyable {
  public let algorithm: HashAlgorithm
  private let context: OpaquePointer

  public init(_ algorithm: HashAlgorithm) {
    guard let context = EVP_MD_CTX_new(),
      EVP_DigestInit_ex2(context, algorithm.implementation, nil) == 1
    else { preconditionFailure("libcrypto is out of memory") }
    self.algorithm = algorithm
    self.context = context
  }

  deinit { EVP_MD_CTX_free(context) }

  public mutating func update(_ bytes: Span<UInt8>) {
    bytes.withUnsafeBytes { _ = EVP_DigestUpdate(context, $0.baseAddress, $0.count) }
  }

  public mutating func update(_ bytes: [UInt8]) { update(bytes.span) }

  /// The digest of everything that was fed in.
  public consuming func finalize() -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: algorithm.byteCount) { output, count in
      precondition(EVP_DigestFinal_ex(context, output.baseAddress, nil) == 1)
      count = algorithm.byteCount
    }
  }
}
