import Foundation
import TestKit
import Testing

/// `assay keys` and `assay sign` as a person runs them.
struct SignCommandTests {
  private static let assay = TestKit.builtExecutable(named: "assay")

  /// One red pixel.
  private static let picture = Data(
    base64Encoded:
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII="
  )!

  private func run(_ folder: TemporaryDirectory, _ arguments: String...) async throws
    -> CommandResult
  {
    try await TestKit.run(
      try #require(Self.assay), arguments: arguments,
      environment: ["ASSAY_KEYS": folder.path("keys")], directory: folder.path)
  }

  private func contents(_ folder: TemporaryDirectory) throws -> [String: Data] {
    let keys = folder.path("keys/dev")
    var files: [String: Data] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: keys) {
      files[name] = try Data(contentsOf: URL(fileURLWithPath: keys + "/" + name))
    }
    return files
  }

  @Test(.enabled(if: assay != nil, "assay was not built in this run"))
  func `Keys are made once, kept secret and never overwritten`() async throws {
    let folder = try TemporaryDirectory()
    #expect(try await run(folder, "keys", "init").status == 0)
    let made = try contents(folder)
    #expect(
      made.keys.sorted() == [
        "claim.key", "claim.pem", "log.key", "log.vkey", "mark.key", "payload.key", "root.pem",
      ])
    for name in ["claim.key", "log.key", "mark.key"] {
      let attributes = try FileManager.default.attributesOfItem(
        atPath: folder.path("keys/dev/" + name))
      #expect(attributes[.posixPermissions] as? Int == 0o600)
    }
    #expect(try await run(folder, "keys", "init").status == 0)
    #expect(try contents(folder) == made)
    // Half a credential is nobody's to complete.
    try FileManager.default.removeItem(atPath: folder.path("keys/dev/claim.key"))
    let refused = try await run(folder, "keys", "init")
    #expect(refused.status == 70)
    #expect(refused.stderr.contains("claim.key"))
  }

  @Test(.enabled(if: assay != nil, "assay was not built in this run"))
  func `A certificate is told which rules it breaks`() async throws {
    let folder = try TemporaryDirectory()
    _ = try await run(folder, "keys", "init")
    #expect(try await run(folder, "keys", "check", "keys/dev/claim.pem").status == 0)
    let root = try await run(folder, "keys", "check", "keys/dev/root.pem")
    #expect(root.status == 1)
    #expect(root.stdout.contains("basicConstraints"))
    #expect(root.stdout.contains("extendedKeyUsage"))
    #expect(try await run(folder, "keys", "check", "nothing.pem").status == 66)
  }

  @Test(.enabled(if: assay != nil, "assay was not built in this run"))
  func `What is signed verifies, says what the definition says, and nothing more`() async throws {
    let folder = try TemporaryDirectory()
    try folder.write("in.png", Array(Self.picture))
    try folder.write("prompt.txt", "a red dot")
    try folder.write(
      "manifest.json",
      """
      {"claim_generator_info": [{"name": "demo"}], "title": "A dot",
       "assertions": [{"label": "c2pa.actions.v2", "data": {"actions": [
         {"action": "c2pa.created", "parameters": {"ingredientIds": ["p"]}, "digitalSourceType":
          "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"}]}}],
       "ingredients": [{"label": "p", "relationship": "inputTo", "format": "text/plain",
         "data": {"format": "text/plain", "identifier": "prompt.txt"}}]}
      """)
    _ = try await run(folder, "keys", "init")

    // Without a definition nothing is said of how the file was made.
    #expect(try await run(folder, "sign", "in.png", "plain.png").status == 0)
    let plain = try await run(folder, "verify", "plain.png")
    #expect(plain.status == 0)
    #expect(plain.stdout.contains("c2pa.opened"))
    #expect(!plain.stdout.contains("c2pa.created"))

    let signed = try await run(folder, "sign", "in.png", "out.png", "--manifest", "manifest.json")
    #expect(signed.status == 0, "\(signed.stderr)")
    let summary = try await run(folder, "verify", "--summary", "out.png")
    #expect(summary.stdout.contains(#""state":"Trusted""#), "\(summary.stdout)")

    var bytes = try Data(contentsOf: URL(fileURLWithPath: folder.path("out.png")))
    bytes[bytes.count - 3] ^= 1
    try folder.write("changed.png", Array(bytes))
    #expect(try await run(folder, "verify", "changed.png").status == 1)
  }

  @Test(.enabled(if: assay != nil, "assay was not built in this run"))
  func `Mistakes end in their exit codes and leave no file`() async throws {
    let folder = try TemporaryDirectory()
    try folder.write("in.png", Array(Self.picture))
    try folder.write("in.txt", "no picture")
    try folder.write("empty.json", #"{"claim_generator_info": [{"name": "x"}]}"#)
    _ = try await run(folder, "keys", "init")
    #expect(try await run(folder, "sign", "gone.png", "out.png").status == 66)
    #expect(try await run(folder, "sign", "in.txt", "out.png").status == 70)
    #expect(
      try await run(folder, "sign", "in.png", "out.png", "--manifest", "empty.json").status == 64)
    #expect(try await run(folder, "sign", "in.png", "out.png", "--alg", "rs256").status == 64)
    #expect(!FileManager.default.fileExists(atPath: folder.path("out.png")))
  }
}
