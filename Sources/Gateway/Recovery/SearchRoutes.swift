import HTTPTypes
import Hummingbird
import OutputStore
import Provenance
import StrictJSON

/// `/v1/outputs/search`: which of our outputs is this file, and from which second? For whoever looks
/// after the whole installation: the answer crosses tenants.
struct SearchRoutes: Sendable {
  let examining: FileExamining
  private let gate = AdmissionGate(limit: SoftBindingRoutes.examinations)

  init(examining: FileExamining) { self.examining = examining }

  func add(to group: RouterGroup<GatewayContext>) {
    group.serve("outputs/search", [.post: search])
  }

  private func search(_ request: Request, _ context: GatewayContext) async throws -> Response {
    guard context.scopes.contains(.review) || context.scopes.contains(.admin) else {
      throw APIError(
        .forbidden, "This API key has no right to 'review'.", type: "permission_error",
        code: "insufficient_scope")
    }
    return try await gate.pass {
      try await examining.withUpload(request) { path in
        guard let copies = try await examining.copies(path, hint: nil) else {
          throw APIError(
            .unsupportedMediaType, "The file is no picture, clip or recording that can be decoded.",
            code: "unsupported_media_type")
        }
        return Response(listing: copies.map(Self.json))
      }
    }
  }

  private static func json(_ copy: OutputCopy) -> JSONValue {
    [
      "object": "output_copy", "id": .string(copy.output.asset),
      "manifest_id": .string(copy.output.manifestID), "basis": .string(copy.basis.rawValue),
      "similarity": copy.similarity.map { .integer($0) } ?? .null,
      "seconds": copy.seconds.map { .real($0) } ?? .null,
      "delivered_at": .integer(Int(copy.output.deliveredAt / 1000)),
    ]
  }
}
