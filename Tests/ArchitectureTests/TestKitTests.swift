import TestKit
import Testing

@Suite struct TestKitTests {
  @Test func packageRootHoldsThePackage() async throws {
    let listing = try await TestKit.run("/bin/ls", arguments: [TestKit.packageRoot])
    #expect(listing.stdout.contains("Package.swift"))
    #expect(TestKit.builtExecutable(named: "no-such-command") == nil)
  }

  @Test func commandReportsStatusAndBothOutputs() async throws {
    let result = try await TestKit.run(
      "sh", arguments: ["-c", "cat; echo \"$WORD\" >&2; exit 7"], environment: ["WORD": "heard"],
      input: Array("said".utf8))
    #expect(result.status == 7)
    #expect(result.stdout == "said")
    #expect(result.stderr == "heard\n")
    let killed = try await TestKit.run("sh", arguments: ["-c", "kill -KILL $$"])
    #expect(killed.status == 137)
  }

  @Test func commandThatHangsIsKilled() async throws {
    let result = try await TestKit.run("sleep", arguments: ["60"], limit: 0.2)
    #expect(result.status == 137)
  }

  @Test func temporaryDirectoryGoesWithItsOwner() async throws {
    var directory: TemporaryDirectory? = try TestKit.temporaryDirectory()
    let file = try #require(try directory?.write("a/b.txt", "text"))
    #expect(try await TestKit.run("cat", arguments: [file]).stdout == "text")
    directory = nil
    #expect(try await TestKit.run("cat", arguments: [file]).status == 1)
  }
}
