import TestKit
import Testing

/// The log command as an auditor runs it, on the proof of a 300-entry log whose every byte follows
/// from its Ed25519 seed.
@Suite struct LogCommandTests {
  private static let executable = TestKit.builtExecutable(named: "assay-verify")
  private static let key =
    "gateway.example/moderation-log+260423c0+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c"
  private static let checkpoint = """
    gateway.example/moderation-log
    300
    rrsCfVw90Ihx7lJXemH8gxItDRQ1J5GUNjm9TBLTaUM=

    — gateway.example/moderation-log JgQjwGlMn0S2K3pOO5M/vVtEyPxtxZEwfAywiuSyPsYYlPyJsqx9Y4ni6llod6zMCIXZrV/XFh4Fx67StxOiaEEYBQk=

    """
  private static let proof = """
    c2sp.org/tlog-proof@v1
    index 299
    roHFK2GeEfrJIXipWXmQDNwO0yMJmTeGfYo62yUDQ2w=
    2lYuRxs4F3vbvJ7A3eOboRNxtXH/V7ysQDci78g6uUw=
    5QWGoKvVDcWxa2f8JXX8CmwY8h7Xke6CGi0fr/++f+k=
    AmVbsd3VCvhUVT1ylhqiPiaPJHrlz2DlqFneJTA4ePs=
    +F9OrTQIBxC00egIMBVDqquBqgTeuIWZNQ3Cak8vWN4=


    """ + checkpoint

  private func run(_ arguments: [String]) async throws -> CommandResult {
    try await TestKit.run(try #require(Self.executable), arguments: ["log"] + arguments)
  }

  @Test(.enabled(if: executable != nil, "assay-verify was not built with the tests"))
  func aReceiptIsGoodForItsOwnEntryAlone() async throws {
    let folder = try TemporaryDirectory()
    try folder.write("proof", Array(Self.proof.utf8))
    try folder.write("entry", Array("entry-299".utf8))
    try folder.write("other", Array("entry-298".utf8))
    func receipt(_ entry: String, _ more: [String] = []) async throws -> CommandResult {
      try await run(
        ["receipt", folder.path("proof"), "--entry", folder.path(entry), "--vkey", Self.key] + more)
    }
    let good = try await receipt("entry")
    #expect(good.status == 0)
    #expect(good.stdout.contains("entry 299 of gateway.example/moderation-log"))
    #expect(try await receipt("entry", ["--json"]).stdout.contains("\"verified\":true"))
    #expect(try await receipt("other").status == 1)
    #expect(try await receipt("missing").status == 66)
  }

  @Test(.enabled(if: executable != nil, "assay-verify was not built with the tests"))
  func aCheckpointIsGoodUnderItsOwnKeyAlone() async throws {
    let folder = try TemporaryDirectory()
    try folder.write("checkpoint", Array(Self.checkpoint.utf8))
    try folder.write("larger", Array(Self.checkpoint.replacing("\n300\n", with: "\n301\n").utf8))
    try folder.write("key", Array((Self.key + "\n").utf8))
    func check(_ file: String, _ key: String) async throws -> Int32 {
      try await run(["checkpoint", folder.path(file), "--vkey", key]).status
    }
    #expect(try await check("checkpoint", Self.key) == 0)
    #expect(try await check("checkpoint", folder.path("key")) == 0)
    #expect(try await check("larger", Self.key) == 1)
    #expect(
      try await check(
        "checkpoint",
        "witness.example/w1+df1c0a35+BIE5dw6ofRdfVqNUZsNMfszLjYqRtO43ol32D1uPybOU") == 1)
    #expect(try await check("checkpoint", "no key") == 64)
    #expect(try await check("missing", Self.key) == 66)
  }
}
