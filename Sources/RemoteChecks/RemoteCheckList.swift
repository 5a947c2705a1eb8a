public import Policy
public import StrictJSON

/// What the configuration says of remote checks: `remote_checks` in `assay.json`, a list of
/// `{"name", "kind", "url", "key", "model", "timeout_ms", "scores"}`.
public struct RemoteCheckList: Equatable, Sendable {
  enum Kind: String, CaseIterable, Sendable {
    case openAI = "openai_moderations"
    case guardModel = "guard_model"
    case shieldGemma = "shield_gemma"
    case policyMonitor = "policy_monitor"
    case describer
    case transcriptions
    case webhook

    /// Where `timeout_ms` says nothing. A person waits for a text's verdict; words about a picture
    /// and a minute of sound take a model seconds.
    var timeoutMilliseconds: Int {
      switch self {
      case .openAI, .guardModel, .shieldGemma, .webhook: 4_000
      case .policyMonitor, .describer: 15_000
      case .transcriptions: 30_000
      }
    }

    /// How many of one kind make sense.
    var isSingle: Bool { self == .describer || self == .transcriptions }
  }

  struct Entry: Equatable, Sendable {
    let settings: RemoteService.Settings
    let kind: Kind
    let model: String?
    /// What a webhook answers; which harm a ShieldGemma is asked about.
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
      guard !entry.kind.isSingle || !entries.contains(where: { $0.kind == entry.kind }) else {
        throw Failure(sentence: "there can be one remote check of kind \(entry.kind.rawValue)")
      }
      entries.append(entry)
    }
    self.entries = entries
  }

  /// Those that give scores, ready to be asked over HTTP.
  public func checks() -> [RemoteCheck] { checks(transport: HTTPTransport()) }

  /// Who describes pictures; nil when nobody is named.
  public func describer() -> RemoteDescriber? { describer(transport: HTTPTransport()) }

  /// Who hears sound in the place of the local model; nil when nobody is named.
  public func transcriber() -> RemoteTranscriber? { transcriber(transport: HTTPTransport()) }

  func checks(transport: any RemoteTransport) -> [RemoteCheck] {
    entries.compactMap { entry in
      adapter(of: entry).map {
        RemoteCheck(RemoteService(entry.settings, transport: transport), adapter: $0)
      }
    }
  }

  private func adapter(of entry: Entry) -> (@Sendable (PolicySet?) -> any RemoteAdapter)? {
    switch entry.kind {
    case .openAI:
      { _ in OpenAIModerationAdapter(model: entry.model ?? OpenAIModerationAdapter.defaultModel) }
    case .guardModel: { _ in GuardModelAdapter(model: entry.model ?? "llama-guard-3-8b") }
    case .shieldGemma:
      { _ in
        ShieldGemmaAdapter(model: entry.model ?? "shieldgemma-2b", category: entry.scores[0])
      }
    case .policyMonitor: { PolicyMonitorAdapter(model: entry.model ?? "", policy: $0) }
    case .webhook: { _ in WebhookAdapter(scores: entry.scores) }
    case .describer, .transcriptions: nil
    }
  }

  func describer(transport: any RemoteTransport) -> RemoteDescriber? {
    entries.first { $0.kind == .describer }.map {
      RemoteDescriber(
        RemoteService($0.settings, transport: transport), model: $0.model ?? "")
    }
  }

  func transcriber(transport: any RemoteTransport) -> RemoteTranscriber? {
    entries.first { $0.kind == .transcriptions }.map {
      RemoteTranscriber(
        RemoteService($0.settings, transport: transport), model: $0.model ?? "whisper-1")
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
    let timeout = json["timeout_ms"].map { $0.integer ?? 0 } ?? kind.timeoutMilliseconds
    guard (1...60_000).contains(timeout) else {
      throw Failure(sentence: "the timeout_ms of the remote check '\(name)' is not 1 to 60000")
    }
    let scores = json["scores"]?.array?.compactMap(\.string) ?? []
    guard kind != .webhook || !scores.isEmpty else {
      throw Failure(sentence: "the webhook '\(name)' needs scores: the names that it answers")
    }
    let harms = ShieldGemmaAdapter.guidelines.keys.sorted()
    guard kind != .shieldGemma || scores.count == 1 && harms.contains(scores[0]) else {
      throw Failure(
        sentence: "the ShieldGemma '\(name)' is asked about one harm: scores is a list of one of "
          + harms.joined(separator: ", "))
    }
    guard kind != .policyMonitor && kind != .describer || json["model"]?.string != nil else {
      throw Failure(sentence: "the remote check '\(name)' needs the name of its model")
    }
    return Entry(
      settings: RemoteService.Settings(
        name: name, url: url, key: json["key"]?.string, timeout: .milliseconds(timeout)),
      kind: kind, model: json["model"]?.string, scores: scores)
  }
}
