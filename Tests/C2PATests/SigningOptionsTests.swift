import Bytes
import C2PA
import Containers
import Foundation
import PKI
import TestKit
import Testing

struct SigningOptionsTests {
  private func trust(_ fixture: SigningFixture) -> Verifier {
    Verifier(
      trust: TrustConfiguration(
        anchorSets: [.init(name: "own", anchors: [fixture.root.certificate])]))
  }

  /// Signs anything with zeros.
  private struct BrokenSigner: ClaimSigner {
    let good: PEMSigner
    var algorithm: SignatureAlgorithm { good.algorithm }
    var certificateChain: [[UInt8]] { good.certificateChain }
    func sign(_ message: [UInt8]) -> [UInt8] { [UInt8](repeating: 0, count: 64) }
  }

  @Test func `What does not verify is never there`() throws {
    let folder = try TemporaryDirectory()
    try folder.write("in.png", ManifestSignerTests.png)
    let error = #expect(throws: SigningError.self) {
      try ManifestSigner.sign(
        input: folder.path("in.png"), output: folder.path("out.png"),
        definition: SigningFixture.definition,
        signer: BrokenSigner(good: SigningFixture().signer()))
    }
    #expect(error?.code == "signing.unverified")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["in.png"])
  }

  @Test func `A file is signed in memory as on disk`() throws {
    let fixture = try SigningFixture()
    let sink = MemoryByteSink()
    let signed = try ManifestSigner.sign(
      ManifestSignerTests.jpeg, into: sink, definition: SigningFixture.definition,
      signer: fixture.signer())
    let report = trust(fixture).verify(sink.bytes)
    #expect(report.state == .trusted, "\(report.findings)")
    #expect(report.activeManifest == signed.manifestLabel)
    #expect(signed.timeStamp == .notAskedFor)
  }

  @Test(arguments: [0, 700, 1 << 20])
  func `Media in pieces is bound piece by piece`(size: Int) async throws {
    let folder = try TemporaryDirectory()
    let fixture = try SigningFixture()
    try #require(try await SigningFixture.clip(at: folder.path("in.mp4")), "ffmpeg is needed")
    var options = SigningOptions()
    options.pieces = size == 0 ? .never : .of(size)
    try ManifestSigner.sign(
      input: folder.path("in.mp4"), output: folder.path("out.mp4"),
      definition: SigningFixture.definition, signer: fixture.signer(), options: options)
    let bytes = try FileByteSource.contents(of: folder.path("out.mp4"))
    #expect(trust(fixture).verify(bytes).state == .trusted)
    let tree = try BMFFBoxTree(bytes)
    let media = try #require(tree.roots.first { $0.type == "mdat" }).range
    // First and last byte of what is hashed in pieces, and the header before it.
    for offset in [media.lowerBound + 10, media.lowerBound + 16, media.upperBound - 1] {
      var changed = bytes
      changed[offset] ^= 1
      let report = trust(fixture).verify(changed)
      #expect(report.state == .invalid, "byte \(offset)")
      #expect(report.codes(.failure).contains("assertion.bmffHash.mismatch"))
    }
  }

  @Test(arguments: ["+default_base_moof", "+dash+global_sidx", ""])
  func `A changed, lost or doubled fragment is noticed`(flags: String) async throws {
    let folder = try TemporaryDirectory()
    let fixture = try SigningFixture()
    let arguments = ["-movflags", "frag_keyframe+empty_moov" + flags, "-g", "2"]
    try #require(
      try await SigningFixture.clip(
        at: folder.path("in.mp4"), fastStart: false, arguments: arguments))
    try ManifestSigner.sign(
      input: folder.path("in.mp4"), output: folder.path("out.mp4"),
      definition: SigningFixture.definition, signer: fixture.signer())
    let bytes = try FileByteSource.contents(of: folder.path("out.mp4"))
    #expect(trust(fixture).verify(bytes).state == .trusted)
    let roots = try BMFFBoxTree(bytes).roots
    let media = roots.filter { $0.type == "mdat" }.map(\.range)
    try #require(media.count >= 2)
    var changed = bytes
    changed[media[1].upperBound - 1] ^= 1
    #expect(trust(fixture).verify(changed).state == .invalid)
    // The last fragment with its Merkle box.
    let last = try #require(roots.lastIndex { $0.userType == BMFFStore.userType })
    let end = roots[last...].first { $0.type == "mdat" }?.range.upperBound ?? bytes.count
    let range = roots[last].range.lowerBound..<end
    #expect(trust(fixture).verify(Array(bytes[..<range.lowerBound])).state == .invalid)
    let doubled = Array(bytes[..<range.upperBound]) + Array(bytes[range.lowerBound...])
    #expect(trust(fixture).verify(doubled).state == .invalid)
  }

  @Test func `A definition of the reference library's form brings its pictures and files`() throws {
    let folder = try TemporaryDirectory()
    let fixture = try SigningFixture()
    var definition = SigningFixture.definition
    definition.ingredients[0].thumbnail = .init(
      mediaType: "image/png", bytes: ManifestSignerTests.png)
    try folder.write("in.png", ManifestSignerTests.png)
    try ManifestSigner.sign(
      input: folder.path("in.png"), output: folder.path("out.png"), definition: definition,
      signer: fixture.signer())
    let report = try trust(fixture).verify(path: folder.path("out.png"))
    #expect(report.state == .trusted, "\(report.findings)")
    #expect(
      report.active?.assertions.contains { $0.label == "c2pa.thumbnail.ingredient" } == true)
  }
}
