import Bytes
import C2PA
import PKI
import TestKit
import Testing

struct IngredientDefinitionTests {
  @Test func `A signed picture brings its manifest along, and both are judged`() throws {
    let folder = try TemporaryDirectory()
    let fixture = try SigningFixture()
    let signer = try fixture.signer()
    let verifier = Verifier(
      trust: TrustConfiguration(
        anchorSets: [.init(name: "tests", anchors: [fixture.root.certificate])]),
      at: SigningFixture.notBefore + 86_400)
    try folder.write("reference.png", ManifestSignerTests.png)
    let reference = try ManifestSigner.sign(
      input: folder.path("reference.png"), output: folder.path("reference-signed.png"),
      definition: SigningFixture.definition, signer: signer)

    let source = try FileByteSource(path: folder.path("reference-signed.png"))
    let taken = try #require(
      try IngredientDefinition.Manifest.read(from: source, verifier: verifier))
    #expect(taken.report.state == .trusted)
    var definition = SigningFixture.definition
    definition.actions[0].ingredients.append("reference")
    definition.ingredients.append(
      IngredientDefinition(
        id: "reference", relationship: .inputTo, title: "reference.png", format: "image/png",
        manifest: taken.manifest))
    try folder.write("clip.jpg", ManifestSignerTests.jpeg)
    let signed = try ManifestSigner.sign(
      input: folder.path("clip.jpg"), output: folder.path("signed.jpg"), definition: definition,
      signer: signer)
    let report = try verifier.verify(path: folder.path("signed.jpg"))
    #expect(report.state == .trusted, "\(report.reason) \(report.codes(.failure))")
    #expect(report.activeManifest == signed.manifestLabel)
    #expect(report.manifests.map(\.label).contains(reference.manifestLabel))

    // A bit changed inside the copied manifest is found although our own signature is good.
    var bytes = try FileByteSource.contents(of: folder.path("signed.jpg"))
    let needle = Array("a lighthouse".utf8)
    let place = try #require(bytes.indices.first { bytes[$0...].starts(with: needle) })
    bytes[place] ^= 1
    try folder.write("changed.jpg", bytes)
    #expect(try verifier.verify(path: folder.path("changed.jpg")).state == .invalid)
  }

  @Test func `A file without credentials brings none`() throws {
    #expect(
      try IngredientDefinition.Manifest.read(
        from: ManifestSignerTests.png, verifier: Verifier(trust: .none)) == nil)
  }
}
