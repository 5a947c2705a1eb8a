import AuditStore
import Bytes
import Classifiers
import Evidence
import Glibc
import Hummingbird
import HummingbirdCore
import Labels
public import Logging
import MediaClient
import MerkleLog
import Moderation
import NIOCore
import OutputStore
import Policy
import Provenance
import RemoteChecks
import ServiceLifecycle
import StrictJSON

/// The gateway put together: every part opened, checked, and joined to the routes.
public struct GatewayServer: Sendable {
  /// As `assay keys init` names the log.
  static let defaultLogOrigin = "assay.local/log"

  let configuration: GatewayConfiguration
  let log: AuditLog
  let application: Application<RouterResponder<GatewayContext>>

  /// Opens all parts. Each failure is a sentence that says what to do; nothing was served then.
  ///
  /// - Parameters:
  ///   - listening: takes the port once the server listens on it.
  ///   - show: takes the lines of the start-up banner then.
  public static func make(
    _ configuration: GatewayConfiguration, logger: Logger = Logger(label: "assay"),
    listening: @escaping @Sendable (Int) -> Void = { _ in },
    show: @escaping @Sendable (String) -> Void
  ) async throws(StartupError) -> GatewayServer {
    let data = DataFolder(path: configuration.data)
    let keys = try KeyFolder(path: configuration.keys).load()
    let policies = try loadPolicies(configuration)
    let media = try findMedia(configuration)
    let words = try await disclosureWords(configuration, media)
    var mediaProblem: String?
    do {
      try await media.checkReady()
    } catch {
      mediaProblem = error.code
      logger.error("media cannot be handled", metadata: ["error": "\(error)"])
    }
    let metrics = Metrics()
    try data.prepare()
    let apiKeys = try loadKeys(configuration, data)
    let log = try await openLog(data, configuration, keys)
    let outputs = try openOutputs(data)
    let records = try openRecords(data)
    let audit = try auditRoutes(
      configuration, log: log, keys: keys, outputs: outputs,
      replies: KeptReplies(records: records, root: data.path))
    let installation = InstallationLog(
      log: log, pseudonym: Pseudonym(key: keys.subjectKey), now: WallClock.milliseconds)
    do throws(AuditError) {
      try await installation.declare(policies.all)
      try await installation.declare(keys, callers: apiKeys.keys, auditors: audit.keys)
    } catch {
      throw StartupError(.tryAgain, "The log in \(data.log) cannot be written: \(error).")
    }
    let store = try openStore(data)
    let models = ModelStore(directory: configuration.models)

    let ownText = PolicyText(store: models, lexicons: policies.lexicons)
    let nudity = NudityClassifier(store: models)
    let faces = FaceClassifier(store: models)
    let reader = PictureReader(store: models)
    // The models are read before the first request: it would run into the policy's time otherwise.
    await ownText.warmUp()
    await nudity.warmUp()
    await faces.warmUp()
    await reader.warmUp()
    let remote = configuration.remoteChecks.checks()
    let text = CombinedTextChecks(local: ownText, remote: remote)
    let modelFrames = CombinedFrameChecks(
      local: PictureChecks([nudity, faces]), remote: remote)
    let known = try configuration.knownMedia.open().map {
      KnownMediaChecks($0, beside: modelFrames)
    }
    let frames: any FrameChecking = known ?? modelFrames

    var pipeline = StagedPipeline(
      core: try core(configuration, media), policies: policies, text: text, frames: frames,
      speech: configuration.remoteChecks.transcriber() ?? SpeechRecognizer(store: models),
      media: media, decisions: AuditDecisionLog(log: log, metrics: metrics),
      signer: keys.signer, trust: keys.trust, markKey: keys.markKey,
      pseudonym: Pseudonym(key: keys.subjectKey), workspace: data.workspace,
      now: WallClock.milliseconds
    ).labelling(configuration.labels).recording(in: outputs).asking(known)
      .markingSound(configuration.soundMark).disclosing(words)
      .reading(with: reader).describing(with: configuration.remoteChecks.describer())
      .warning { warning in
        logger.warning(
          "delivered with something missing",
          metadata: [
            "code": "\(warning.code.rawValue)", "job": "\(warning.asset)",
            "detail": "\(warning.sentence)",
          ])
        metrics.count("assay_seal_warnings_total", "code", warning.code.rawValue)
      }
    if let url = configuration.timeStampAuthority, let authority = HTTPTimeStamper(url: url) {
      pipeline = pipeline.stamping(by: authority)
    }

    let room = DiskRoom(path: data.path)
    let webhooks = WebhookService(
      records: records, guardian: AddressGuard(allowsPrivate: configuration.privateWebhooks),
      logger: logger)
    let enforcement = Enforcement(
      records: records, reviewing: pipeline, webhooks: webhooks,
      warningAt: configuration.strikesWarning, deactivationAt: configuration.strikesDeactivation)
    let subjects = SubjectResolver(
      profiles: configuration.tenants,
      consents: ConsentRegistry(records: records, reviewing: pipeline))
    let runner = JobRunner(
      store: store, pipeline: pipeline, concurrency: configuration.concurrency, logger: logger,
      metrics: metrics, webhooks: webhooks, enforcement: enforcement,
      consents: subjects.consents, hasRoom: { room.isEnough })
    let service = VideoService(
      workspace: data.workspace, store: store, pipeline: pipeline, notify: runner.notify,
      hasRoom: { room.isEnough }, waitingLimit: configuration.waitingJobs,
      subjects: subjects, enforcement: enforcement)
    let housekeeping = Housekeeping(
      workspace: data.workspace, store: store, records: records, logger: logger)
    // A courtesy: what cannot be deleted now is deleted at the next start.
    try? await housekeeping.deleteOrphans()
    // Once, and before the port opens: whoever asks first would wait for it.
    let modelStates = ModelStore.Part.allCases.map { (part: $0, state: models.state(of: $0)) }
    let banner = Banner(
      configuration: configuration, policies: policies, models: modelStates, keys: apiKeys.keys,
      madeFiles: keys.made, newKey: apiKeys.new, data: data, verifierKey: log.verifierKey.text,
      mediaProblem: mediaProblem)
    let watch = PolicyWatch(
      shelf: policies, text: ownText, installation: installation, logger: logger)
    let router = GatewayRouter.make(
      service: service, keys: apiKeys.keys, records: records, pieces: pipeline,
      limiter: RequestLimiter(
        requestsPerMinute: configuration.requestsPerMinute,
        concurrentRequests: configuration.concurrentRequests),
      metrics: metrics,
      operations: OperationsRoutes(
        readiness: Readiness(
          store: store, hasRoom: { room.isEnough }, mediaProblem: mediaProblem,
          missingModels: modelStates.filter { $0.state != .installed }.map(\.part.rawValue)),
        metrics: metrics, store: store),
      provenance: ProvenanceRoutes(workspace: data.workspace, trust: keys.trust, store: store),
      moderations: ModerationRoutes(
        policies: policies, text: text, frames: frames, reader: reader,
        picture: { path throws(MediaFailure) in
          try await media.picture(path, side: ModerationRoutes.imageSide)
        }),
      audit: audit, log: data.log,
      reviews: ReviewRoutes(
        service: ReviewService(
          store: store, records: records, reviewing: pipeline,
          needsTwo: configuration.twoPersonRelease, notify: runner.notify),
        workspace: data.workspace),
      webhooks: WebhookRoutes(service: webhooks),
      safety: SafetyRoutes(enforcement: enforcement), subjects: subjects,
      examining: FileExamining(
        workspace: data.workspace, outputs: outputs,
        secrets: [WatermarkSecret(keys.markKey)].compactMap(\.self), media: media,
        trust: keys.trust),
      // Strangers name these addresses: never those of the operator's own network.
      fetching: configuration.verifyURLs ? AddressGuard(allowsPrivate: false) : nil)
    let application = Application(
      router: router,
      server: try GatewayServer.transport(configuration),
      configuration: .init(
        address: .hostname(configuration.host, port: configuration.port), backlog: 1024,
        availableConnectionsDelegate: MaximumAvailableConnections(
          configuration.connections, logger: logger)),
      services: [runner, housekeeping, webhooks, watch],
      onServerRunning: { channel in
        for line in banner.lines(port: channel.localAddress?.port) { show(line) }
        if let port = channel.localAddress?.port { listening(port) }
      },
      logger: logger)
    return GatewayServer(configuration: configuration, log: log, application: application)
  }

  /// Serves until SIGTERM or SIGINT. Requests in flight end; jobs stay where their last step was
  /// stored, and the next start goes on from there.
  public func run() async throws(StartupError) {
    let result: Result<Void, any Error>
    do {
      try await application.runService()
      result = .success(())
    } catch {
      result = .failure(error)
    }
    await close()
    if case .failure(let error) = result { throw explain(error) }
  }

  /// Lets the log go. Done by `run()`.
  func close() async { try? await log.close() }

  /// Opens everything and serves.
  public static func run(
    _ configuration: GatewayConfiguration, logger: Logger? = nil,
    show: @escaping @Sendable (String) -> Void
  ) async throws(StartupError) {
    try await make(configuration, logger: logger ?? configuration.logger, show: show).run()
  }

  private func explain(_ error: any Error) -> StartupError {
    let place = "\(configuration.host):\(configuration.port)"
    switch (error as? IOError)?.errnoCode {
    case EADDRINUSE:
      return StartupError(
        .tryAgain,
        "Another program listens on \(place). Stop it, or name another port with --port or "
          + "ASSAY_PORT.")
    case EACCES:
      return StartupError(
        .usage, "This user may not listen on \(place). Name a port above 1023 with --port.")
    case EADDRNOTAVAIL:
      return StartupError(
        .usage, "This machine has no address \(configuration.host). Name another with --host.")
    default:
      return StartupError(.internalFault, "The server on \(place) ended: \(error)")
    }
  }

  // MARK: parts

  private static func core(
    _ configuration: GatewayConfiguration, _ media: MediaClient
  ) throws(StartupError) -> any GenerationCore {
    switch configuration.core {
    case .builtIn: BuiltInCore(media: media)
    case .upstream(let base):
      UpstreamVideoCore(
        base: base, key: configuration.coreKey, name: configuration.coreName,
        version: configuration.coreVersion, digitalSourceType: configuration.coreSourceType)
    case .foreign(let kind, let base):
      QueueCore(
        identity: CoreIdentity(
          name: configuration.coreName, version: configuration.coreVersion,
          digitalSourceType: configuration.coreSourceType.uri,
          isModel: configuration.coreSourceType.isModel),
        dialect: try dialect(kind, base: base, configuration), key: configuration.coreKey)
    }
  }

  private static func dialect(
    _ kind: GatewayConfiguration.Dialect, base: String, _ configuration: GatewayConfiguration
  ) throws(StartupError) -> any UpstreamDialect {
    func model() throws(StartupError) -> String {
      guard let model = configuration.coreModel else {
        throw StartupError(
          .usage, "The core '\(kind.rawValue)' needs a model: set ASSAY_CORE_MODEL.")
      }
      return model
    }
    switch kind {
    case .veo: return VeoDialect(base: base, model: try model())
    case .fal: return FalDialect(base: base)
    case .replicate: return ReplicateDialect(base: base, model: try model())
    case .comfyui:
      let path = configuration.coreWorkflow ?? "workflow.json"
      do {
        let text = try FileByteSource.contents(of: path, limit: 4 << 20)
        return ComfyUIDialect(base: base, workflow: try JSONValue.parse(text))
      } catch {
        throw StartupError(
          .cannotRead,
          "The workflow \(path) cannot be read: \(error). Export it in ComfyUI's API format, and name "
            + "it with ASSAY_CORE_WORKFLOW.")
      }
    }
  }

  private static func loadPolicies(
    _ configuration: GatewayConfiguration
  ) throws(StartupError) -> PolicyShelf {
    do {
      return try PolicyShelf(
        directory: configuration.policies, names: configuration.policyLayers,
        layers: configuration.tenants.layers)
    } catch {
      throw StartupError(
        .cannotRead,
        "The policies in \(configuration.policies) cannot be used:\n\(error)\n"
          + "Mend them ('assay policy check' shows the same), or name another folder with "
          + "--policies or ASSAY_POLICIES.")
    }
  }

  /// What is said before recordings; the operator's own recording is listened to now.
  static func disclosureWords(
    _ configuration: GatewayConfiguration, _ media: MediaClient
  ) async throws(StartupError) -> DisclosureWords {
    let words = DisclosureWords(configuration.disclosure)
    do throws(MediaFailure) {
      try await words.check(media)
    } catch {
      throw StartupError(
        .cannotRead,
        "disclosure_recording cannot be used: \(error.sentence) Name a sound file of a few seconds."
      )
    }
    return words
  }

  static func findMedia(
    _ configuration: GatewayConfiguration
  ) throws(StartupError) -> MediaClient {
    let named = configuration.media
    let client = MediaClient(executable: named.isEmpty ? nil : named)
    guard access(client.executable, X_OK) == 0 else {
      throw StartupError(
        .cannotRead,
        "There is no program \(client.executable), which reads and writes all media. Build it "
          + "(swift build --product assay-media), or name it with ASSAY_MEDIA.")
    }
    return client
  }

  private static func loadKeys(
    _ configuration: GatewayConfiguration, _ data: DataFolder
  ) throws(StartupError) -> (keys: APIKeys, new: String?) {
    do {
      if !configuration.apiKeys.isEmpty {
        return (try APIKeys(parsing: configuration.apiKeys), nil)
      }
      let (key, isNew) = try data.ownKey()
      return (
        try APIKeys(parsing: "local[create+read+moderate+fetch:manifests+review+admin]=\(key)"),
        isNew ? key : nil
      )
    } catch let error as StartupError {
      throw error
    } catch {
      throw StartupError(.usage, "The API keys cannot be used: \(error).")
    }
  }

  private static func auditRoutes(
    _ configuration: GatewayConfiguration, log: AuditLog, keys: KeyFolder.Contents,
    outputs: OutputStore, replies: KeptReplies
  ) throws(StartupError) -> (routes: AuditRoutes, keys: AuditorKeys) {
    let auditors: AuditorKeys
    do {
      auditors = try AuditorKeys(parsing: configuration.auditorKeys)
    } catch {
      throw StartupError(.usage, "The auditors' keys cannot be used: \(error).")
    }
    let pseudonym = Pseudonym(key: keys.subjectKey)
    let routes = AuditRoutes(
      log: log, outputs: outputs, replies: replies, payloadKeys: keys.payloadKeys,
      actor: { pseudonym.text(of: Subject(tenant: "auditor", endUser: $0)) },
      now: WallClock.milliseconds)
    return (routes, auditors)
  }

  private static func openLog(
    _ data: DataFolder, _ configuration: GatewayConfiguration, _ keys: KeyFolder.Contents
  ) async throws(StartupError) -> AuditLog {
    let witnesses = try loadWitnesses(configuration)
    do throws(AuditError) {
      return try await AuditLog.open(
        directory: data.log,
        origin: configuration.logOrigin ?? keys.logName ?? GatewayServer.defaultLogOrigin,
        signingKey: keys.logKey, payloadKeys: keys.payloadKeys,
        witnesses: witnesses)
    } catch {
      switch error.code {
      case .locked:
        throw StartupError(
          .tryAgain,
          "Another process has the log in \(data.log): one gateway serves a data folder. Stop it, "
            + "or name another folder with --data or ASSAY_DATA.")
      case .diskFull:
        throw StartupError(.tryAgain, "The log in \(data.log) cannot be written: \(error).")
      case .inconsistent, .wrongKey, .unreadable:
        throw StartupError(
          .cannotRead,
          "The log in \(data.log) cannot be used: \(error). Nothing is served on a log that does "
            + "not verify; see 'assay audit verify'.")
      default:
        throw StartupError(.cannotRead, "The log in \(data.log) cannot be opened: \(error).")
      }
    }
  }

  private static func openRecords(_ data: DataFolder) throws(StartupError) -> RecordStore {
    do {
      return try RecordStore(path: data.records)
    } catch {
      throw StartupError(
        .cannotRead,
        "The database \(data.records) cannot be opened: \(error). Restore it, or name another data "
          + "folder.")
    }
  }

  private static func openOutputs(_ data: DataFolder) throws(StartupError) -> OutputStore {
    do {
      return try OutputStore(path: data.outputs)
    } catch {
      throw StartupError(
        .cannotRead,
        "The records of delivered files in \(data.outputs) cannot be opened: \(error). Restore "
          + "them, or name another data folder.")
    }
  }

  private static func loadWitnesses(
    _ configuration: GatewayConfiguration
  ) throws(StartupError) -> [any LogWitness] {
    guard let path = configuration.witnesses else { return [] }
    let bytes: [UInt8]
    do {
      bytes = try FileByteSource.contents(of: path, limit: 1 << 20)
    } catch {
      throw StartupError(.cannotRead, "\(error). It names the log's witnesses.")
    }
    do throws(NoteError) {
      return try LogOverHTTP.witnesses(policy: bytes)
    } catch {
      throw StartupError(.usage, "\(path), the log's witnesses: \(error).")
    }
  }

  private static func openStore(_ data: DataFolder) throws(StartupError) -> JobStore {
    do {
      return try JobStore(path: data.jobs)
    } catch {
      throw StartupError(
        .cannotRead,
        "The job database \(data.jobs) cannot be opened: \(error). Restore it, or name another "
          + "data folder.")
    }
  }
}
