import TestKit
import Testing

/// The verify command as a person runs it.
@Suite struct VerifyCommandTests {
  private static let executable = TestKit.builtExecutable(named: "assay-verify")

  private func run(_ arguments: [String]) async throws -> CommandResult {
    try await TestKit.run(try #require(Self.executable), arguments: arguments)
  }

  @Test(.enabled(if: executable != nil, "assay-verify was not built with the tests"))
  func exitCodesTellApartWhatWentWrong() async throws {
    let folder = try TemporaryDirectory()
    try folder.write("plain.jpg", [0xFF, 0xD8, 0xFF, 0xD9])
    let plain = try await run(["--summary", folder.path("plain.jpg")])
    #expect(plain.status == 2)
    #expect(plain.stdout.contains("\"state\":\"NoManifest\""))

    let missing = try await run([folder.path("missing.mp4")])
    #expect(missing.status == 66)
    #expect(missing.stderr.contains("No such file"))

    #expect(try await run([]).status == 64)
    #expect(try await run(["--at", "yesterday", folder.path("plain.jpg")]).status == 64)
    #expect(try await run(["--json", "--summary", folder.path("plain.jpg")]).status == 64)
    let list = try await run(["--trust", "x=" + folder.path("plain.jpg"), folder.path("plain.jpg")])
    #expect(list.status == 66)
    #expect(list.stderr.contains("PEM"))
  }

  @Test(.enabled(if: executable != nil, "assay-verify was not built with the tests"))
  func oneUnreadableFileDoesNotSilenceTheOthers() async throws {
    let folder = try TemporaryDirectory()
    try folder.write("a.jpg", [0xFF, 0xD8, 0xFF, 0xD9])
    let result = try await run(["--summary", folder.path("gone.jpg"), folder.path("a.jpg")])
    #expect(result.status == 66)
    #expect(result.stdout.contains("a.jpg"))
  }

  /// What a file says does not make this machine ask itself or its neighbours.
  @Test(.enabled(if: TestKit.builtExecutable(named: "assay") != nil, "assay was not built"))
  func fetchingStaysOnThePublicInternet() async throws {
    let folder = try TemporaryDirectory()
    try folder.write("a.jpg", [0xFF, 0xD8, 0xFF, 0xD9])
    let headers = "HTTP/2 200\r\nLink: <https://127.0.0.1/k7.c2pa>; rel=\"c2pa-manifest\"\r\n"
    try folder.write("headers.txt", Array(headers.utf8))
    let arguments = ["--fetch", "--headers", folder.path("headers.txt"), folder.path("a.jpg")]
    let result = try await TestKit.run(
      try #require(TestKit.builtExecutable(named: "assay")), arguments: ["verify"] + arguments)
    #expect(result.status == 2)
    #expect(result.stderr.contains("not on the public internet"))
    // The small verifier has no network at all.
    let small = try await run(arguments)
    #expect(small.status == 64)
    #expect(small.stderr.contains("assay verify --fetch"))
  }

  @Test(.enabled(if: executable != nil, "assay-verify was not built with the tests"))
  func purposesAndSignersAreListedForEachSource() async throws {
    let folder = try TemporaryDirectory()
    try folder.write("a.jpg", [0xFF, 0xD8, 0xFF, 0xD9])
    try folder.write("signers.txt", Array((String(repeating: "0a", count: 32) + "\n").utf8))
    try folder.write("purposes.txt", Array("1.3.6.1.5.5.7.3.4\n".utf8))
    try folder.write("wrong.txt", Array("mail\n".utf8))
    func status(_ options: String...) async throws -> Int32 {
      try await run(options + [folder.path("a.jpg")]).status
    }
    #expect(try await status("--allowed", "press=" + folder.path("signers.txt")) == 2)
    #expect(try await status("--allowed", "press=" + folder.path("wrong.txt")) == 66)
    #expect(try await status("--ekus", folder.path("purposes.txt")) == 2)
    #expect(try await status("--ekus", folder.path("wrong.txt")) == 64)
    // The purposes of one source, which is among those given.
    let made = try await TestKit.run(
      "openssl",
      arguments: [
        "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
        "-subj", "/CN=Press", "-keyout", "/dev/null", "-out", folder.path("root.pem"),
      ])
    #expect(made.status == 0)
    let press = ["--trust", "press=" + folder.path("root.pem"), "--ekus"]
    let good = try await run(
      press + ["press=" + folder.path("purposes.txt"), folder.path("a.jpg")])
    #expect(good.status == 2)
    let wrong = try await run(press + ["press=" + folder.path("wrong.txt"), folder.path("a.jpg")])
    #expect(wrong.status == 64)
    #expect(wrong.stderr.contains("wrong.txt is no list of OIDs"))
  }

  /// A store that lies beside a file is found by its name, or by the Link header that came along.
  @Test(.enabled(if: executable != nil, "assay-verify was not built with the tests"))
  func aStoreBesideTheFileIsFound() async throws {
    let folder = try TemporaryDirectory()
    let picture = folder.path("a.jpg")
    try folder.write("a.jpg", [0xFF, 0xD8, 0xFF, 0xD9])
    try folder.write("a.c2pa", [0, 0, 0, 8])
    let byName = try await run(["--json", picture])
    #expect(byName.status == 1)
    #expect(byName.stdout.contains("a.c2pa"))

    try folder.write("b.jpg", [0xFF, 0xD8, 0xFF, 0xD9])
    try folder.write("k7.c2pa", [0, 0, 0, 8])
    let headers = "HTTP/2 200\r\nLink: <https://cdn.example/k7.c2pa>; rel=\"c2pa-manifest\"\r\n"
    try folder.write("headers.txt", Array(headers.utf8))
    #expect(try await run(["--summary", folder.path("b.jpg")]).status == 2)
    let byHeader = try await run(
      ["--json", "--headers", folder.path("headers.txt"), folder.path("b.jpg")])
    #expect(byHeader.status == 1)
    #expect(byHeader.stdout.contains("k7.c2pa"))
  }
}
