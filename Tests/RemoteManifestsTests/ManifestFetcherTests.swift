import Foundation
import Hummingbird
import HummingbirdTLS
import HummingbirdTesting
import NIOCore
import NIOSSL
import TestKit
import Testing

@testable import RemoteManifests

/// Fetching from a server on this machine, which only a policy for tests permits.
@Suite struct ManifestFetcherTests {
  private static let store = [UInt8](repeating: 7, count: 5000)
  private static let home = AddressPolicy { address in
    address == IPAddress("127.0.0.1") || address == IPAddress("::1")
  }

  /// A key and a certificate for `localhost` that vouches for itself.
  private static func identity() async throws -> (NIOSSLPrivateKey, NIOSSLCertificate) {
    let folder = try TemporaryDirectory()
    let result = try await TestKit.run(
      "openssl",
      arguments: [
        "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
        "-keyout", "key.pem", "-out", "cert.pem", "-days", "2", "-subj", "/CN=localhost",
        "-addext", "subjectAltName=DNS:localhost",
      ], directory: folder.path("."))
    try #require(result.status == 0, "\(result.stderr)")
    return (
      try NIOSSLPrivateKey(file: folder.path("key.pem"), format: .pem),
      try #require(try NIOSSLCertificate.fromPEMFile(folder.path("cert.pem")).first)
    )
  }

  /// What becomes of `path` on a server, or of another address altogether.
  private func fetch(
    _ path: String, isKnown: Bool = true, byteLimit: Int = 1 << 20, secondsLimit: Int = 60
  ) async throws -> Result<[UInt8], ManifestFetchError> {
    let (key, certificate) = try await Self.identity()
    let (held, end) = AsyncStream<Void>.makeStream()
    let router = Router()
    router.get("store") { _, _ in
      Response(status: .ok, body: .init(byteBuffer: ByteBuffer(bytes: Self.store)))
    }
    router.get("stall") { _, _ -> Response in
      for await _ in held {}
      return Response(status: .ok)
    }
    for (name, target) in [
      ("moved", "/store"), ("circle", "/circle"), ("plain", "http://localhost/store"),
      ("inside", "https://10.0.0.1/store"), ("metadata", "https://169.254.169.254/latest"),
    ] {
      router.get("\(name)") { _, _ in
        Response(status: .found, headers: [.location: target])
      }
    }
    let application = Application(
      router: router,
      server: try .tls(
        .http1(),
        tlsConfiguration: .makeServerConfiguration(
          certificateChain: [.certificate(certificate)], privateKey: .privateKey(key))))
    return try await application.test(.live) { client in
      defer { end.finish() }
      let port = try #require(client.port)
      let fetcher = ManifestFetcher(
        policy: Self.home, trustRoots: isKnown ? .certificates([certificate]) : .default,
        byteLimit: byteLimit, secondsLimit: secondsLimit)
      return await fetcher.fetch("https://localhost:\(port)/\(path)")
    }
  }

  @Test(arguments: ["store", "moved", "store#jumbf=c2pa"])
  func `A store is fetched, also where a server says it moved to`(_ path: String) async throws {
    #expect(try await fetch(path) == .success(Self.store))
  }

  @Test func `Every way of not getting it has a name`() async throws {
    #expect(try await fetch("nothing") == .failure(.status(404)))
    #expect(try await fetch("circle") == .failure(.tooManyRedirects))
    #expect(try await fetch("plain") == .failure(.notHTTPS))
    #expect(
      try await fetch("inside")
        == .failure(.forbiddenAddress(host: "10.0.0.1", address: "10.0.0.1")))
    #expect(
      try await fetch("metadata")
        == .failure(.forbiddenAddress(host: "169.254.169.254", address: "169.254.169.254")))
    #expect(try await fetch("store", byteLimit: 4999) == .failure(.tooLarge(limit: 4999)))
    #expect(try await fetch("stall", secondsLimit: 1) == .failure(.timedOut(seconds: 1)))
    guard case .failure(.connection) = try await fetch("store", isKnown: false) else {
      Issue.record("a server that nobody vouches for was asked")
      return
    }
  }

  @Test(arguments: [
    "https://localhost/a", "https://127.0.0.1/a", "https://[::1]/a", "https://0x7f.1/a",
    "https://2130706433/a", "https://[::ffff:127.0.0.1]/a", "https://169.254.169.254/latest",
    "https://0/a",
  ])
  func `The machine itself is asked by nobody's word`(_ address: String) async {
    guard case .failure(.forbiddenAddress) = await ManifestFetcher().fetch(address) else {
      Issue.record("\(address) was not refused")
      return
    }
  }

  @Test(arguments: [
    "http://example.org/a", "ftp://example.org/a", "https://user@example.org/a",
    "file:///etc/passwd",
    "https://u:p@example.org/a", "", "https://", "data:application/c2pa;base64,AAAA",
  ])
  func `Only bare https addresses are asked`(_ address: String) async {
    #expect(await ManifestFetcher().fetch(address) == .failure(.notHTTPS))
  }
}
