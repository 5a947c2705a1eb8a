import Hummingbird
import Moderation
import StrictJSON

/// The gateway's routes with their middleware, apart from any listening socket.
enum GatewayRouter {
  static func make(
    service: VideoService, keys: APIKeys, records: RecordStore,
    pieces: (any PiecePipeline)? = nil, limiter: RequestLimiter = RequestLimiter(),
    metrics: Metrics = Metrics(), operations: OperationsRoutes? = nil,
    provenance: ProvenanceRoutes? = nil, moderations: ModerationRoutes? = nil,
    audit: (routes: AuditRoutes, keys: AuditorKeys)? = nil, log: String? = nil,
    reviews: ReviewRoutes? = nil, webhooks: WebhookRoutes? = nil, safety: SafetyRoutes? = nil,
    subjects: SubjectResolver = SubjectResolver(), examining: FileExamining? = nil,
    fetching: AddressGuard? = nil
  ) -> Router<GatewayContext> {
    let router = Router(context: GatewayContext.self, options: [.autoGenerateHeadEndpoints])
    router.add(middleware: EnvelopeMiddleware(metrics: metrics))
    router.serve("healthz", [.get: { _, _ in Response(json: ["status": "ok"]) }])
    if let log { LogRoutes(folder: log).add(to: router) }
    let api = router.group("v1").add(middleware: KeyMiddleware(keys: keys))
      .add(middleware: LimitMiddleware(limiter: limiter))
    VideoRoutes(service: service).add(to: api)
    let repetitions = Repetitions(
      kept: KeptReplies(records: records, root: service.workspace.root))
    CharacterRoutes(
      service: service, records: records, subjects: subjects, repetitions: repetitions
    ).add(to: api)
    if let consents = subjects.consents {
      ConsentRoutes(
        registry: consents, profiles: subjects.profiles, repetitions: repetitions
      ).add(to: api)
    }
    moderations?.add(to: api)
    operations?.add(to: router)
    DocumentationRoutes().add(to: router)
    provenance?.add(to: api)
    reviews?.add(to: api)
    webhooks?.add(to: api, repetitions)
    safety?.add(to: api, router)
    if let pieces {
      let gate = AdmissionGate(limit: AdmissionGate.pieces)
      let assets = AssetStore(
        workspace: service.workspace, records: records, consents: subjects.consents)
      assets.add(to: router)
      ImageRoutes(
        workspace: service.workspace, pieces: pieces, assets: assets, hasRoom: service.hasRoom,
        subjects: subjects, repetitions: repetitions, gate: gate,
        enforcement: service.enforcement
      ).add(to: api)
      AudioRoutes(
        workspace: service.workspace, pieces: pieces, hasRoom: service.hasRoom,
        subjects: subjects, repetitions: repetitions, gate: gate,
        enforcement: service.enforcement
      ).add(to: api)
    }
    if let examining {
      SoftBindingRoutes(examining: examining).add(to: api, router)
      SearchRoutes(examining: examining).add(to: api)
      VerifyRoutes(examining: examining, fetching: fetching).add(to: router)
    }
    if let audit {
      let group = router.group("v1/audit").add(middleware: AuditorMiddleware(keys: audit.keys))
      audit.routes.add(to: group)
    }
    return router
  }
}
