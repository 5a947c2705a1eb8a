import Bytes
import PKI

/// The keys that open the API. Only digests are kept, so a memory dump or a log shows no key.
struct APIKeys: Sendable {
  /// Why a list of keys cannot be used.
  struct Failure: Error, Equatable, Sendable, CustomStringConvertible {
    let description: String
  }

  private struct Entry: Sendable {
    let tenant: String
    let digest: [UInt8]
  }

  private let entries: [Entry]

  /// Names of the tenants, in the order given.
  var tenants: [String] { entries.map(\.tenant) }

  /// Parses `name=key` or `key`, comma-separated. A key without a name gets a name made from its
  /// digest, so that its jobs stay its own when the list is reordered.
  init(parsing list: String) throws(Failure) {
    var entries: [Entry] = []
    for (index, item) in list.split(separator: ",").enumerated() {
      let item = String(item.drop { $0 == " " }).trimmedAtEnd
      guard !item.isEmpty else { continue }
      let equals = item.firstIndex(of: "=")
      let key = equals.map { String(item[item.index(after: $0)...]) } ?? item
      let digest = HashAlgorithm.sha256.digest(Array(key.utf8))
      let tenant =
        equals.map { String(item[..<$0]) }
        ?? "key-\(Hex.encode(Array(digest.prefix(4))))"
      guard (1...64).contains(tenant.utf8.count), tenant.utf8.allSatisfy(APIKeys.isNameByte) else {
        throw Failure(
          description:
            "API key \(index + 1): the name before '=' may have 1 to 64 letters, digits, "
            + "'.', '_' and '-'")
      }
      guard !key.isEmpty, key.utf8.allSatisfy({ 0x21...0x7E ~= $0 }) else {
        throw Failure(
          description: "API key \(index + 1): a key is printable ASCII without spaces, not empty")
      }
      guard !entries.contains(where: { $0.digest == digest }) else {
        throw Failure(description: "API key \(index + 1) is given twice")
      }
      entries.append(Entry(tenant: tenant, digest: digest))
    }
    self.entries = entries
  }

  /// The owner of `key`. Every entry is compared to its end, whatever it holds, so that the time
  /// says nothing about how much of a guess was right.
  func tenant(of key: String) -> String? {
    let digest = HashAlgorithm.sha256.digest(Array(key.utf8))
    var owner: String?
    for entry in entries {
      if constantTimeEqual(digest, entry.digest) { owner = entry.tenant }
    }
    return owner
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
    default: false
    }
  }
}

extension String {
  fileprivate var trimmedAtEnd: String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}
