public import StrictJSON

/// What the configuration says of remote checks: `remote_checks` in `assay.json`, a list of
/// `{"name", "kind", "url", "key", "model", "timeout_ms", "scores"}`.
public struct RemoteCheckList: Equatable, Sendable {
  enum Kind: String, CaseIterable, Sendable {
    case openAI = "openai_moderations"
    case guardModel = "guard_model"
    case webhook
  }

  struct Entry: Equatable, Sendable {
    let settings: RemoteCheck.Settings
    let kind: Kind
    let model: String?
    /// What a webhook answers.
    let scores: [String]
  }

  /// Why the list cannot be used; a sentence.
  public struct Failure: Error, Equatable, Sendable { public let sentence: String }

  let entries: [Entry]

  /// As the policy's `checks` names them.
  public var names: [String] { entries.map(\.settings.name) }

  /// Nobody is asked.
  public init() { entries = [] }

  /// - Throws: a sentence that names the entry and what is wrong with it.
  public init(json: JSONValue) throws(Failure) {
    guard let list = json.array else { throw Failure(sentence: "remote_checks must be a list") }
    var entries: [Entry] = []
    for item in list {
      let entry = try Self.entry(item)
      guard !entries.contains(where: { $0.settings.name == entry.settings.name }) else {
        throw Failure(sentence: "two remote checks are called '\(entry.settings.name)'")
      }
      entries.append(entry)
    }
    self.entries = entries
  }

  /// Ready to be asked over HTTP.
  public func checks() -> [RemoteCheck] { checks(transport: HTTPTransport()) }

  func checks(transport: any RemoteTransport) -> [RemoteCheck] {
    entries.map { entry in
      let adapter: any RemoteAdapter =
        switch entry.kind {
        case .openAI:
          OpenAIModerationAdapter(model: entry.model ?? OpenAIModerationAdapter.defaultModel)
        case .guardModel: GuardModelAdapter(model: entry.model ?? "llama-guard-3-8b")
        case .webhook: WebhookAdapter(scores: entry.scores)
        }
      return RemoteCheck(entry.settings, adapter: adapter, transport: transport)
    }
  }

  private static let members = ["name", "kind", "url", "key", "model", "timeout_ms", "scores"]

  private static func entry(_ json: JSONValue) throws(Failure) -> Entry {
    guard let given = json.members else {
      throw Failure(sentence: "a remote check must be an object")
    }
    if let unknown = given.first(where: { !members.contains($0.name) }) {
      throw Failure(
        sentence: "a remote check has no '\(unknown.name)'; use \(members.joined(separator: ", "))")
    }
    guard let name = json["name"]?.string, !name.isEmpty,
      name.utf8.allSatisfy({ 0x61...0x7A ~= $0 || 0x30...0x39 ~= $0 || $0 == 0x2D || $0 == 0x5F })
    else {
      throw Failure(sentence: "a remote check needs a name of letters, digits, - and _")
    }
    guard let kind = json["kind"]?.string.flatMap(Kind.init(rawValue:)) else {
      let known = Kind.allCases.map(\.rawValue).joined(separator: ", ")
      throw Failure(sentence: "the kind of the remote check '\(name)' is none of \(known)")
    }
    guard let url = json["url"]?.string,
      url.hasPrefix("http://") || url.hasPrefix("https://"), !url.contains(" ")
    else { throw Failure(sentence: "the url of the remote check '\(name)' is no http address") }
    let timeout = json["timeout_ms"].map { $0.integer ?? 0 } ?? 4000
    guard (1...60_000).contains(timeout) else {
      throw Failure(sentence: "the timeout_ms of the remote check '\(name)' is not 1 to 60000")
    }
    let scores = json["scores"]?.array?.compactMap(\.string) ?? []
    guard kind != .webhook || !scores.isEmpty else {
      throw Failure(sentence: "the webhook '\(name)' needs scores: the names that it answers")
    }
    return Entry(
      settings: RemoteCheck.Settings(
        name: name, url: url, key: json["key"]?.string, timeout: .milliseconds(timeout)),
      kind: kind, model: json["model"]?.string, scores: scores)
  }
}
