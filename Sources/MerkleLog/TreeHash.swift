import Bytes
import PKI

/// A node of an RFC 6962 tree: exactly 32 bytes of SHA-256.
public struct TreeHash: Equatable, Hashable, Sendable, CustomStringConvertible {
  public static let byteCount = 32

  public let bytes: [UInt8]

  /// Nil unless there are 32 bytes.
  public init?(_ bytes: [UInt8]) {
    guard bytes.count == TreeHash.byteCount else { return nil }
    self.bytes = bytes
  }

  private init(digestOf input: [UInt8]) { bytes = HashAlgorithm.sha256.digest(input) }

  /// The hash of a log entry, RFC 6962 section 2.1.
  public static func leaf(_ entry: [UInt8]) -> TreeHash { TreeHash(digestOf: [0] + entry) }

  /// The hash over two subtrees, RFC 6962 section 2.1.
  public static func node(_ left: TreeHash, _ right: TreeHash) -> TreeHash {
    TreeHash(digestOf: [1] + left.bytes + right.bytes)
  }

  /// The root of the tree without leaves.
  public static let empty = TreeHash(digestOf: [])

  /// Lower-case hexadecimal.
  public var description: String { Hex.encode(bytes) }

  /// As checkpoints and proofs write it.
  public var base64: String { Base64.encode(bytes) }

  /// Nil unless `text` is the canonical base64 of 32 bytes.
  public init?(base64 text: String) {
    guard let bytes = Base64.decode(text) else { return nil }
    self.init(bytes)
  }
}

/// A perfect subtree: the leaves from `index << level` on, `1 << level` of them.
public struct Subtree: Equatable, Hashable, Sendable {
  public let level: Int
  public let index: UInt64

  public init(level: Int, index: UInt64) {
    self.level = level
    self.index = index
  }
}
