public import AuditStore
import HTTPTypes
import Hummingbird
public import Logging
import MerkleLog
import NIOCore

/// A small witness for other people's logs (C2SP tlog-witness): `POST /add-checkpoint`, and
/// `GET /<SHA-256 of the origin>/checkpoint`.
public struct WitnessServer: Sendable {
  private let application: Application<RouterResponder<BasicRequestContext>>

  /// - Parameters:
  ///   - now: POSIX seconds.
  ///   - listening: takes the port once it is listened on.
  public init(
    store: WitnessStore, host: String, port: Int, logger: Logger = Logger(label: "witness"),
    now: @escaping @Sendable () -> UInt64,
    listening: @escaping @Sendable (Int) -> Void = { _ in }
  ) {
    let router = Router(context: BasicRequestContext.self)
    router.post("add-checkpoint") { request, _ -> Response in
      let body = try await request.body.collect(upTo: WitnessRequest.byteLimit)
      let answer = try await store.add(Array(body.readableBytesView), time: now())
      return Response(
        status: HTTPResponse.Status(code: answer.status),
        headers: [.contentType: answer.contentType],
        body: .init(byteBuffer: ByteBuffer(bytes: answer.body)))
    }
    router.get(":digest/checkpoint") { _, context -> Response in
      let digest = try context.parameters.require("digest")
      guard let note = try await store.checkpoint(digest: digest) else {
        throw HTTPError(.notFound)
      }
      return Response(
        status: .ok,
        headers: [.contentType: "text/plain; charset=utf-8", .cacheControl: "no-cache"],
        body: .init(byteBuffer: ByteBuffer(bytes: note)))
    }
    application = Application(
      router: router, configuration: .init(address: .hostname(host, port: port)),
      onServerRunning: { if let port = $0.localAddress?.port { listening(port) } }, logger: logger)
  }

  /// Serves until SIGTERM or SIGINT.
  public func run() async throws { try await application.runService() }
}
