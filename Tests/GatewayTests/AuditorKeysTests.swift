import Testing

@testable import Gateway

struct AuditorKeysTests {
  @Test func `a key reads, and does more only where its scopes say so`() throws {
    let keys = try AuditorKeys(parsing: "anna=sk-a, office:payloads+records=sk=b,eve:payloads=sk-c")
    #expect(keys.auditor(of: "sk-a") == .init(name: "anna", scopes: []))
    #expect(keys.auditor(of: "sk=b")?.scopes == [.payloads, .records])
    #expect(keys.auditor(of: "sk-c") == .init(name: "eve", scopes: [.payloads]))
    #expect(keys.auditor(of: "sk-d") == nil && keys.auditor(of: "") == nil)
    #expect(AuditorKeys().auditor(of: "") == nil)
  }

  @Test(arguments: ["sk-a", "anna:everything=sk-a", "anna=", "anna=a,anna=b", "an na=a", ":x=a"])
  func `what is no list of auditors is refused`(list: String) {
    #expect(throws: APIKeys.Failure.self) { try AuditorKeys(parsing: list) }
  }
}
