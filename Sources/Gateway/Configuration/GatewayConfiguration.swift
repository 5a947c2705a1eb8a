import Bytes
public import Labels
public import Logging
public import Moderation
import Policy
public import RemoteChecks
import StrictJSON

/// All that `assay serve` can be told. Each field has a default; `assay.json`, then `ASSAY_*`
/// variables, then flags override it.
public struct GatewayConfiguration: Equatable, Sendable {
  /// Where clips come from.
  public enum Core: Equatable, Sendable {
    /// Assay's own renderer.
    case builtIn
    /// The base URL of a server with OpenAI's `/v1/videos`.
    case upstream(String)
    /// The base URL of another kind of server.
    case foreign(Dialect, String)
  }

  /// Servers that are not OpenAI-shaped; written in front of the URL, as in `veo+https://…`.
  public enum Dialect: String, CaseIterable, Sendable {
    case veo, fal, replicate, comfyui
  }

  public enum LogFormat: String, CaseIterable, Sendable { case text, json }

  /// A field that can be set in a file, a variable or a flag.
  public enum Field: String, CaseIterable, Sendable {
    case host, port, data, keys, policies, models
    case apiKeys = "api_keys"
    case auditorKeys = "auditor_keys"
    case core
    case coreKey = "core_key"
    case coreName = "core_name"
    case coreModel = "core_model"
    case coreWorkflow = "core_workflow"
    case coreVersion = "core_version"
    case coreSourceType = "core_source_type"
    case knownMedia = "known_media"
    case labels
    case labelProducer = "label_producer"
    case soundMark = "sound_mark"
    case disclosureText = "disclosure_text"
    case disclosureRecording = "disclosure_recording"
    case media
    case concurrency
    case requestsPerMinute = "requests_per_minute"
    case concurrentRequests = "concurrent_requests"
    case waitingJobs = "waiting_jobs"
    case privateWebhooks = "private_webhooks"
    case verifyURLs = "verify_urls"
    case twoPersonRelease = "two_person_release"
    case strikesWarning = "strikes_warning"
    case strikesDeactivation = "strikes_deactivation"
    case connections
    case idleSeconds = "idle_seconds"
    case tlsCertificate = "tls_certificate"
    case tlsKey = "tls_key"
    case logOrigin = "log_origin"
    case timeStampAuthority = "tsa"
    case policyLayers = "policy_layers"
    case tenants
    case remoteChecks = "remote_checks"
    case witnesses
    case logFormat = "log_format"
    case logLevel = "log_level"

    public var variable: String { "ASSAY_\(rawValue.uppercased())" }
  }

  public var host = "127.0.0.1"
  public var port = 8080
  /// Folder of all that is written: jobs, log, quarantine, released clips.
  public var data = ".assay"
  /// Folder of signing keys and trust.
  public var keys = "Keys"
  public var policies = "Policies"
  public var models = ".models"
  /// `name=key` or `key`, comma-separated; empty means that one is made and printed.
  public var apiKeys = ""
  /// `name=key` or `name:payloads+records=key`, comma-separated: who may ask `/v1/audit`.
  public var auditorKeys = ""
  public var core = Core.builtIn
  public var coreKey: String?
  /// What the manifests say of an upstream core.
  public var coreName = "Remote video model"
  public var coreVersion = "unknown"
  /// The model that Veo's and Replicate's servers are asked for.
  public var coreModel: String?
  /// ComfyUI's graph, a JSON file.
  public var coreWorkflow: String?
  /// What the manifests say an upstream core makes.
  public var coreSourceType = DigitalSourceTerm.trainedAlgorithmicMedia
  /// Lists of known media that uploads and outputs are held against.
  public var knownMedia = KnownMediaLists()
  /// The machine-readable labels that outputs carry beside their manifests.
  public var labels = LabelPolicy()
  /// Whether sounds are delivered with the invisible mark, too.
  public var soundMark = false
  /// What is said before recordings where the policy's `marking.audible` is `spoken`.
  public var disclosure = DisclosureWords.standard
  /// The executable `assay-media`; empty means the one beside this executable.
  public var media = ""
  /// Jobs that run at the same time.
  public var concurrency = JobRunner.defaultConcurrency
  /// What one API key may ask for in a minute, and at the same time.
  public var requestsPerMinute = RequestLimiter.defaultRequestsPerMinute
  public var concurrentRequests = RequestLimiter.defaultConcurrentRequests
  /// Unfinished videos that one API key may have.
  public var waitingJobs = VideoService.maximumWaitingJobs
  /// Whether webhooks may go to addresses of private networks.
  public var privateWebhooks = false
  /// Whether the verify page fetches files from addresses that visitors name.
  public var verifyURLs = false
  /// Whether a held video is released by two reviewers only.
  public var twoPersonRelease = false
  /// Refusals of one end user within 30 days that bring a warning, and that close the door; a warning
  /// at 0 turns both off.
  public var strikesWarning = 5
  public var strikesDeactivation = 20
  /// Connections at the same time; more wait to be accepted.
  public var connections = 4096
  /// A connection on which nothing moves for so long is closed.
  public var idleSeconds = 75
  /// PEM files; with both, the gateway speaks HTTPS only.
  public var tlsCertificate: String?
  public var tlsKey: String?

  /// The audit log's identity: the first line of its checkpoints (C2SP tlog-checkpoint). Nil means
  /// the name that the key folder's `log.vkey` gives it.
  public var logOrigin: String?
  /// URL of an RFC 3161 authority that says when clips were signed; nil asks none.
  public var timeStampAuthority: String?
  /// A policy file (C2SP tlog-policy) that names who is asked to cosign the log's checkpoints.
  public var witnesses: String?

  /// How the server's own log is written: for people, or one JSON object a line.
  public var logFormat = LogFormat.text
  public var logLevel = Logger.Level.info

  /// The policies below the floor that everybody is under, in order.
  public var policyLayers = PolicySet.standardLayers
  /// What is said of single tenants; an object in the file.
  public var tenants = TenantProfiles()
  /// Classifiers on other machines; a list in the file.
  public var remoteChecks = RemoteCheckList()

  public init() {}

  /// The configuration in force.
  ///
  /// - Parameters:
  ///   - file: path of the JSON file; one that was not asked for may be missing.
  ///   - isRequired: whether a missing file is an error.
  ///   - flags: what the command line says; wins over all.
  /// - Throws: `StartupError` that names the field and where its value came from.
  public static func load(
    file: String = "assay.json", isRequired: Bool = false, environment: [String: String] = [:],
    flags: [Field: String] = [:]
  ) throws(StartupError) -> GatewayConfiguration {
    var configuration = GatewayConfiguration()
    for (field, value) in try values(inFile: file, isRequired: isRequired) {
      try configuration.set(field, value, source: "\(file), field '\(field.rawValue)'")
    }
    for field in Field.allCases {
      if let value = environment[field.variable] {
        try configuration.set(field, value, source: field.variable)
      }
    }
    for field in Field.allCases {
      if let value = flags[field] {
        let flag = field.rawValue.replacing("_", with: "-")
        try configuration.set(field, value, source: "--\(flag)")
      }
    }
    guard !configuration.labels.fields.contains(.aigc) || !configuration.labels.producer.isEmpty
    else {
      throw StartupError(
        .usage, "The label 'aigc' names who made the content: set label_producer, too.")
    }
    try configuration.knownMedia.look(into: configuration.data)
    // Lists without the policy that acts on them would be asked for nothing.
    if !configuration.knownMedia.isEmpty,
      !configuration.policyLayers.contains(KnownMediaLists.policy)
    {
      configuration.policyLayers.append(KnownMediaLists.policy)
    }
    return configuration
  }

  private mutating func set(
    _ field: Field, _ value: String, source: String
  ) throws(StartupError) {
    switch field {
    case .host: host = try GatewayConfiguration.nonEmpty(value, source)
    case .port:
      port = try GatewayConfiguration.number(value, in: 0...65_535, source)
    case .data: data = try GatewayConfiguration.path(value, source)
    case .keys: keys = try GatewayConfiguration.path(value, source)
    case .policies: policies = try GatewayConfiguration.path(value, source)
    case .models: models = try GatewayConfiguration.path(value, source)
    case .apiKeys:
      do {
        _ = try APIKeys(parsing: value)
      } catch {
        throw StartupError(.usage, "\(source): \(error).")
      }
      apiKeys = value
    case .auditorKeys:
      do {
        _ = try AuditorKeys(parsing: value)
      } catch {
        throw StartupError(.usage, "\(source): \(error).")
      }
      auditorKeys = value
    case .core:
      if value == "builtin" {
        core = .builtIn
      } else if value.hasPrefix("http://") || value.hasPrefix("https://"), !value.contains(" ") {
        core = .upstream(value)
      } else if let plus = value.firstIndex(of: "+"),
        let dialect = Dialect(rawValue: String(value[..<plus])), !value.contains(" "),
        AddressGuard.host(of: String(value[value.index(after: plus)...])) != nil
      {
        var base = String(value[value.index(after: plus)...])
        while base.hasSuffix("/") { base.removeLast() }
        core = .foreign(dialect, base)
      } else {
        throw StartupError(
          .usage,
          "\(source): '\(value)' is no core. Use 'builtin', or the base URL of a server with "
            + "/v1/videos, such as http://127.0.0.1:8000/v1; 'veo+', 'fal+', 'replicate+' or "
            + "'comfyui+' in front of the URL names another kind of server.")
      }
    case .coreKey: coreKey = value.isEmpty ? nil : value
    case .timeStampAuthority:
      guard HTTPTimeStamper(url: value) != nil else {
        throw StartupError(.usage, "\(source) must be an http or https URL.")
      }
      timeStampAuthority = value
    case .coreName: coreName = try GatewayConfiguration.nonEmpty(value, source)
    case .coreModel: coreModel = try GatewayConfiguration.nonEmpty(value, source)
    case .coreWorkflow: coreWorkflow = try GatewayConfiguration.path(value, source)
    case .coreVersion: coreVersion = try GatewayConfiguration.nonEmpty(value, source)
    case .coreSourceType: coreSourceType = try GatewayConfiguration.word(value, source)
    case .knownMedia: knownMedia = try KnownMediaLists(parsing: value)
    case .labels:
      labels.fields = []
      for name in value.split(separator: ",") where value != "none" {
        labels.fields.insert(try GatewayConfiguration.word(String(name), source))
      }
    case .labelProducer: labels.producer = try GatewayConfiguration.nonEmpty(value, source)
    case .media: media = try GatewayConfiguration.path(value, source)
    case .policyLayers:
      policyLayers = value.split(separator: ",").map {
        String($0.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
      }
    case .tenants:
      let json = try GatewayConfiguration.json(value, source)
      do {
        tenants = try TenantProfiles(json: json)
      } catch {
        throw StartupError(.usage, "\(source): \(error.sentence).")
      }
    case .remoteChecks:
      let json = try GatewayConfiguration.json(value, source)
      do {
        remoteChecks = try RemoteCheckList(json: json)
      } catch {
        throw StartupError(.usage, "\(source): \(error.sentence).")
      }
    case .logOrigin: logOrigin = try GatewayConfiguration.nonEmpty(value, source)
    case .witnesses: witnesses = try GatewayConfiguration.path(value, source)
    case .logFormat: logFormat = try GatewayConfiguration.word(value, source)
    case .logLevel: logLevel = try GatewayConfiguration.word(value, source)
    case .concurrency: concurrency = try GatewayConfiguration.number(value, in: 1...64, source)
    case .requestsPerMinute:
      requestsPerMinute = try GatewayConfiguration.number(value, in: 1...100_000_000, source)
    case .concurrentRequests:
      concurrentRequests = try GatewayConfiguration.number(value, in: 1...1_000_000, source)
    case .privateWebhooks: privateWebhooks = try GatewayConfiguration.flag(value, source)
    case .verifyURLs: verifyURLs = try GatewayConfiguration.flag(value, source)
    case .strikesWarning:
      strikesWarning = try GatewayConfiguration.number(value, in: 0...1_000_000, source)
    case .strikesDeactivation:
      strikesDeactivation = try GatewayConfiguration.number(value, in: 1...1_000_000, source)
    case .soundMark: soundMark = try GatewayConfiguration.flag(value, source)
    case .disclosureText: disclosure = .text(try GatewayConfiguration.sayable(value, source))
    case .disclosureRecording:
      disclosure = .recording(try GatewayConfiguration.path(value, source))
    case .twoPersonRelease: twoPersonRelease = try GatewayConfiguration.flag(value, source)
    case .connections:
      connections = try GatewayConfiguration.number(value, in: 1...1_000_000, source)
    case .idleSeconds:
      idleSeconds = try GatewayConfiguration.number(value, in: 1...86_400, source)
    case .tlsCertificate: tlsCertificate = try GatewayConfiguration.path(value, source)
    case .tlsKey: tlsKey = try GatewayConfiguration.path(value, source)
    case .waitingJobs:
      waitingJobs = try GatewayConfiguration.number(value, in: 1...1_000_000, source)
    }
  }

  private static func nonEmpty(_ value: String, _ source: String) throws(StartupError) -> String {
    guard !value.isEmpty else { throw StartupError(.usage, "\(source) is empty; give a value.") }
    return value
  }

  private static func json(_ value: String, _ source: String) throws(StartupError) -> JSONValue {
    do {
      return try JSONValue.parse(Array(value.utf8))
    } catch {
      throw StartupError(.usage, "\(source): \(error).")
    }
  }

  private static func path(_ value: String, _ source: String) throws(StartupError) -> String {
    var path = try nonEmpty(value, source)
    guard !path.utf8.contains(0) else {
      throw StartupError(.usage, "\(source) holds a NUL character; give a path.")
    }
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    return path
  }

  private static func word<Word: RawRepresentable & CaseIterable>(
    _ value: String, _ source: String
  ) throws(StartupError) -> Word where Word.RawValue == String {
    guard let word = Word(rawValue: value) else {
      let known = Word.allCases.map(\.rawValue).joined(separator: ", ")
      throw StartupError(.usage, "\(source): '\(value)' is none of \(known).")
    }
    return word
  }

  /// A text that the built-in voice can read.
  private static func sayable(_ value: String, _ source: String) throws(StartupError) -> String {
    guard (1...DisclosureWords.maximumCharacters).contains(value.unicodeScalars.count),
      value.unicodeScalars.allSatisfy({ $0.isASCII && $0.value >= 32 }),
      value.contains(where: \.isLetter)
    else {
      throw StartupError(
        .usage,
        "\(source): the built-in voice says up to \(DisclosureWords.maximumCharacters) ASCII "
          + "characters, in English. For another language, name a recording in "
          + "disclosure_recording.")
    }
    return value
  }

  private static func flag(_ value: String, _ source: String) throws(StartupError) -> Bool {
    switch value {
    case "true": return true
    case "false": return false
    default: throw StartupError(.usage, "\(source): '\(value)' is neither true nor false.")
    }
  }

  private static func number(
    _ value: String, in range: ClosedRange<Int>, _ source: String
  ) throws(StartupError) -> Int {
    guard let number = Int(value), range.contains(number) else {
      throw StartupError(
        .usage,
        "\(source): '\(value)' is no number from \(range.lowerBound) to \(range.upperBound).")
    }
    return number
  }

  private static func values(
    inFile file: String, isRequired: Bool
  ) throws(StartupError) -> [(Field, String)] {
    let text: [UInt8]
    do {
      text = try FileByteSource.contents(of: file, limit: 1 << 20)
    } catch {
      if error.isMissing, !isRequired { return [] }
      throw StartupError(.cannotRead, "\(error). Name a configuration file that can be read.")
    }
    let json: JSONValue
    do {
      json = try JSONValue.parse(text)
    } catch {
      throw StartupError(.usage, "\(file), \(error).")
    }
    guard case .object(let members) = json else {
      throw StartupError(.usage, "\(file) must hold one JSON object.")
    }
    var values: [(Field, String)] = []
    for member in members {
      guard let field = Field(rawValue: member.name) else {
        let known = Field.allCases.map(\.rawValue).joined(separator: ", ")
        throw StartupError(
          .usage, "\(file): the field '\(member.name)' is not known. Known are: \(known).")
      }
      switch (field, member.value) {
      case (_, .string(let text)): values.append((field, text))
      case (.privateWebhooks, .bool(let isOn)), (.twoPersonRelease, .bool(let isOn)),
        (.verifyURLs, .bool(let isOn)), (.soundMark, .bool(let isOn)):
        values.append((field, String(isOn)))
      case (.port, .integer(let number)), (.concurrency, .integer(let number)),
        (.requestsPerMinute, .integer(let number)),
        (.connections, .integer(let number)), (.strikesWarning, .integer(let number)),
        (.strikesDeactivation, .integer(let number)), (.idleSeconds, .integer(let number)),
        (.concurrentRequests, .integer(let number)),
        (.waitingJobs, .integer(let number)):
        values.append((field, String(number)))
      case (.tenants, .object), (.remoteChecks, .array):
        values.append((field, member.value.compact))
      case (.apiKeys, .array(let items)), (.auditorKeys, .array(let items)),
        (.policyLayers, .array(let items)), (.labels, .array(let items)),
        (.knownMedia, .array(let items)):
        let keys = items.compactMap(\.string)
        guard keys.count == items.count else { fallthrough }
        values.append((field, keys.joined(separator: ",")))
      default:
        throw StartupError(
          .usage, "\(file): the field '\(member.name)' has a value of the wrong type.")
      }
    }
    return values
  }
}

extension FileError {
  /// No such file (`ENOENT` is 2 on every Linux).
  fileprivate var isMissing: Bool { errorNumber == 2 }
}
