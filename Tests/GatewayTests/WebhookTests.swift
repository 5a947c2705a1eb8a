import Bytes
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import StrictJSON
import Synchronization
import TestKit
import Testing

@testable import Gateway

@Suite struct WebhookTests {
  /// The vector that OpenAI's own client verifies.
  @Test func `signatures are those that clients check`() {
    let body =
      #"{"id":"evt_1","object":"event","created_at":1,"type":"video.completed","data":{"id":"video_1"}}"#
    let key = Array("0123456789abcdef0123456789abcdef".utf8)
    let secret = "whsec_\(Base64.encode(key))"
    let header = WebhookSignature.header(
      secrets: [secret], id: "msg_test", timestamp: 1_700_000_000, body: Array(body.utf8))
    #expect(header == "v1,tDR70GI7sz3mWRExHcwzLYfaNg0H/cViIIXApXD35kI=")
    let both = WebhookSignature.header(
      secrets: ["other", secret], id: "msg_test", timestamp: 1_700_000_000, body: Array(body.utf8))
    #expect(both.split(separator: " ").count == 2 && both.hasSuffix(header))
  }

  @Test(arguments: [
    ("127.0.0.1", false), ("10.1.2.3", false), ("169.254.169.254", false), ("100.64.0.1", false),
    ("172.31.255.255", false), ("192.168.0.1", false), ("0.0.0.0", false), ("224.0.0.1", false),
    ("8.8.8.8", true), ("172.32.0.1", true), ("::1", false), ("fe80::1", false),
    ("fc00::1", false), ("::ffff:127.0.0.1", false), ("64:ff9b::7f00:1", false),
    ("2606:4700:4700::1111", true), ("2001:db8::1", false), ("nonsense", false),
  ])
  func `only addresses of the open internet are connected to`(address: String, isPublic: Bool) {
    #expect(AddressGuard.isPublic(address) == isPublic)
  }

  @Test(
    arguments: [
      ("https://example.com/hook", "example.com"), ("http://[::1]:80/x", "::1"),
      ("https://a.example:8443", "a.example"), ("ftp://example.com", nil),
      ("https://user@10.0.0.1/", nil), ("https:///x", nil), ("https://exa mple.com", nil),
    ] as [(String, String?)])
  func `a host is read out of an address or not at all`(url: String, host: String?) {
    #expect(AddressGuard.host(of: url) == host)
  }

  @Test func `what is not delivered is tried again later, and an endpoint is its owner's`()
    async throws
  {
    let folder = try TestKit.temporaryDirectory()
    let clock = FixedClock(seconds: 1_767_225_600)
    let records = try RecordStore(path: folder.path("records.sqlite"))
    let service = WebhookService(
      records: records, guardian: AddressGuard(allowsPrivate: false),
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, clock: { clock.seconds })
    let bench = try Bench(webhooks: WebhookRoutes(service: service))
    let made = try await bench.send(
      .post, "/v1/webhook_endpoints", body: #"{"url": "http://127.0.0.1:9/hook"}"#)
    #expect(made.status == 200, "\(made.json?.compact ?? "")")
    #expect(made.json?["signing_secret"]?.string?.hasPrefix("whsec_") == true)
    let id = try #require(made.json?["id"]?.string)
    let read = try await bench.send(.get, "/v1/webhook_endpoints/\(id)")
    #expect(read.json?["signing_secret"] == nil && read.json?["secret"] == nil)
    #expect(try await bench.send(.get, "/v1/webhook_endpoints/\(id)", key: "sk-b").status == 404)
    let bad = try await bench.send(
      .post, "/v1/webhook_endpoints", body: #"{"url": "file:///etc/passwd"}"#)
    #expect(bad.status == 400 && bad.error?["param"]?.string == "url")

    try await service.emit("video.completed", tenant: "alice", data: ["id": "video_1"])
    try await service.emit("video.completed", tenant: "bob", data: ["id": "video_2"])
    try await service.deliverDue()
    try await service.deliverDue()
    let uri = "/v1/webhook_endpoints/\(id)/deliveries"
    var delivery = try await bench.send(.get, uri).json?["data"]?.array
    #expect(delivery?.count == 1)
    // A private address is refused even when it was accepted as a URL: names are judged when used.
    #expect(
      delivery?.first?["attempts"]?.array?.first?["answer"]?.string?.contains("private") == true)
    #expect(delivery?.first?["attempts"]?.array?.count == 1)
    for _ in 0..<20 {
      clock.advance(milliseconds: 40_000_000)
      try await service.deliverDue()
    }
    delivery = try await bench.send(.get, uri).json?["data"]?.array
    #expect(delivery?.first?["status"]?.string == "failed")
    #expect(delivery?.first?["attempts"]?.array?.count == WebhookService.waits.count + 1)
  }
}
