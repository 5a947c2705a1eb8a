import Evidence
import Testing

@testable import AuditStore

@Suite struct InstallationRecordTests {
  let folder: Folder

  init() throws { folder = try Folder() }

  private func identity(_ version: String) -> PolicyIdentity {
    PolicyIdentity(name: "default", version: version, sha256: String(repeating: "ab", count: 32))
  }

  private func kinds(_ reader: AuditReader, _ kind: AuditEvent.Kind) async throws -> Int {
    try await reader.list(LogFilter(kind: kind.rawValue), limit: 100).count
  }

  @Test func `a change of policies is logged once, and so is a tenant's end`() async throws {
    let log = try await openLog(folder)
    let reader = try AuditReader.open(directory: folder.path)
    let all = PoliciesInUse(policies: [identity("1")], lexicons: "c0")
    let own = PoliciesInUse(tenant: "7e", policies: [identity("2")], lexicons: "c0")
    try await log.declare(policies: [all, own], time: 1, actor: "operator")
    try await log.declare(policies: [all, own], time: 2, actor: "operator")
    #expect(try await kinds(reader, .policyChanged) == 2)
    #expect(try await reader.installation().policies == ["": all, "7e": own])
    let newer = PoliciesInUse(policies: [identity("1")], lexicons: "c1")
    try await log.declare(policies: [newer], time: 3, actor: "operator")
    #expect(try await kinds(reader, .policyChanged) == 4)
    #expect(try await reader.installation().policies == ["": newer])
    #expect(try await reader.verify(log.verifierKey).isIntact)
  }

  @Test func `keys come and go, however many`() async throws {
    let log = try await openLog(folder)
    let reader = try AuditReader.open(directory: folder.path)
    let many = Set((0..<50).map { KeyInUse(role: "api[read]", name: "k\($0)", owner: "t\($0)") })
    try await log.declare(keys: many, time: 1, actor: "operator")
    #expect(try await reader.installation().keys == many)
    #expect(try await kinds(reader, .keyChanged) == 3)
    let fewer = many.filter { $0.name != "k7" }.union([KeyInUse(role: "claim", name: "f0")])
    try await log.declare(keys: fewer, time: 2, actor: "operator")
    try await log.declare(keys: fewer, time: 3, actor: "operator")
    #expect(try await reader.installation().keys == fewer)
    #expect(try await kinds(reader, .keyChanged) == 4)
    #expect(try await reader.verify(log.verifierKey).isIntact)
  }
}
