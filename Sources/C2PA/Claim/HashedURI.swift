public import CBOR

/// `hashed-uri-map` (C2PA 2.5 section 9.4.2.3): a JUMBF URI and the hash of what it leads to.
public struct HashedURI: Equatable, Sendable {
  public let url: String
  /// Nil leaves the choice to the enclosing structure.
  public let algorithm: String?
  public let hash: [UInt8]

  public init(url: String, algorithm: String? = nil, hash: [UInt8]) {
    self.url = url
    self.algorithm = algorithm
    self.hash = hash
  }

  /// Nil unless `value` is a map with at least `url` and `hash`.
  public init?(_ value: CBORValue?) {
    guard let value, let url = value["url"]?.text, let hash = value["hash"]?.bytes else {
      return nil
    }
    self.url = url
    algorithm = value["alg"]?.text
    self.hash = hash
  }

  public var cbor: CBORValue {
    var pairs: [CBORValue.Pair] = [.init("url", .text(url)), .init("hash", .bytes(hash))]
    if let algorithm { pairs.append(.init("alg", .text(algorithm))) }
    return .map(pairs)
  }
}
