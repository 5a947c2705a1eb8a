import HTTPTypes
import Hummingbird
import Moderation
import NIOCore
import StrictJSON

/// What whoever runs the gateway asks of it, without a key: whether it lives, whether it can work, and
/// its figures. Nothing of a caller is in the answers.
struct OperationsRoutes: Sendable {
  let readiness: Readiness
  let metrics: Metrics
  let store: JobStore

  func add(to router: Router<GatewayContext>) {
    router.serve("readyz", [.get: ready])
    router.serve("metrics", [.get: figures])
  }

  private func ready(_ request: Request, _ context: GatewayContext) async throws -> Response {
    let checks = await readiness.checks()
    let isReady = checks.allSatisfy { $0.problem == nil }
    return Response(
      json: [
        "status": isReady ? "ready" : "not_ready",
        "checks": .object(
          checks.map { .init($0.name, .string($0.problem ?? "ok")) }),
      ], status: isReady ? .ok : .serviceUnavailable)
  }

  private func figures(_ request: Request, _ context: GatewayContext) async throws -> Response {
    var gauges: [(name: String, labels: [String], value: Double)] = []
    for (state, count) in try await store.counts().sorted(by: { $0.key.rawValue < $1.key.rawValue })
    {
      gauges.append(("assay_jobs", ["state", state.rawValue], Double(count)))
    }
    gauges.append(("assay_up", [], 1))
    return Response(
      status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
      body: .init(byteBuffer: ByteBuffer(string: metrics.text(gauges: gauges))))
  }
}

/// Whether all parts that a clip needs are there now.
struct Readiness: Sendable {
  struct Check: Equatable, Sendable {
    let name: String
    /// A sentence without paths or names; nil when all is well.
    let problem: String?
  }

  let store: JobStore
  let hasRoom: @Sendable () -> Bool
  /// What the media process said at the start; nil when it works.
  let mediaProblem: String?
  let missingModels: [String]

  func checks() async -> [Check] {
    var jobs: String?
    do { _ = try await store.counts() } catch { jobs = "the job database does not answer" }
    return [
      Check(name: "jobs", problem: jobs),
      Check(name: "disk", problem: hasRoom() ? nil : "the disk is full"),
      Check(name: "media", problem: mediaProblem),
      Check(
        name: "models",
        problem: missingModels.isEmpty
          ? nil : "not installed: \(missingModels.joined(separator: ", "))"),
    ]
  }
}
