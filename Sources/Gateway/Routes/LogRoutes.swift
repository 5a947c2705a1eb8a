import Bytes
import Glibc
import HTTPTypes
import Hummingbird
import MerkleLog

/// `/log/…`: the audit log as plain files (C2SP tlog-tiles), for any monitor, without a key. Entries
/// hold no personal data; payloads are not among these files.
struct LogRoutes: Sendable {
  /// The log's folder.
  let folder: String

  func add(to router: Router<GatewayContext>) {
    let group = router.group("log")
    group.serve(
      "checkpoint",
      [.get: { _, _ in try file("checkpoint", type: Self.text, caching: "no-cache") }])
    group.serve(
      "vkey", [.get: { _, _ in try file("vkey", type: Self.text, caching: "max-age=3600") }])
    group.serve("tile/**", [.get: { _, context in try tile("tile", context) }])
    // The short name of `tile/entries`.
    group.serve("entries/**", [.get: { _, context in try tile("tile/entries", context) }])
  }

  private static let text = "text/plain; charset=utf-8"

  private func tile(_ prefix: String, _ context: GatewayContext) throws -> Response {
    let name = ([prefix] + context.parameters.getCatchAll().map(String.init)).joined(separator: "/")
    // The strict reading of the name is what keeps the request inside the folder.
    guard let path = TilePath(name) else { throw HTTPError(.notFound) }
    return try file(
      path.description, type: "application/octet-stream",
      caching: "public, max-age=31536000, immutable")
  }

  private func file(_ name: String, type: String, caching: String) throws -> Response {
    let path = "\(folder)/\(name)"
    guard access(path, F_OK) == 0 else { throw HTTPError(.notFound) }
    // Small: a full bundle has at most 256 entries of 4 KiB.
    let bytes = try FileByteSource.contents(of: path, limit: 32 << 20)
    return Response(
      status: .ok, headers: [.contentType: type, .cacheControl: caching],
      body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
  }
}
