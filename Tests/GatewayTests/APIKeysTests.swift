import Testing

@testable import Gateway

@Suite struct APIKeysTests {
  @Test func `keys open their own tenant`() throws {
    let keys = try APIKeys(parsing: "alice=sk-one, bob=sk-two==,sk-three")
    #expect(keys.tenant(of: "sk-one") == "alice")
    #expect(keys.tenant(of: "sk-two==") == "bob")
    #expect(keys.tenant(of: "sk-three")?.hasPrefix("key-") == true)
    #expect(keys.tenant(of: "sk-thre") == nil)
    #expect(keys.tenant(of: "") == nil)
    #expect(keys.tenant(of: "alice=sk-one") == nil)
  }

  @Test func `a nameless key keeps its tenant when the list is reordered`() throws {
    let first = try APIKeys(parsing: "sk-x,sk-y").tenant(of: "sk-y")
    let second = try APIKeys(parsing: "sk-y,sk-x").tenant(of: "sk-y")
    #expect(first == second)
  }

  @Test(arguments: ["=sk", "a b=sk", "name=", "sk,sk", "n=s k", "über=sk"])
  func `a bad list is refused`(list: String) {
    #expect(throws: APIKeys.Failure.self) { _ = try APIKeys(parsing: list) }
  }
}
