import Bytes
import C2PA
import CBOR
import COSE
import Containers
import Foundation
import JUMBF
import PKI
import TestKit
import Testing

struct ManifestSignerTests {
  /// A JPEG of one pixel and a PNG of one, as small as they come.
  static let jpeg =
    Base64.decode(
      "/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////"
        + "////////////////////////////wgALCAABAAEBAREA/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQABPxA="
    )! + [0xFF, 0xD9]
  static let png = Base64.decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=")!

  static let wav: [UInt8] =
    Array("RIFF".utf8) + [38, 0, 0, 0] + Array("WAVEfmt ".utf8) + [16, 0, 0, 0]
    + [1, 0, 1, 0, 0x40, 0x1F, 0, 0, 0x40, 0x1F, 0, 0, 1, 0, 8, 0]
    + Array("data".utf8) + [1, 0, 0, 0, 0x80, 0]
  static let mp3: [UInt8] = [0xFF, 0xFB, 0x90, 0x44] + [UInt8](repeating: 0, count: 413)
  static let gif: [UInt8] =
    Array("GIF89a".utf8) + [1, 0, 1, 0, 0x80, 0, 0] + [0, 0, 0, 1, 1, 1]
    + [0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0, 0x3B]

  static let svg = Array(
    #"<svg xmlns="http://www.w3.org/2000/svg"><text>drawn</text></svg>"#.utf8)

  /// What our own hard binding check says of a file, and the store it has.
  private func check(_ path: String) throws -> (store: EmbeddedStore, findings: [Finding]) {
    let asset = try FileByteSource(path: path)
    let format = try AssetFormat.detect(in: asset)
    let store = try #require(try EmbeddedStore.locate(in: asset, format: format))
    let sample = try #require(BindingSample(store.bytes))
    return (
      store,
      HardBinding.validate(
        assertionLabel: sample.label, assertion: sample.assertion, asset: asset, format: format,
        store: store, claimAlgorithm: sample.claimAlgorithm)
    )
  }

  @Test(
    arguments: [
      ("a.jpg", jpeg), ("a.png", png), ("a.wav", wav), ("a.mp3", mp3), ("a.gif", gif),
      ("a.svg", svg),
    ])
  func `A file is bound to its manifest, and a changed bit breaks the bond`(
    name: String, bytes: [UInt8]
  ) throws {
    let folder = try TemporaryDirectory()
    try folder.write(name, bytes)
    let fixture = try SigningFixture()
    let signed = try ManifestSigner.sign(
      input: folder.path(name), output: folder.path("signed"),
      definition: SigningFixture.definition, signer: fixture.signer())
    let (store, findings) = try check(folder.path("signed"))
    #expect(findings.map(\.code) == [.assertionDataHashMatch])
    #expect(HashAlgorithm.sha256.digest(store.bytes) == signed.manifestHash)

    var changed = try FileByteSource.contents(of: folder.path("signed"))
    // In RIFF the store comes last.
    let isLast = store.ranges[0].upperBound >= changed.count - 1
    changed[isLast ? store.ranges[0].lowerBound - 2 : changed.count - 4] ^= 1
    try folder.write("changed", changed)
    #expect(try check(folder.path("changed")).findings.map(\.code) == [.assertionDataHashMismatch])
  }

  private static let corpus = TestKit.shared("corpus/generated/valid")

  @Test(
    .enabled(if: corpus != nil, "the conformance corpus is not there"),
    arguments: [
      "still.webp", "tone.wav", "clip.avi", "tone.mp3", "tone.flac", "moving.gif", "drawing.svg",
      "still.tiff",
    ])
  func `A file that another library signed is signed anew`(name: String) throws {
    let folder = try TemporaryDirectory()
    let fixture = try SigningFixture()
    let corpus = try #require(Self.corpus)
    _ = try ManifestSigner.sign(
      input: corpus + "/" + name, output: folder.path(name),
      definition: SigningFixture.definition, signer: fixture.signer())
    let trust = TrustConfiguration(
      anchorSets: [.init(name: "own", anchors: [fixture.root.certificate])])
    let report = try Verifier(trust: trust).verify(path: folder.path(name))
    #expect(report.state == .trusted, "\(report.findings)")
    #expect(try check(folder.path(name)).findings.map(\.code) == [.assertionDataHashMatch])
  }

  @Test func `Two signings of one clip differ in label and salts, and replace each other`()
    async throws
  {
    let folder = try TemporaryDirectory()
    try #require(try await SigningFixture.clip(at: folder.path("in.mp4")), "ffmpeg is needed")
    let signer = try SigningFixture().signer()
    let definition = SigningFixture.definition
    let first = try ManifestSigner.sign(
      input: folder.path("in.mp4"), output: folder.path("1.mp4"), definition: definition,
      signer: signer)
    let second = try ManifestSigner.sign(
      input: folder.path("1.mp4"), output: folder.path("2.mp4"), definition: definition,
      signer: signer)
    #expect(first.manifestLabel != second.manifestLabel)
    let (store, findings) = try check(folder.path("2.mp4"))
    #expect(findings.map(\.code) == [.assertionBmffHashMatch])
    let root = try JUMBFSuperbox.parse(store.bytes)
    #expect(root.superboxes.map(\.label) == [second.manifestLabel])
    let sizes = try ["1.mp4", "2.mp4"].map { try FileByteSource(path: folder.path($0)).count }
    #expect(sizes[0] == sizes[1])
  }

  @Test(arguments: SignatureAlgorithm.allCases)
  func `The signature is over the claim that is stored`(algorithm: SignatureAlgorithm) throws {
    let folder = try TemporaryDirectory()
    try folder.write("in.png", Self.png)
    _ = try ManifestSigner.sign(
      input: folder.path("in.png"), output: folder.path("out.png"),
      definition: SigningFixture.definition, signer: SigningFixture().signer(algorithm))
    let store = try check(folder.path("out.png")).store.bytes
    let manifest = try #require(try JUMBFSuperbox.parse(store).superboxes.last)
    func content(_ label: String) throws -> [UInt8] {
      Array(store[try #require(manifest.child(labelled: label)?.payload(.cbor))])
    }
    let message = try COSESign1(content("c2pa.signature"))
    let chain = try message.certificateChain()
    #expect(chain.count == 2)
    let leaf = try Certificate(der: #require(chain.first))
    #expect(try message.algorithm() == algorithm)
    #expect(
      message.isValid(
        payload: try content("c2pa.claim.v2"), key: leaf.publicKey, algorithm: algorithm))
    let claim = try CBORValue.decode(content("c2pa.claim.v2"))
    #expect(claim.encodeDeterministic() == (try content("c2pa.claim.v2")))
    #expect(claim["gathered_assertions"]?.array?.count == 1)
    #expect(claim["signature"]?.text?.hasPrefix("self#jumbf=/c2pa/urn:c2pa:") == true)
  }

  @Test func `What a validator would refuse is refused before anything is written`() throws {
    let folder = try TemporaryDirectory()
    try folder.write("in.png", Self.png)
    let signer = try SigningFixture().signer()
    var illegal: [ManifestDefinition] = []
    let good = SigningFixture.definition
    func add(_ change: (inout ManifestDefinition) -> Void) {
      var definition = good
      change(&definition)
      illegal.append(definition)
    }
    add { $0.actions = [] }
    add { $0.actions.removeFirst() }
    add { $0.actions.append($0.actions[0]) }
    add { $0.actions[0].digitalSourceType = nil }
    add { $0.actions[0].ingredients = ["nobody"] }
    add { $0.assertions.removeFirst() }
    add { $0.assertions.append(AssertionDefinition(label: "c2pa.hash.data", content: .cbor([:]))) }
    add { $0.assertions.append(AssertionDefinition(label: "no label", content: .cbor([:]))) }
    for definition in illegal {
      let error = #expect(throws: SigningError.self) {
        try ManifestSigner.sign(
          input: folder.path("in.png"), output: folder.path("out.png"), definition: definition,
          signer: signer)
      }
      #expect(error?.code == "signing.definition")
    }
    try folder.write("in.pdf", Array("%PDF-1.7".utf8))
    let error = #expect(throws: SigningError.self) {
      try ManifestSigner.sign(
        input: folder.path("in.pdf"), output: folder.path("out.pdf"), definition: good,
        signer: signer)
    }
    #expect(error?.code == "signing.container.unsupported")
    let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(left.sorted() == ["in.pdf", "in.png"])
  }
}
