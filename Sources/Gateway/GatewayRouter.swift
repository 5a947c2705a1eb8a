import Hummingbird
import StrictJSON

/// The gateway's routes with their middleware, apart from any listening socket.
enum GatewayRouter {
  static func make(
    service: VideoService, keys: APIKeys, records: RecordStore,
    limiter: RequestLimiter = RequestLimiter()
  ) -> Router<GatewayContext> {
    let router = Router(context: GatewayContext.self, options: [.autoGenerateHeadEndpoints])
    router.add(middleware: EnvelopeMiddleware())
    router.serve("healthz", [.get: { _, _ in Response(json: ["status": "ok"]) }])
    let api = router.group("v1").add(middleware: KeyMiddleware(keys: keys))
      .add(middleware: LimitMiddleware(limiter: limiter))
    VideoRoutes(service: service).add(to: api)
    CharacterRoutes(service: service, records: records).add(to: api)
    return router
  }
}
