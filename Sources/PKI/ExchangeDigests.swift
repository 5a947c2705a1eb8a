public import Bytes
import COpenSSL

/// The digests by which lists of known files are exchanged, all in one reading. MD5 and SHA-1 name files
/// there and secure nothing: neither is a `HashAlgorithm`, and no signature rests on one.
public struct ExchangeDigests: Equatable, Sendable {
  public let md5: [UInt8]
  public let sha1: [UInt8]
  public let sha256: [UInt8]

  /// 1 MiB: large enough that system calls do not count, small enough for any machine.
  private static let window = 1 << 20

  public init(of source: any ByteSource) throws(FileError) {
    var digests = [Running("MD5"), Running("SHA1"), Running("SHA2-256")]
    var offset = 0
    while offset < source.count {
      let bytes = try source.read(offset..<min(offset + Self.window, source.count))
      guard !bytes.isEmpty else { break }
      for digest in digests { digest.update(bytes) }
      offset += bytes.count
    }
    sha256 = digests.removeLast().finalized()
    sha1 = digests.removeLast().finalized()
    md5 = digests.removeLast().finalized()
  }

  private final class Running {
    private let context: OpaquePointer

    init(_ name: String) {
      guard let implementation = EVP_MD_fetch(nil, name, nil), let context = EVP_MD_CTX_new(),
        EVP_DigestInit_ex2(context, implementation, nil) == 1
      else { preconditionFailure("libcrypto has no \(name)") }
      // The context keeps the algorithm for itself.
      EVP_MD_free(implementation)
      self.context = context
    }

    deinit { EVP_MD_CTX_free(context) }

    func update(_ bytes: [UInt8]) {
      bytes.withUnsafeBytes { _ = EVP_DigestUpdate(context, $0.baseAddress, $0.count) }
    }

    func finalized() -> [UInt8] {
      [UInt8](unsafeUninitializedCapacity: Int(EVP_MAX_MD_SIZE)) { output, count in
        var written: UInt32 = 0
        precondition(EVP_DigestFinal_ex(context, output.baseAddress, &written) == 1)
        count = Int(written)
      }
    }
  }
}
