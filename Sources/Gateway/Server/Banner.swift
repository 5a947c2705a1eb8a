import Classifiers
import Evidence
import Moderation
import Policy

/// What an operator reads when the gateway is up: where, with what, by which rules.
struct Banner: Sendable {
  let configuration: GatewayConfiguration
  let policies: PolicyShelf
  /// All parts, in the order that they are shown in.
  let models: [(part: ModelStore.Part, state: ModelStore.State)]
  let keys: APIKeys
  let madeFiles: [String]
  let newKey: String?
  let data: DataFolder
  let verifierKey: String
  /// What keeps the media process from working.
  var mediaProblem: String?

  func lines(port: Int?) -> [String] {
    let scheme = configuration.tlsCertificate == nil ? "http" : "https"
    let place = "\(scheme)://\(configuration.host):\(port ?? configuration.port)"
    var lines = ["Assay listens on \(place) (OpenAI clients: base_url=\(place)/v1)"]
    lines.append("  core      \(core)")
    var shown: Set<PolicyIdentity> = []
    for (tenant, set) in policies.all {
      for identity in set.identities where shown.insert(identity).inserted {
        lines.append(
          "  policy    \(identity.name) \(identity.version), sha256 \(identity.sha256)"
            + (tenant.map { " (for \($0))" } ?? ""))
      }
    }
    lines.append("  data      \(data.path)")
    lines.append("  log       \(verifierKey)")
    if let newKey {
      lines.append("  API key   \(newKey)   (made now; kept in \(data.apiKey))")
    } else if configuration.apiKeys.isEmpty {
      lines.append("  API key   the one in \(data.apiKey)")
    } else {
      lines.append("  API keys  of \(keys.tenants.joined(separator: ", "))")
    }
    lines += madeFiles.map { "  made      \($0)" }
    lines += modelLines
    if let mediaProblem {
      lines.append(
        "  WARNING   assay-media does not work here (\(mediaProblem)): uploads are refused and clips "
          + "held. 'assay-media selftest' says more.")
    }
    for line in policies.all.flatMap({ $0.set.banner }) where !lines.contains("  WARNING   \(line)")
    {
      lines.append("  WARNING   \(line)")
    }
    return lines
  }

  private var core: String {
    switch configuration.core {
    case .builtIn: "built-in renderer"
    case .upstream(let base): "\(configuration.coreName) at \(base)"
    case .foreign(let dialect, let base):
      "\(configuration.coreName) at \(base), spoken to as \(dialect.rawValue)"
    }
  }

  private var modelLines: [String] {
    var present: [String] = []
    var absent: [(reason: String, parts: [String])] = []
    for (part, state) in models {
      switch state {
      case .installed: present.append(part.rawValue)
      case .missing(let why), .unreadable(let why):
        if let index = absent.firstIndex(where: { $0.reason == why }) {
          absent[index].parts.append(part.rawValue)
        } else {
          absent.append((why, [part.rawValue]))
        }
      }
    }
    let list = present.isEmpty ? "none" : present.joined(separator: ", ")
    return ["  models    \(list)"]
      + absent.map { reason, parts in
        "  WARNING   \(parts.joined(separator: ", ")) cannot answer: \(reason). What they would "
          + "check is unknown: requests and clips are held, never released, unless a policy says "
          + "otherwise."
      }
  }
}
