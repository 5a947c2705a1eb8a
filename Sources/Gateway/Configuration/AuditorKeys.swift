import AuditStore
import Moderation

/// The keys that open `/v1/audit`. Apart from the callers' keys: who asks for clips does not read
/// about others, and who audits makes none.
struct AuditorKeys: Sendable {
  /// What a key may do besides reading the log's entries.
  enum Scope: String, CaseIterable, Sendable {
    /// Read payloads: prompts, transcripts, evidence. Each reading is a leaf.
    case payloads
    /// Erase payloads, and place and release legal holds.
    case records
  }

  struct Auditor: Equatable, Sendable {
    let name: String
    let scopes: Set<Scope>
  }

  private let keys: APIKeys
  private let scopes: [String: Set<Scope>]

  /// Nobody.
  init() { (keys, scopes) = (try! APIKeys(parsing: ""), [:]) }

  /// Parses `name=key` and `name:scope+scope=key`, comma-separated.
  init(parsing list: String) throws(APIKeys.Failure) {
    var plain: [String] = []
    var scopes: [String: Set<Scope>] = [:]
    for item in list.split(separator: ",") {
      let item = String(item.drop { $0 == " " })
      guard let equals = item.firstIndex(of: "=") else {
        throw APIKeys.Failure(description: "an auditor's key needs a name: name=key")
      }
      let parts = item[..<equals].split(
        separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      let name = String(parts.first ?? "")
      guard scopes[name] == nil else {
        throw APIKeys.Failure(description: "the auditor '\(name)' is given twice")
      }
      var allowed: Set<Scope> = []
      for word in parts.count > 1 ? parts[1].split(separator: "+") : [] {
        guard let scope = Scope(rawValue: String(word)) else {
          let known = Scope.allCases.map(\.rawValue).joined(separator: ", ")
          throw APIKeys.Failure(
            description: "the auditor '\(name)' has an unknown scope; known are: \(known)")
        }
        allowed.insert(scope)
      }
      scopes[name] = allowed
      plain.append(name + item[equals...])
    }
    keys = try APIKeys(parsing: plain.joined(separator: ","))
    self.scopes = scopes
  }

  /// As the log names them.
  func inUse(_ pseudonym: Pseudonym) -> Set<KeyInUse> {
    keys.inUse(pseudonym) { tenant in
      let scopes = (scopes[tenant] ?? []).map(\.rawValue).sorted().joined(separator: "+")
      return scopes.isEmpty ? "auditor" : "auditor[\(scopes)]"
    }
  }

  func auditor(of key: String) -> Auditor? {
    keys.tenant(of: key).map { Auditor(name: $0, scopes: scopes[$0] ?? []) }
  }
}
