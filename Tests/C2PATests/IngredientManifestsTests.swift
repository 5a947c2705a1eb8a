import Bytes
import CBOR
import PKI
import TestKit
import Testing

@testable import C2PA

/// Ingredients that share manifests, parts of them, or only a label.
struct IngredientManifestsTests {
  private let fixture: SigningFixture
  private let signer: PEMSigner
  private let verifier: Verifier

  init() throws {
    fixture = try SigningFixture()
    signer = try fixture.signer()
    verifier = Verifier(
      trust: TrustConfiguration(
        anchorSets: [.init(name: "tests", anchors: [fixture.root.certificate])]),
      at: SigningFixture.notBefore + 86_400)
  }

  private static let place = AssertionDefinition(
    label: "org.example.place", content: .cbor(["street": "12 Some Street"]))

  private func sign(
    _ bytes: [UInt8], _ definition: ManifestDefinition
  ) throws -> (bytes: [UInt8], label: String) {
    let sink = MemoryByteSink()
    var options = SigningOptions()
    options.verifier = nil
    let signed = try ManifestSigner.sign(
      bytes, into: sink, definition: definition, signer: signer, options: options)
    return (sink.bytes, signed.manifestLabel)
  }

  private func taken(_ bytes: [UInt8]) throws -> IngredientDefinition.Manifest {
    try #require(try IngredientDefinition.Manifest.read(from: bytes, verifier: verifier)).manifest
  }

  /// A picture made of these, each in its own right.
  private func collage(
    _ ingredients: [IngredientDefinition], redactions: [Redaction] = []
  ) -> ManifestDefinition {
    ManifestDefinition(
      generator: GeneratorInfo(name: "assay-tests"),
      actions: [
        ActionDefinition(
          "c2pa.created", digitalSourceType: DigitalSourceType.compositeSynthetic),
        ActionDefinition("c2pa.placed", ingredients: ingredients.map(\.id)),
      ], ingredients: ingredients, redactions: redactions)
  }

  private func component(
    _ id: String, _ manifest: IngredientDefinition.Manifest
  ) -> IngredientDefinition {
    IngredientDefinition(
      id: id, relationship: .componentOf, title: id, format: "image/png", manifest: manifest)
  }

  private var original: ManifestDefinition {
    var definition = SigningFixture.definition
    definition.assertions.append(Self.place)
    return definition
  }

  @Test func `A manifest that two ingredients bring is stored once`() throws {
    let first = try sign(ManifestSignerTests.png, original)
    let both = try sign(
      ManifestSignerTests.jpeg,
      collage([component("a", taken(first.bytes)), component("b", taken(first.bytes))]))
    let report = verifier.verify(both.bytes)
    #expect(report.state == .trusted, "\(report.reason)")
    #expect(report.manifests.map(\.label) == [both.label, first.label])
  }

  @Test func `Of a manifest and its redacted copy the redacted one stays`() throws {
    let first = try sign(ManifestSignerTests.png, original)
    let uri = JUMBFURI.assertion(Self.place.label, in: first.label)
    let redactor = try sign(
      ManifestSignerTests.png,
      collage([component("a", taken(first.bytes))], redactions: [Redaction(uri: uri)]))
    let whole = component("whole", try taken(first.bytes))
    let poorer = component("poorer", try taken(redactor.bytes))
    for order in [[whole, poorer], [poorer, whole]] {
      let both = try sign(ManifestSignerTests.jpeg, collage(order))
      let report = verifier.verify(both.bytes)
      #expect(report.state == .trusted, "\(report.reason) \(report.codes(.failure))")
      #expect(report.manifests.count == 3)
      let needle = Array("12 Some Street".utf8)
      #expect(!both.bytes.indices.contains { both.bytes[$0...].starts(with: needle) })
    }
  }

  @Test func `Another manifest under a label that is taken gets a new one`() throws {
    let first = try sign(ManifestSignerTests.png, original)
    var forged = try taken(first.bytes).store
    let needle = Array("12 Some Street".utf8)
    let spot = try #require(forged.indices.first { forged[$0...].starts(with: needle) })
    forged[spot] ^= 1
    let other = component(
      "other",
      IngredientDefinition.Manifest(
        store: forged,
        findings: [
          Finding(
            .assertionHashedURIMismatch,
            at: JUMBFURI.assertion(Self.place.label, in: first.label), "It was altered.")
        ]))
    let both = try sign(
      ManifestSignerTests.jpeg,
      collage([component("a", taken(first.bytes)), other, other.named("c")])
    )
    let report = verifier.verify(both.bytes)
    #expect(report.state == .trusted, "\(report.reason) \(report.codes(.failure))")
    #expect(report.manifests.map(\.label) == [both.label, first.label, first.label + "::1_1"])
    // Its claim is as it was signed, so it names its signature by the old label.
    #expect(report.manifests[2].findings.contains { $0.code == .claimSignatureValidated })
    #expect(report.manifests[2].findings.contains { $0.code == .claimSignatureMissing })
    let good = try #require(report.manifests.first { $0.label == first.label })
    #expect(!good.findings.contains { $0.kind == .failure })
    // What was known to be wrong with the other stands in its ingredient assertion.
    let assertion = try #require(report.active?.ingredients.first { $0.title == "other" })
    #expect(
      assertion.recorded.map(\.url) == [
        JUMBFURI.assertion(Self.place.label, in: first.label + "::1_1"),
        JUMBFURI.signature(in: first.label + "::1_1"),
      ])
  }

  @Test func `What was not yet known about an ingredient's ingredient is recorded`() throws {
    let first = try sign(ManifestSignerTests.png, original)
    let second = try sign(ManifestSignerTests.png, collage([component("a", taken(first.bytes))]))
    // This one trusts nobody, which the second signer did.
    let stranger = Verifier(trust: .none, at: SigningFixture.notBefore + 86_400)
    let manifest = try #require(
      try IngredientDefinition.Manifest.read(from: second.bytes, verifier: stranger)
    ).manifest
    #expect(
      manifest.deltas.map(\.assertionURI) == [
        JUMBFURI.assertion("c2pa.ingredient.v3", in: second.label)
      ])
    #expect(manifest.deltas.first?.findings.map(\.code) == [.signingCredentialUntrusted])
    let third = try sign(ManifestSignerTests.jpeg, collage([component("b", manifest)]))
    let report = verifier.verify(third.bytes)
    #expect(report.state == .trusted, "\(report.reason) \(report.codes(.failure))")
    let value = try #require(
      report.active?.assertions.first { $0.type == "c2pa.ingredient.v3" }?.cbor)
    let delta = value["validationResults"]?["ingredientDeltas"]?.array?.first
    #expect(
      delta?["validationDeltas"]?["failure"]?.array?.first?["code"]?.text
        == "signingCredential.untrusted")
  }

  @Test func `An ingredient keeps the small picture that its manifest has of it`() throws {
    var definition = original
    definition.assertions.append(
      AssertionDefinition(
        label: "c2pa.thumbnail.claim", content: .file(mediaType: "image/png", bytes: [1, 2, 3])))
    let manifest = try taken(try sign(ManifestSignerTests.png, definition).bytes)
    #expect(manifest.thumbnail == .init(mediaType: "image/png", bytes: [1, 2, 3]))
    var ingredient = component("a", manifest)
    ingredient.thumbnail = manifest.thumbnail
    let bare = IngredientDefinition(
      id: "bare", relationship: .componentOf, thumbnail: .init(mediaType: "image/png", bytes: [4]))
    let signed = try sign(ManifestSignerTests.jpeg, collage([ingredient, bare]))
    let report = verifier.verify(signed.bytes)
    #expect(report.state == .trusted, "\(report.reason) \(report.codes(.failure))")
    let labels = try #require(report.active).assertions.map(\.label)
    #expect(labels.contains("c2pa.thumbnail.ingredient"))
    #expect(labels.contains("c2pa.thumbnail.ingredient__1"))
  }
}

extension IngredientDefinition {
  fileprivate func named(_ id: String) -> IngredientDefinition {
    var copy = self
    copy.id = id
    return copy
  }
}
