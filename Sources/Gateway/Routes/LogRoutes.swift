import Bytes
import Glibc
import HTTPTypes
import Hummingbird
import MerkleLog
import PKI

/// `/log/…`: the audit log as plain files (C2SP tlog-tiles), for any monitor, without a key. Entries
/// hold no personal data; payloads are not among these files.
struct LogRoutes: Sendable {
  /// The log's folder.
  let folder: String

  func add(to router: Router<GatewayContext>) {
    let group = router.group("log")
    group.serve(
      "checkpoint",
      [
        .get: { request, _ in
          try file("checkpoint", request, type: Self.text, caching: "no-cache")
        }
      ])
    group.serve(
      "vkey",
      [.get: { request, _ in try file("vkey", request, type: Self.text, caching: "max-age=3600") }])
    group.serve("tile/**", [.get: { request, context in try tile("tile", request, context) }])
    // The short name of `tile/entries`.
    group.serve(
      "entries/**", [.get: { request, context in try tile("tile/entries", request, context) }])
  }

  private static let text = "text/plain; charset=utf-8"

  private func tile(
    _ prefix: String, _ request: Request, _ context: GatewayContext
  ) throws -> Response {
    let name = ([prefix] + context.parameters.getCatchAll().map(String.init)).joined(separator: "/")
    // The strict reading of the name is what keeps the request inside the folder.
    guard let path = TilePath(name) else { throw LogRoutes.noFile }
    return try file(
      path.description, request, type: "application/octet-stream",
      caching: "public, max-age=31536000, immutable")
  }

  private static let noFile = APIError(
    .notFound, "The log has no such file.", code: "not_found")

  private func file(
    _ name: String, _ request: Request, type: String, caching: String
  ) throws -> Response {
    let path = "\(folder)/\(name)"
    guard access(path, F_OK) == 0 else { throw LogRoutes.noFile }
    // Small: a full bundle has at most 256 entries of 4 KiB.
    let bytes = try FileByteSource.contents(of: path, limit: 32 << 20)
    // A monitor asks for the checkpoint again and again; mostly it has it (RFC 9110 section 8.8.3).
    let tag = "\"\(Hex.encode(Array(HashAlgorithm.sha256.digest(bytes).prefix(16))))\""
    let headers: HTTPFields = [.contentType: type, .cacheControl: caching, .eTag: tag]
    if let known = request.headers[.ifNoneMatch], VideoRoutes.lists(known, tag) {
      return Response(status: .notModified, headers: headers)
    }
    return Response(
      status: .ok, headers: headers,
      body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
  }
}
