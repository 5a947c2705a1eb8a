import Bytes
import C2PA
import HTTPTypes
import Hummingbird
import Moderation
import NIOPosix
import PKI
import StrictJSON

/// `/v1/content_provenance_checks`: what a file says of where it comes from. OpenAI's shape and its
/// two kinds of result, for any issuer and for video too; and whether this gateway released the file.
struct ProvenanceRoutes: Sendable {
  let workspace: Workspace
  let trust: TrustConfiguration
  let store: JobStore

  func add(to group: RouterGroup<GatewayContext>) {
    group.serve("content_provenance_checks", [.post: check])
  }

  private func check(_ request: Request, _ context: GatewayContext) async throws -> Response {
    let id = "check_\(Hex.encode(SecureRandom.bytes(16)))"
    try workspace.prepare(id)
    defer { workspace.sweepQuarantine(id) }
    let reader = CreateBodyReader(
      workspace: workspace, job: id, fileFields: ["file": 1],
      fileLimit: CreateBodyReader.maximumClipBytes)
    let (_, files) = try await reader.readAll(request)
    guard let file = files["file"]?.first else {
      throw APIError.invalid(
        "file", "Missing required parameter: 'file'. Send a picture, a clip or a recording.",
        code: "missing_required_parameter")
    }
    let now = WallClock.seconds()
    let verifier = Verifier(trust: trust, at: now)
    let path = file.path
    let (report, digest) = try await NIOThreadPool.singleton.runIfActive {
      (try verifier.verify(path: path), try ProvenanceRoutes.digest(path))
    }
    let isOurs = try await store.isReleased(sealedHash: digest)
    return Response(
      json: [
        "object": "content_provenance_check", "created_at": .integer(Int(now)),
        "results": [
          ProvenanceRoutes.credentials(report),
          // Another company's watermark; nothing here can read it.
          ["type": "synthid", "outcome": "not_detected", "model": nil, "generated_at": nil],
          [
            "type": "audit_log", "outcome": isOurs ? "detected" : "not_detected",
            "sha256": .string(digest),
          ],
        ],
      ])
  }

  private static func credentials(_ report: VerificationReport) -> JSONValue {
    let active = report.active
    let created = active?.actions.first
    let state: String
    switch report.state {
    case .trusted: state = "trusted"
    case .valid: state = "valid"
    case .noManifest: state = "not_present"
    default: state = "invalid"
    }
    return [
      "type": "c2pa", "outcome": state == "not_present" ? "not_detected" : "detected",
      "validation_state": .string(state),
      "issuer": (active?.signer?.name).map { .string($0) } ?? .null,
      "model": (created?.softwareAgent?.name ?? active?.generators.first?.name)
        .map { .string($0) } ?? .null,
      "generated_at": (created?.when).map { .string($0) } ?? .null,
    ]
  }

  private static func digest(_ path: String) throws -> String {
    let source = try FileByteSource(path: path)
    var digest = MessageDigest(.sha256)
    var offset = 0
    while offset < source.count {
      let bytes = try source.read(offset..<min(offset + (1 << 20), source.count))
      guard !bytes.isEmpty else { break }
      digest.update(bytes)
      offset += bytes.count
    }
    return Hex.encode(digest.finalize())
  }
}
