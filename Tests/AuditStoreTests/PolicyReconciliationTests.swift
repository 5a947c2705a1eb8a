import Evidence
import Testing

@testable import AuditStore

@Suite struct PolicyReconciliationTests {
  let folder: Folder

  init() throws { folder = try Folder() }

  @Test func `a decision under a policy that nobody declared is found`() async throws {
    let log = try await openLog(folder)
    let reader = try AuditReader.open(directory: folder.path)
    let known = PolicyIdentity(name: "default", version: "1", sha256: "ab")
    // Older versions declared nothing.
    _ = try await log.append(record("before"))
    #expect(try await reader.undeclaredPolicies() == [])
    try await log.declare(
      policies: [PoliciesInUse(policies: [known], lexicons: "")], time: 1, actor: "operator")
    _ = try await log.append(record("declared"))
    #expect(try await reader.undeclaredPolicies() == [])
    for id in ["a", "b"] {
      _ = try await log.append(
        DecisionRecord(
          id: id,
          decision: Decision(
            stage: .screen, outcome: .allow,
            policies: [known, PolicyIdentity(name: "mine", version: "3", sha256: "cd")]),
          asset: "video_2", subject: "3f2a", time: 2))
    }
    #expect(
      try await reader.undeclaredPolicies()
        == [UndeclaredPolicy(index: 3, name: "mine", version: "3", sha256: "cd")])
  }

  @Test func `payloads under a key that nobody declared are found`() async throws {
    let log = try await openLog(folder)
    _ = try await log.append(record("a", payload: "{}"))
    let reader = try AuditReader.open(directory: folder.path)
    #expect(try await reader.undeclaredPayloadKeys() == [])
    try await log.declare(keys: [KeyInUse(role: "claim", name: "f0")], time: 1, actor: "operator")
    #expect(try await reader.undeclaredPayloadKeys() == testPayloadKeys.names)
    let name = testPayloadKeys.names[0]
    try await log.declare(keys: [KeyInUse(role: "payload", name: name)], time: 2, actor: "operator")
    #expect(try await reader.undeclaredPayloadKeys() == [])
  }
}
