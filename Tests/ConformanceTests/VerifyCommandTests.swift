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
