import AuditStore
import Bytes
import Moderation
import PKI

/// What a key may do.
enum KeyScope: String, CaseIterable, Sendable {
  /// Make, change and delete; everything that is no reading.
  case create
  case read
  /// Judge texts and check files, which makes nothing.
  case moderate
  /// Find manifests by marks and files (the scope's name in C2PA's soft binding resolution API).
  case fetchManifests = "fetch:manifests"
  /// See and decide what is held.
  case review
  /// See what belongs to the whole installation.
  case admin

  /// Of a key that names none.
  static let usual: Set<KeyScope> = [.create, .read, .moderate, .fetchManifests]
}

/// The keys that open the API. Only digests are kept, so a memory dump or a log shows no key.
struct APIKeys: Sendable {
  /// Why a list of keys cannot be used.
  struct Failure: Error, Equatable, Sendable, CustomStringConvertible {
    let description: String
  }

  private struct Entry: Sendable {
    let tenant: String
    let digest: [UInt8]
    let scopes: Set<KeyScope>
  }

  /// Who a key belongs to.
  struct Owner: Equatable, Sendable {
    let tenant: String
    let scopes: Set<KeyScope>
  }

  private let entries: [Entry]

  /// Names of the tenants, in the order given.
  var tenants: [String] { entries.map(\.tenant) }

  /// Parses `name=key` or `key`, comma-separated. A key without a name gets a name made from its
  /// digest, so that its jobs stay its own when the list is reordered. `name[read+review]=key` gives
  /// scopes, and `name=sha256:HEX` a key's digest instead of the key.
  init(parsing list: String) throws(Failure) {
    var entries: [Entry] = []
    for (index, item) in list.split(separator: ",").enumerated() {
      let item = String(item.drop { $0 == " " }).trimmedAtEnd
      guard !item.isEmpty else { continue }
      let equals = item.firstIndex(of: "=")
      let key = equals.map { String(item[item.index(after: $0)...]) } ?? item
      let digest: [UInt8]
      if key.hasPrefix("sha256:") {
        guard let stored = Hex.decode(String(key.dropFirst(7))), stored.count == 32 else {
          throw Failure(
            description: "API key \(index + 1): after 'sha256:' stand 64 hexadecimal digits")
        }
        digest = stored
      } else {
        digest = HashAlgorithm.sha256.digest(Array(key.utf8))
      }
      let label =
        equals.map { String(item[..<$0]) }
        ?? "key-\(Hex.encode(Array(digest.prefix(4))))"
      let (tenant, scopes) = try APIKeys.scopes(in: label, number: index + 1)
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
      entries.append(Entry(tenant: tenant, digest: digest, scopes: scopes))
    }
    self.entries = entries
  }

  /// The owner of `key`. Every entry is compared to its end, whatever it holds, so that the time
  /// says nothing about how much of a guess was right.
  func tenant(of key: String) -> String? { owner(of: key)?.tenant }

  func owner(of key: String) -> Owner? {
    let digest = HashAlgorithm.sha256.digest(Array(key.utf8))
    var owner: Owner?
    for entry in entries where constantTimeEqual(digest, entry.digest) {
      owner = Owner(tenant: entry.tenant, scopes: entry.scopes)
    }
    return owner
  }

  /// As the log names them: the role tells what the keys may do.
  func inUse(_ pseudonym: Pseudonym) -> Set<KeyInUse> {
    Set(
      entries.map { entry in
        let scopes = entry.scopes.map(\.rawValue).sorted()
        return key(entry, role: "api[\(scopes.joined(separator: "+"))]", pseudonym)
      })
  }

  /// - Parameter role: of a tenant's key.
  func inUse(_ pseudonym: Pseudonym, role: (String) -> String) -> Set<KeyInUse> {
    Set(entries.map { key($0, role: role($0.tenant), pseudonym) })
  }

  private func key(_ entry: Entry, role: String, _ pseudonym: Pseudonym) -> KeyInUse {
    KeyInUse(
      role: role, name: pseudonym.text(ofKey: entry.digest),
      owner: pseudonym.text(ofTenant: entry.tenant))
  }

  /// `name[read+review]`.
  private static func scopes(
    in label: String, number: Int
  ) throws(Failure) -> (String, Set<KeyScope>) {
    guard label.hasSuffix("]"), let open = label.firstIndex(of: "[") else {
      return (label, KeyScope.usual)
    }
    var scopes: Set<KeyScope> = []
    for word in label[label.index(after: open)...].dropLast().split(separator: "+") {
      guard let scope = KeyScope(rawValue: String(word)) else {
        let known = KeyScope.allCases.map(\.rawValue).joined(separator: ", ")
        throw Failure(description: "API key \(number): '\(word)' is no scope; known are \(known)")
      }
      scopes.insert(scope)
    }
    return (String(label[..<open]), scopes)
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
