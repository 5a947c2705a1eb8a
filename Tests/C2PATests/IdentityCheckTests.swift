import C2PA
import CBOR
import COSE
import JUMBF
import PKI
import Testing

/// Identities signed apart from the claim: reported, and never part of the verdict.
@Suite struct IdentityCheckTests {
  private enum Damage {
    case none, otherHash, twice, unbound, padding, signature, kind
  }

  /// A file with an identity, whose binding is made first: the identity refers to its hash.
  private func report(
    _ damage: Damage = .none, trust: TrustConfiguration = SignedPNG.trust
  ) throws -> VerificationReport {
    var file = SignedPNG()
    file.isBound = false
    // Bound beside the file, so that the binding's hash does not depend on the store's length.
    let binding: CBORValue = [
      "hash": .bytes(HashAlgorithm.sha256.digest(SignedPNG.head + SignedPNG.tail)),
      "alg": "sha256", "pad": .bytes([]),
    ]
    file.assertions.append(("c2pa.hash.data", binding))
    let box = SignedPNG.assertionBox("c2pa.hash.data", binding)
    var reference = SignedPNG.reference("c2pa.hash.data", box)
    if damage == .otherHash {
      reference = ["url": reference["url"] ?? 0, "hash": .bytes([UInt8](repeating: 1, count: 32))]
    }
    var references = [reference]
    if damage == .twice { references.append(reference) }
    if damage == .unbound {
      references = [
        SignedPNG.reference(
          "c2pa.actions.v2", SignedPNG.assertionBox("c2pa.actions.v2", SignedPNG.created))
      ]
    }
    let payload: CBORValue = [
      "referenced_assertions": .array(references),
      "sig_type": damage == .kind ? "org.example.other" : "cawg.x509.cose",
    ]
    let person = SignedPNG.credential
    let builder = COSESign1Builder(algorithm: .es256, certificateChain: [person.leaf.der])
    var signature = try person.key.sign(
      builder.toBeSigned(payload: payload.encodeDeterministic()), algorithm: .es256)
    if damage == .signature { signature[3] ^= 1 }
    file.assertions.append(
      (
        "cawg.identity",
        [
          "signer_payload": payload, "signature": .bytes(try builder.message(signature: signature)),
          "pad1": .bytes(damage == .padding ? [0, 1] : [0, 0]),
        ]
      ))
    let store = try file.store()
    return Verifier(trust: trust, at: SignedPNG.now)
      .verify(SignedPNG.head + SignedPNG.tail, sidecar: store)
  }

  private func identityCodes(_ report: VerificationReport) -> [String] {
    report.findings.map(\.code.rawValue).filter { $0.contains("cawg") }
  }

  @Test func anIdentityIsNamedWithWhoVouchesForIt() throws {
    let report = try report()
    #expect(report.state == .trusted, "\(report.reason)")
    #expect(
      identityCodes(report) == [
        "cawg.x509.signature.validated", "cawg.identity.well-formed",
        "cawg.x509.credential.trusted",
      ])
    let stranger = try self.report(trust: .none)
    #expect(stranger.state == .valid)
    #expect(
      identityCodes(stranger) == [
        "cawg.x509.signature.validated", "cawg.identity.well-formed",
        "cawg.x509.credential.untrusted",
      ])
  }

  @Test func whatIsWrongWithAnIdentityIsToldAndChangesNothing() throws {
    let cases: [(Damage, String)] = [
      (.otherHash, "cawg.identity.assertion.mismatch"),
      (.twice, "cawg.identity.assertion.duplicate"),
      (.unbound, "cawg.identity.hard_binding_missing"),
      (.padding, "cawg.identity.pad.invalid"),
      (.signature, "cawg.x509.signature.mismatch"),
      (.kind, "assay.cawg.identity.notEvaluated"),
    ]
    for (damage, code) in cases {
      let report = try report(damage)
      #expect(report.state == .trusted, "\(damage)")
      #expect(identityCodes(report) == [code], "\(damage)")
    }
  }
}
