import Foundation
import Glibc
import Logging
import PKI
import Synchronization
import TestKit
import Testing

@testable import Gateway

/// What an operator meets at start-up, good and bad.
@Suite struct GatewayServerTests {
  let folder: TemporaryDirectory
  var configuration = GatewayConfiguration()

  init() throws {
    folder = try TestKit.temporaryDirectory()
    try Self.makeCredential(in: folder)
    configuration.data = folder.path("data/deep")
    configuration.keys = folder.path("keys")
    configuration.policies = TestKit.packageRoot + "/Policies"
    configuration.models = folder.path("no-models")
    // Start-up asks only whether it can be run.
    configuration.media = "/bin/true"
    configuration.port = 0
    configuration.apiKeys = "tests=sk-t"
  }

  static func makeCredential(in folder: TemporaryDirectory) throws {
    let start = Int64(Date().timeIntervalSince1970) - 3600
    let root = try CertificateIssuer.makeRoot(
      name: DistinguishedName(commonName: "Test Root", organization: "Test"),
      key: .generate(.p256), notBefore: start, days: 10)
    let key = try PrivateKey.generate(.p256)
    let leaf = try root.issue(
      .claimSigner, name: DistinguishedName(commonName: "Test Signer", organization: "Test"),
      publicKey: key.publicKey, notBefore: start, days: 10)
    try folder.write("keys/dev/claim.key", key.pem())
    try folder.write("keys/dev/claim.pem", leaf.pem)
    try folder.write("keys/dev/root.pem", root.certificate.pem)
  }

  func make(_ configuration: GatewayConfiguration) async throws -> GatewayServer {
    try await GatewayServer.make(
      configuration, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    ) { _ in }
  }

  func failure(_ change: (inout GatewayConfiguration) -> Void) async -> StartupError? {
    var changed = configuration
    change(&changed)
    do {
      try await make(changed).close()
      Issue.record("it started")
      return nil
    } catch {
      return error as? StartupError
    }
  }

  @Test func `a good set-up opens, and makes the keys that it may make`() async throws {
    let server = try await make(configuration)
    await server.close()
    for name in ["log.key", "mark.key", "subject.key"] {
      let path = folder.path("keys/dev/\(name)")
      let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
      #expect(mode as? Int == 0o600)
    }
    let mode = try FileManager.default.attributesOfItem(atPath: configuration.data)[
      .posixPermissions]
    #expect(mode as? Int == 0o700)
    // The same keys again: what was signed before still verifies.
    let key = try Data(contentsOf: URL(fileURLWithPath: folder.path("keys/dev/log.key")))
    try await make(configuration).close()
    #expect(try Data(contentsOf: URL(fileURLWithPath: folder.path("keys/dev/log.key"))) == key)
  }

  @Test func `keys that are not there are asked for`() async {
    let error = await failure { $0.keys = folder.path("nowhere") }
    #expect(error?.code == .cannotRead)
    #expect(error?.message.contains("assay keys init") == true)
  }

  @Test func `a credential that does not fit is named`() async throws {
    try folder.write("keys/dev/claim.key", try PrivateKey.generate(.p256).pem())
    let error = await failure { _ in }
    #expect(error?.code == .cannotRead)
    #expect(error?.message.contains("claim.key") == true)
  }

  @Test func `every mistake in the policies is told`() async throws {
    try folder.write(
      "policies/floor.json", #"{"policy": "floor", "version": 1, "rulez": [], "x": 2}"#)
    let error = await failure { $0.policies = folder.path("policies") }
    #expect(error?.code == .cannotRead)
    #expect(error?.message.contains("floor.json") == true)
    #expect(error?.message.contains("rulez") == true)
    #expect(error?.message.contains("version") == true)
  }

  @Test func `a data folder that cannot be is named`() async {
    let error = await failure { $0.data = "/proc/nowhere/data" }
    #expect(error?.code == .cannotRead)
    #expect(error?.message.contains("/proc/nowhere/data") == true)
  }

  @Test func `a missing media program is named`() async {
    let error = await failure { $0.media = folder.path("assay-media") }
    #expect(error?.code == .cannotRead)
    #expect(error?.message.contains("ASSAY_MEDIA") == true)
  }

  @Test func `one gateway serves a data folder`() async throws {
    let first = try await make(configuration)
    let error = await failure { _ in }
    #expect(error?.code == .tryAgain)
    await first.close()
  }

  @Test func `a port in use is told, and nothing is lost`() async throws {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { Glibc.close(listener) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        #expect(bind(listener, pointer, length) == 0)
        #expect(listen(listener, 1) == 0)
        #expect(getsockname(listener, pointer, &length) == 0)
      }
    }
    var taken = configuration
    taken.port = Int(UInt16(bigEndian: address.sin_port))
    let server = try await make(taken)
    let error = await #expect(throws: StartupError.self) { try await server.run() }
    #expect(error?.code == .tryAgain)
    #expect(error?.message.contains(String(taken.port)) == true)
    // The log was let go: the next start finds it free.
    try await make(configuration).close()
  }

  @Test func `without keys for callers one is made, shown once and kept`() async throws {
    let data = DataFolder(path: configuration.data)
    try data.prepare()
    let first = try data.ownKey()
    let second = try data.ownKey()
    #expect(first.isNew && !second.isNew)
    #expect(first.key == second.key)
    #expect(first.key.hasPrefix("sk-assay-") && first.key.utf8.count == 57)
  }
}
