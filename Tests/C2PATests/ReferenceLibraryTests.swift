import Bytes
import C2PA
import Containers
import Foundation
import PKI
import StrictJSON
import TestKit
import Testing

/// Whether the reference library, which shares no code with this one, accepts what is signed here.
///
/// Runs where `Scripts/python-tools` has installed `c2pa-python`, or `ASSAY_C2PA_PYTHON` names a Python
/// that has it.
struct ReferenceLibraryTests {
  private static let python = TestKit.referencePython
  private static let isAvailable = python != nil
  private static let script =
    TestKit.packageRoot + "/Tests/ConformanceTests/Clients/c2pa_read.py"
  private static let mediaTypes = [
    "mp4": "video/mp4", "mov": "video/quicktime", "m4a": "audio/mp4", "jpg": "image/jpeg",
    "png": "image/png", "webp": "image/webp", "wav": "audio/wav", "avi": "video/avi",
    "mp3": "audio/mpeg", "flac": "audio/flac", "gif": "image/gif", "svg": "image/svg+xml",
    "tiff": "image/tiff",
  ]

  private func judge(_ path: String, root: String) async throws -> JSONValue {
    let suffix = String(path.split(separator: ".").last ?? "")
    let result = try await TestKit.run(
      try #require(Self.python),
      arguments: [Self.script, path, root, try #require(Self.mediaTypes[suffix], "\(path)")])
    return try JSONValue.parse(result.output)
  }

  private func expectTrusted(_ path: String, root: String) async throws {
    let verdict = try await judge(path, root: root)
    #expect(
      verdict["state"]?.string == "Trusted", "\(path): \(verdict.compact)")
    #expect(
      verdict["informational"]?.array?.compactMap(\.string)
        .filter { $0 != "signingCredential.ocsp.skipped" } == [], "\(verdict.compact)")
  }

  private func expectInvalid(_ path: String, root: String) async throws {
    let verdict = try await judge(path, root: root)
    #expect(verdict["state"]?.string == "Invalid", "\(path): \(verdict.compact)")
  }

  /// Flips one bit three bytes before the end, which is media in most files here, or elsewhere.
  private func flip(
    _ path: String, at offset: Int? = nil, in folder: TemporaryDirectory
  ) throws -> String {
    var bytes = try FileByteSource.contents(of: path)
    bytes[offset ?? bytes.count - 3] ^= 1
    let name = "flipped-" + (path.split(separator: "/").last.map(String.init) ?? "")
    return try folder.write(name, bytes)
  }

  @Test(
    .enabled(if: isAvailable, "no reference library"), arguments: SignatureAlgorithm.allCases)
  func `Every algorithm is trusted in a clip`(algorithm: SignatureAlgorithm) async throws {
    let folder = try TemporaryDirectory()
    let fixture = try SigningFixture()
    let root = try folder.write("root.pem", fixture.root.certificate.pem)
    try #require(try await SigningFixture.clip(at: folder.path("in.mp4")))
    _ = try ManifestSigner.sign(
      input: folder.path("in.mp4"), output: folder.path("out.mp4"),
      definition: SigningFixture.definition, signer: fixture.signer(algorithm))
    try await expectTrusted(folder.path("out.mp4"), root: root)
  }

  @Test(
    .enabled(if: isAvailable, "no reference library"),
    arguments: [
      ("faststart.mp4", true, []), ("plain.mp4", false, []), ("movie.mov", true, []),
      ("sound.m4a", true, ["-vn"]),
    ] as [(String, Bool, [String])])
  func `Every layout is trusted, plays, and is invalid after one changed bit`(
    name: String, fastStart: Bool, arguments: [String]
  ) async throws {
    let folder = try TemporaryDirectory()
    let fixture = try SigningFixture()
    let root = try folder.write("root.pem", fixture.root.certificate.pem)
    let input = folder.path("in-" + name)
    try #require(
      try await SigningFixture.clip(at: input, fastStart: fastStart, arguments: arguments))
    let output = folder.path(name)
    _ = try ManifestSigner.sign(
      input: input, output: output, definition: SigningFixture.definition,
      signer: fixture.signer())
    try await expectTrusted(output, root: root)
    try await expectInvalid(try flip(output, in: folder), root: root)
    // The decoded pictures and sound are those of the unsigned file, bit for bit.
    var streams: [String] = []
    for file in [input, output] {
      let result = try await TestKit.run(
        "ffmpeg", arguments: ["-v", "error", "-i", file, "-f", "md5", "-"])
      #expect(result.status == 0 && result.stderr.isEmpty, "\(result.stderr)")
      streams.append(result.stdout)
    }
    #expect(streams[0] == streams[1])
  }

  @Test(
    .enabled(if: isAvailable, "no reference library"),
    arguments: [
      ("a.webp", ["-an", "-frames:v", "1"]),
      ("alpha.webp", ["-an", "-frames:v", "1", "-pix_fmt", "yuva420p"]), ("a.wav", ["-vn"]),
      ("odd.wav", ["-vn", "-c:a", "pcm_u8", "-af", "atrim=end_sample=1001"]), ("a.avi", []),
      ("tagged.mp3", ["-vn", "-metadata", "title=A song"]),
      ("new.mp3", ["-vn", "-metadata", "title=A song", "-id3v2_version", "4"]),
      ("bare.mp3", ["-vn", "-write_id3v2", "0"]), ("a.flac", ["-vn"]), ("a.gif", ["-an"]),
      ("a.tiff", ["-an", "-frames:v", "1"]),
    ] as [(String, [String])])
  func `Other media is trusted, also signed anew, decodes as before, and one bit makes it invalid`(
    name: String, arguments: [String]
  ) async throws {
    let folder = try TemporaryDirectory()
    let fixture = try SigningFixture()
    let root = try folder.write("root.pem", fixture.root.certificate.pem)
    let input = folder.path("in-" + name)
    try #require(
      try await SigningFixture.clip(at: input, fastStart: false, arguments: arguments))
    var definition = SigningFixture.definition
    for (before, after) in [("in-", "first-"), ("first-", "second-")] {
      _ = try ManifestSigner.sign(
        input: folder.path(before + name), output: folder.path(after + name),
        definition: definition, signer: fixture.signer())
      // An odd number more, so that a store of odd length is among the two.
      definition.title = "A test."
    }
    var streams: [String] = []
    for file in ["in-", "first-", "second-"].map({ folder.path($0 + name) }) {
      let result = try await TestKit.run(
        "ffmpeg", arguments: ["-v", "error", "-i", file, "-f", "md5", "-"])
      #expect(result.status == 0 && result.stderr.isEmpty, "\(result.stderr)")
      streams.append(result.stdout)
    }
    #expect(Set(streams).count == 1)
    for output in ["first-", "second-"].map({ folder.path($0 + name) }) {
      try await expectTrusted(output, root: root)
      let asset = try FileByteSource(path: output)
      let store = try #require(
        try EmbeddedStore.locate(in: asset, format: AssetFormat.detect(in: asset)))
      // In RIFF and TIFF the store comes last.
      let isLast = store.ranges[0].upperBound >= asset.count - 1
      let media = isLast ? asset.count - store.ranges[0].count - 400 : nil
      try await expectInvalid(try flip(output, at: media, in: folder), root: root)
    }
  }

  @Test(.enabled(if: isAvailable, "no reference library"))
  func `A drawing is trusted, also signed anew, and one bit makes it invalid`() async throws {
    let folder = try TemporaryDirectory()
    let fixture = try SigningFixture()
    let root = try folder.write("root.pem", fixture.root.certificate.pem)
    try folder.write("0.svg", ManifestSignerTests.svg)
    for (input, output) in [("0.svg", "1.svg"), ("1.svg", "2.svg")] {
      _ = try ManifestSigner.sign(
        input: folder.path(input), output: folder.path(output),
        definition: SigningFixture.definition, signer: fixture.signer())
      try await expectTrusted(folder.path(output), root: root)
      // In the text that is drawn.
      let end = try FileByteSource(path: folder.path(output)).count
      try await expectInvalid(
        try flip(folder.path(output), at: end - 15, in: folder), root: root)
    }
  }

  @Test(
    .enabled(if: isAvailable, "no reference library"),
    arguments: [("a.jpg", ManifestSignerTests.jpeg), ("a.png", ManifestSignerTests.png)])
  func `Pictures are trusted, also with a store of several segments`(
    name: String, bytes: [UInt8]
  ) async throws {
    let folder = try TemporaryDirectory()
    let fixture = try SigningFixture()
    let root = try folder.write("root.pem", fixture.root.certificate.pem)
    try folder.write(name, bytes)
    var definition = SigningFixture.definition
    for size in [0, 200_000] {
      if size > 0 {
        definition.assertions.append(
          AssertionDefinition(
            label: "c2pa.thumbnail.claim",
            content: .file(
              mediaType: "image/jpeg", bytes: [UInt8](repeating: 0x5A, count: size))))
      }
      let output = folder.path("signed-\(size)-" + name)
      _ = try ManifestSigner.sign(
        input: folder.path(name), output: output, definition: definition,
        signer: fixture.signer())
      try await expectTrusted(output, root: root)
      try await expectInvalid(try flip(output, in: folder), root: root)
    }
  }
}
