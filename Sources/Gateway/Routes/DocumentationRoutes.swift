import HTTPTypes
import Hummingbird
import NIOCore

/// The API as it is, for programs at `/openapi.json` and for people at `/docs`.
struct DocumentationRoutes: Sendable {
  func add(to router: Router<GatewayContext>) {
    router.serve(
      "openapi.json",
      [.get: { _, _ in Self.answer(OpenAPIDocument.text, "application/json") }])
    router.serve("docs", [.get: { _, _ in Self.answer(Self.page, "text/html; charset=utf-8") }])
  }

  private static func answer(_ text: String, _ type: String) -> Response {
    Response(
      status: .ok,
      headers: [
        .contentType: type,
        .contentSecurityPolicy: "default-src 'self'; script-src 'unsafe-inline'; "
          + "style-src 'unsafe-inline'",
      ], body: .init(byteBuffer: ByteBuffer(string: text)))
  }
}
