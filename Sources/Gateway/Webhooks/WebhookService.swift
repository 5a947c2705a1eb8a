import AsyncHTTPClient
import Bytes
import Logging
import NIOCore
import NIOHTTP1
import PKI
import ServiceLifecycle
import StrictJSON

/// Tells receivers what became of their videos: stored before it is sent, sent again with growing
/// waits until a receiver says 2xx, and written down each time.
struct WebhookService: Service {
  static let endpointKind = "webhook"
  static let deliveryKind = "delivery"
  /// Deliveries that nothing more is done about, kept to be read.
  static let doneKind = "delivery_done"
  static let types = [
    "video.completed", "video.failed", "safety.warning_issued", "safety.deactivation_issued",
  ]
  /// Seconds before each further attempt: about a day in all, as the specification advises.
  static let waits: [Int64] = [5, 60, 300, 1800, 7200, 18_000, 36_000]
  /// A receiver must answer quickly; what takes longer is work it should do later.
  static let timeout = TimeAmount.seconds(15)
  /// How long an old secret signs beside the new one.
  static let rotationSeconds: Int64 = 24 * 3600
  static let retentionSeconds: Int64 = 7 * 24 * 3600

  let records: RecordStore
  let guardian: AddressGuard
  let logger: Logger
  var clock: @Sendable () -> Int64 = WallClock.seconds

  /// Stores one delivery for each of the tenant's endpoints that wants this type.
  ///
  /// - Parameter occasion: the same occasion told twice keeps its event id, by which receivers drop
  ///   repeats; nil is an occasion of its own.
  func emit(
    _ type: String, tenant: String, data: JSONValue, occasion: String? = nil
  ) async throws {
    let endpoints = try await records.records(WebhookService.endpointKind, tenant: tenant)
    let wanting = endpoints.filter { endpoint in
      let events = (endpoint.document["events"]?.array ?? []).compactMap(\.string)
      return events.isEmpty || events.contains(type)
    }
    for endpoint in wanting {
      try await enqueue(
        type, tenant: tenant, data: data, endpoint: endpoint.id, occasion: occasion)
    }
  }

  @discardableResult
  func enqueue(
    _ type: String, tenant: String, data: JSONValue, endpoint: String, occasion: String? = nil
  ) async throws -> String {
    let now = clock()
    let digits =
      occasion.map { Array(HashAlgorithm.sha256.digest(Array("\(type)\0\($0)".utf8)).prefix(16)) }
      ?? SecureRandom.bytes(16)
    let id = "evt_\(Hex.encode(digits))"
    let event: JSONValue = [
      "id": .string(id), "object": "event", "created_at": .integer(Int(now)),
      "type": .string(type), "data": data,
    ]
    try await records.insert(
      WebhookService.deliveryKind, "\(id).\(endpoint)", tenant: tenant,
      [
        "endpoint": .string(endpoint), "event": .string(id), "type": .string(type),
        "body": .string(event.compact), "status": "pending", "attempts": [],
        "due_at": .integer(Int(now)),
      ], expiresAt: now + WebhookService.retentionSeconds)
    return id
  }

  func run() async throws {
    await cancelWhenGracefulShutdown {
      while (try? await Task.sleep(for: .seconds(1))) != nil {
        do {
          try await deliverDue()
        } catch {
          logger.error("webhooks cannot be read", metadata: ["error": "\(error)"])
        }
      }
    }
  }

  /// One attempt for each delivery that is due.
  func deliverDue() async throws {
    let now = clock()
    for record in try await records.records(WebhookService.deliveryKind)
    where Int64(record.document["due_at"]?.integer ?? 0) <= now {
      try await deliver(record)
    }
  }

  private func deliver(_ record: Record) async throws {
    let now = clock()
    let document = record.document
    guard let endpointID = document["endpoint"]?.string, let body = document["body"]?.string,
      let event = document["event"]?.string,
      let endpoint = try await records.record(
        WebhookService.endpointKind, endpointID, tenant: record.tenant)
    else {
      // The endpoint was deleted meanwhile.
      try await records.delete(record.kind, record.id)
      return
    }
    let answer = await post(
      body, event: event, to: endpoint.document["url"]?.string ?? "",
      secrets: secrets(of: endpoint.document, now: now), now: now)
    let attempts = document["attempts"]?.array ?? []
    var next = document.setting(
      "attempts",
      .array(attempts + [["at": .integer(Int(now)), "answer": .string(answer.text)]]))
    if answer.isDelivered {
      next = next.setting("status", "delivered")
    } else if attempts.count >= WebhookService.waits.count {
      next = next.setting("status", "failed")
    } else {
      next = next.setting(
        "due_at", .integer(Int(now + WebhookService.waits[attempts.count])))
    }
    let isDone = next["status"]?.string != "pending"
    _ = try await records.update(
      record, to: next, kind: isDone ? WebhookService.doneKind : record.kind)
  }

  /// The newest secret first, and the one before it for a day after its rotation.
  private func secrets(of endpoint: JSONValue, now: Int64) -> [String] {
    var secrets = [endpoint["secret"]?.string].compactMap(\.self)
    if let old = endpoint["old_secret"]?.string,
      Int64(endpoint["rotated_at"]?.integer ?? 0) + WebhookService.rotationSeconds > now
    {
      secrets.append(old)
    }
    return secrets
  }

  private func post(
    _ body: String, event: String, to url: String, secrets: [String], now: Int64
  ) async -> (isDelivered: Bool, text: String) {
    let bytes = Array(body.utf8)
    do {
      let client = try await guardian.client(for: url)
      defer { Task { try? await client.shutdown() } }
      var request = HTTPClientRequest(url: url)
      request.method = .POST
      request.headers.add(name: "Content-Type", value: "application/json")
      request.headers.add(name: "User-Agent", value: "Assay-Webhooks")
      request.headers.add(name: "webhook-id", value: event)
      request.headers.add(name: "webhook-timestamp", value: String(now))
      request.headers.add(
        name: "webhook-signature",
        value: WebhookSignature.header(secrets: secrets, id: event, timestamp: now, body: bytes))
      request.body = .bytes(bytes)
      let response = try await client.execute(request, timeout: WebhookService.timeout)
      return ((200..<300).contains(response.status.code), "status \(response.status.code)")
    } catch let error as AddressGuard.Refusal {
      return (false, error.message)
    } catch {
      return (false, "no answer")
    }
  }
}
