import Foundation
import TestKit
import Testing

/// Time stamps, sidecars, updates, redaction and segments, as a person asks for them.
struct SignOptionsTests {
  private static let assay = TestKit.builtExecutable(named: "assay")
  private static let helper =
    TestKit.packageRoot + "/Tests/ConformanceTests/Clients/tsa_run.py"

  /// One red pixel.
  private static let picture = Data(
    base64Encoded:
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII="
  )!

  private func folder() async throws -> TemporaryDirectory {
    let folder = try TemporaryDirectory()
    try folder.write("in.png", Array(Self.picture))
    #expect(try await run(folder, "keys", "init").status == 0)
    return folder
  }

  private func run(_ folder: TemporaryDirectory, _ arguments: String...) async throws
    -> CommandResult
  {
    try await TestKit.run(
      try #require(Self.assay), arguments: arguments,
      environment: ["ASSAY_KEYS": folder.path("keys")], directory: folder.path)
  }

  private func stamped(
    _ folder: TemporaryDirectory, refuses: Bool = false, _ arguments: String...
  ) async throws -> CommandResult {
    try await TestKit.run(
      "python3",
      arguments: [Self.helper, folder.path, try #require(Self.assay), "sign", "in.png", "out.png"]
        + ["--tsa", "{TSA}"] + arguments,
      environment: ["ASSAY_KEYS": folder.path("keys")].merging(
        refuses ? ["TSA_REFUSES": "1"] : [:]
      ) { $1 }, directory: folder.path)
  }

  private func clip(_ folder: TemporaryDirectory, _ arguments: [String]) async throws {
    let made = try await TestKit.run(
      "ffmpeg",
      arguments: [
        "-v", "error", "-y", "-f", "lavfi", "-i", "testsrc=size=160x120:rate=10:duration=1",
        "-pix_fmt", "yuv420p", "-g", "5",
      ] + arguments, directory: folder.path)
    try #require(made.status == 0, "\(made.stderr)")
  }

  private func state(_ folder: TemporaryDirectory, _ arguments: String...) async throws -> String {
    let result = try await TestKit.run(
      try #require(Self.assay), arguments: ["verify", "--summary"] + arguments,
      environment: ["ASSAY_KEYS": folder.path("keys")], directory: folder.path)
    let object = try JSONSerialization.jsonObject(with: Data(result.output)) as? [String: Any]
    return object?["state"] as? String ?? result.stderr
  }

  @Test(.enabled(if: assay != nil, "assay was not built in this run"))
  func `A time stamp is there, or missing for a stated reason, or nothing is signed`() async throws
  {
    let folder = try await folder()
    let good = try await stamped(folder)
    #expect(good.status == 0, "\(good.stderr)")
    #expect(good.stdout.contains("time stamp 20"))
    let json = try await run(
      folder, "verify", "--json", "out.png", "--trust", "own=keys/dev/root.pem", "--tsa-trust",
      "tsa-root.pem")
    #expect(json.stdout.contains("timeStamp.trusted"), "\(json.stdout)")
    // Nobody's word is taken for the authority's.
    let other = try await run(
      folder, "verify", "--json", "out.png", "--trust", "own=keys/dev/root.pem")
    #expect(other.stdout.contains("timeStamp.untrusted"))

    try FileManager.default.removeItem(atPath: folder.path("out.png"))
    let refused = try await stamped(folder, refuses: true)
    #expect(refused.status == 75)
    #expect(refused.stderr.contains("503"))
    #expect(!FileManager.default.fileExists(atPath: folder.path("out.png")))
    let optional = try await stamped(folder, refuses: true, "--tsa-optional")
    #expect(optional.status == 0)
    #expect(optional.stdout.contains("not stamped"))
    #expect(try await state(folder, "out.png") == "Trusted")
  }

  @Test(.enabled(if: assay != nil, "assay was not built in this run"))
  func `A sidecar holds the credentials, and the file is as it was`() async throws {
    let folder = try await folder()
    let signed = try await run(folder, "sign", "in.png", "out.png", "--sidecar", "out.c2pa")
    #expect(signed.status == 0, "\(signed.stderr)")
    #expect(try Data(contentsOf: URL(fileURLWithPath: folder.path("out.png"))) == Self.picture)
    #expect(try await state(folder, "out.png", "--sidecar", "out.c2pa") == "Trusted")
    // A file with credentials of its own loses them, or they would go before the sidecar's.
    #expect(try await run(folder, "sign", "in.png", "own.png").status == 0)
    #expect(
      try await run(folder, "sign", "own.png", "bare.png", "--sidecar", "bare.c2pa").status == 0)
    #expect(try Data(contentsOf: URL(fileURLWithPath: folder.path("bare.png"))) == Self.picture)
    #expect(try await state(folder, "bare.png", "--sidecar", "bare.c2pa") == "Trusted")
  }

  @Test(
    .enabled(if: assay != nil, "assay was not built in this run"),
    arguments: ["in.png", "in.jpg", "in.mp4"])
  func `A link says where the credentials lie, and the file still plays`(name: String) async throws
  {
    let folder = try await folder()
    if name == "in.jpg" { try await clip(folder, ["-frames:v", "1", name]) }
    if name == "in.mp4" { try await clip(folder, ["-movflags", "+faststart", name]) }
    let url = "https://example.org/store.c2pa?a=1&b=2"
    let signed = try await run(
      folder, "sign", name, "out-" + name, "--sidecar", "out.c2pa", "--remote", url)
    #expect(signed.status == 0, "\(signed.stderr)")
    #expect(try await state(folder, "out-" + name, "--sidecar", "out.c2pa") == "Trusted")
    let bytes = try Data(contentsOf: URL(fileURLWithPath: folder.path("out-" + name)))
    let property = Data(#"dcterms:provenance="https://example.org/store.c2pa?a=1&amp;b=2""#.utf8)
    #expect(bytes.range(of: property) != nil)
    let played = try await TestKit.run(
      "ffmpeg", arguments: ["-v", "error", "-i", folder.path("out-" + name), "-f", "null", "-"])
    #expect(played.status == 0 && played.stderr.isEmpty, "\(played.stderr)")
  }

  @Test(
    .enabled(if: assay != nil, "assay was not built in this run"),
    arguments: ["in.png", "in.mp4"])
  func `An update adds to the credentials and leaves the content alone`(name: String) async throws {
    let folder = try await folder()
    if name == "in.mp4" { try await clip(folder, ["in.mp4"]) }
    try folder.write(
      "manifest.json",
      """
      {"claim_generator_info": [{"name": "demo"}], "assertions": [
        {"label": "c2pa.actions.v2", "data": {"actions": [{"action": "c2pa.created",
         "digitalSourceType": "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture"}]}},
        {"label": "org.example.place", "data": {"street": "12 Some Street, at the back"}}]}
      """)
    let signed = try await run(folder, "sign", name, "1-" + name, "--manifest", "manifest.json")
    #expect(signed.status == 0, "\(signed.stderr)")
    let label = String(signed.stdout.split(separator: " ").last ?? "")
      .trimmingCharacters(in: .newlines)
    let uri = "self#jumbf=/c2pa/\(label)/c2pa.assertions/org.example.place"
    for (more, from, to) in [([], "1-", "2-"), (["--redact", uri], "2-", "3-")] {
      let updated = try await TestKit.run(
        try #require(Self.assay),
        arguments: ["sign", from + name, to + name, "--update"] + more,
        environment: ["ASSAY_KEYS": folder.path("keys")], directory: folder.path)
      #expect(updated.status == 0, "\(updated.stderr)")
      #expect(try await state(folder, to + name) == "Trusted")
    }
    let redacted = try Data(contentsOf: URL(fileURLWithPath: folder.path("3-" + name)))
    #expect(redacted.range(of: Data("12 Some Street".utf8)) == nil)
    let before = try Data(contentsOf: URL(fileURLWithPath: folder.path("2-" + name)))
    #expect(before.range(of: Data("12 Some Street".utf8)) != nil)
  }

  @Test(.enabled(if: assay != nil, "assay was not built in this run"))
  func `Segments are signed with their initialization segment`() async throws {
    let folder = try await folder()
    try await clip(folder, ["-f", "dash", "-seg_duration", "0.5", "out.mpd"])
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasPrefix("chunk-") }.sorted()
    try #require(names.count >= 2)
    try FileManager.default.createDirectory(
      atPath: folder.path("signed"), withIntermediateDirectories: true)
    func arguments(_ prefix: String) -> [String] {
      names.flatMap { ["--fragment", prefix + $0] }
    }
    let signed = try await TestKit.run(
      try #require(Self.assay),
      arguments: ["sign", "init-stream0.m4s", "signed/init-stream0.m4s"] + arguments(""),
      environment: ["ASSAY_KEYS": folder.path("keys")], directory: folder.path)
    #expect(signed.status == 0, "\(signed.stderr)")
    let verified = try await TestKit.run(
      try #require(Self.assay),
      arguments: ["verify", "--summary", "signed/init-stream0.m4s"] + arguments("signed/"),
      environment: ["ASSAY_KEYS": folder.path("keys")], directory: folder.path)
    #expect(verified.stdout.contains(#""state":"Trusted""#), "\(verified.stdout)")
    // One after the other they play.
    var whole = try Data(contentsOf: URL(fileURLWithPath: folder.path("signed/init-stream0.m4s")))
    for name in names {
      whole += try Data(contentsOf: URL(fileURLWithPath: folder.path("signed/" + name)))
    }
    try folder.write("whole.mp4", Array(whole))
    let played = try await TestKit.run(
      "ffmpeg", arguments: ["-v", "error", "-i", folder.path("whole.mp4"), "-f", "null", "-"])
    #expect(played.status == 0 && played.stderr.isEmpty, "\(played.stderr)")
  }

  @Test(.enabled(if: assay != nil, "assay was not built in this run"))
  func `An encrypted key opens with its passphrase and no other`() async throws {
    let folder = try await folder()
    let encrypted = try await TestKit.run(
      "openssl",
      arguments: [
        "pkcs8", "-topk8", "-in", "keys/dev/claim.key", "-out", "secret.key", "-v2", "aes256",
        "-passout", "pass:open sesame",
      ], directory: folder.path)
    #expect(encrypted.status == 0, "\(encrypted.stderr)")
    try folder.write("right", "open sesame\n")
    try folder.write("wrong", "open barley\n")
    for (file, status) in [("right", Int32(0)), ("wrong", 70)] {
      let result = try await run(
        folder, "sign", "in.png", "\(file).png", "--key", "secret.key", "--cert",
        "keys/dev/claim.pem", "--passphrase-file", file)
      #expect(result.status == status, "\(result.stderr)")
    }
    #expect(
      try await run(
        folder, "sign", "in.png", "none.png", "--key", "secret.key", "--cert",
        "keys/dev/claim.pem"
      ).status == 70)
  }
}
