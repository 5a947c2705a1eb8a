import Bytes
import PKI

extension StagedPipeline {
  /// 1 MiB: large enough that system calls do not count, small enough for any machine.
  private static let window = 1 << 20

  /// Lower-case hexadecimal SHA-256 of a file, read a window at a time.
  func sha256(of path: String) async throws -> String {
    try await blocking { try Self.sha256(of: path) }
  }

  private static func sha256(of path: String) throws -> String {
    let source = try FileByteSource(path: path)
    var digest = MessageDigest(.sha256)
    var offset = 0
    while offset < source.count {
      let bytes = try source.read(offset..<min(offset + window, source.count))
      // A file that is shorter than it was has been changed under us.
      guard !bytes.isEmpty else { break }
      digest.update(bytes)
      offset += bytes.count
    }
    return Hex.encode(digest.finalize())
  }
}
