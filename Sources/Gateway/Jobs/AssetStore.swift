import Bytes
import Evidence
import HTTPTypes
import Hummingbird
import Moderation
import PKI
import StrictJSON

/// Released pictures that were asked for by address: an address holds 256 bits of randomness and is
/// good for an hour, as it is fetched without a key.
struct AssetStore: Sendable {
  static let kind = "asset"
  static let lifetimeSeconds: Int64 = 3600

  let workspace: Workspace
  let records: RecordStore
  let consents: ConsentRegistry?
  var clock: @Sendable () -> Int64 = WallClock.seconds
  private let files = FileIO()

  init(
    workspace: Workspace, records: RecordStore, consents: ConsentRegistry? = nil,
    clock: @escaping @Sendable () -> Int64 = WallClock.seconds
  ) {
    self.workspace = workspace
    self.records = records
    self.consents = consents
    self.clock = clock
  }

  func add(to router: Router<GatewayContext>) {
    router.serve("files/:name", [.get: serve])
  }

  /// Moves a released file behind an address of its own.
  func publish(
    _ path: String, suffix: String, mediaType: String, subject: Subject, request: Request
  ) async throws -> String {
    let name = "\(Hex.encode(SecureRandom.bytes(32))).\(suffix)"
    try workspace.move(path, to: self.path(name))
    try await records.insert(
      AssetStore.kind, name, tenant: subject.tenant,
      [
        "media_type": .string(mediaType),
        "consents": .array(subject.consentRecords.sorted().map(JSONValue.string)),
      ],
      expiresAt: clock() + AssetStore.lifetimeSeconds)
    let host = request.head.authority ?? "localhost"
    let scheme = request.headers[.forwardedProto] == "https" ? "https" : "http"
    return "\(scheme)://\(host)/files/\(name)"
  }

  func path(_ name: String) -> String { "\(workspace.root)/released/\(name)" }

  private func serve(_ request: Request, _ context: GatewayContext) async throws -> Response {
    let name = try context.parameters.require("name")
    // Names are looked up before they touch the disk: no path of a caller's is ever opened.
    guard let record = try await records.record(AssetStore.kind, name),
      let expiry = record.expiresAt, expiry > clock(),
      let source = try? FileByteSource(path: path(record.id))
    else {
      throw APIError(.notFound, "There is no such file, or it has expired.", code: "not_found")
    }
    let rests = (record.document["consents"]?.array ?? []).compactMap(\.string)
    try await consents?.check(
      Subject(tenant: record.tenant, consentRecords: Set(rests)), asset: record.id)
    return Response(
      status: .ok,
      headers: [
        .contentType: record.document["media_type"]?.string ?? "application/octet-stream",
        .contentLength: String(source.count), .cacheControl: "private",
      ], body: try await files.loadFile(path: path(record.id), context: context))
  }
}

extension HTTPField.Name {
  static let forwardedProto = HTTPField.Name("x-forwarded-proto")!
}
