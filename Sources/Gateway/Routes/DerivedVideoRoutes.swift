import Hummingbird
import Moderation
import StrictJSON

/// Remixes, edits and extensions, as OpenAI's clients call them.
struct DerivedVideoRoutes: Sendable {
  let service: VideoService

  func add(to group: RouterGroup<GatewayContext>) {
    group.serve("videos/edits", [.post: { try await derive($0, $1, .edit) }])
    group.serve("videos/extensions", [.post: { try await derive($0, $1, .extend) }])
    group.serve("videos/:id/remix", [.post: { try await derive($0, $1, .remix) }])
  }

  private func derive(
    _ request: Request, _ context: GatewayContext, _ operation: VideoOperation
  ) async throws -> Response {
    let id = VideoService.newID()
    try service.workspace.prepare(id)
    let body: DerivedVideoBody
    do {
      let reader = CreateBodyReader(
        workspace: service.workspace, job: id,
        fileFields: operation == .remix ? [:] : ["video": 1],
        fileLimit: CreateBodyReader.maximumClipBytes)
      let (fields, files) = try await reader.readAll(request)
      body = try DerivedVideoBody(
        fields, file: files["video"]?.first, operation: operation,
        source: operation == .remix ? try context.parameters.require("id") : nil)
    } catch {
      service.workspace.sweepQuarantine(id)
      throw error
    }
    let job = try await service.derive(
      id: id, body, operation: operation, tenant: context.tenant,
      idempotencyKey: try VideoRoutes.idempotencyKey(request),
      isRepetition: VideoRoutes.isRepetition(request))
    return VideoRoutes.answer(job)
  }
}
