import Bytes
import C2PA
import Foundation
import PKI
import StrictJSON
import TestKit
import Testing

/// Everything that the reference library signs, in each container and with each algorithm, is
/// trusted here; and one byte of the media turned makes it invalid.
///
/// Runs where `Scripts/python-tools` has installed `c2pa-python`, or `ASSAY_C2PA_PYTHON` names a
/// Python that has it.
struct ReferenceSignedTests {
  private static let python = TestKit.referencePython
  private static let script =
    TestKit.packageRoot + "/Tests/ConformanceTests/Clients/c2pa_sign.py"

  private func credentials(_ fixture: SigningFixture, in folder: TemporaryDirectory) throws {
    for algorithm in SignatureAlgorithm.allCases {
      let kind: KeyKind =
        switch algorithm {
        case .es256: .p256
        case .es384: .p384
        case .es512: .p521
        case .ed25519: .ed25519
        case .ps256, .ps384, .ps512: .rsa(bits: 2048)
        }
      let key = try PrivateKey.generate(kind)
      let leaf = try fixture.intermediate.issue(
        .claimSigner, name: DistinguishedName(commonName: "Elsewhere", organization: "Others"),
        publicKey: key.publicKey, notBefore: SigningFixture.notBefore, days: 3650)
      try folder.write("\(algorithm.rawValue).key", key.pem())
      try folder.write(
        "\(algorithm.rawValue).pem", leaf.pem + fixture.intermediate.certificate.pem)
    }
  }

  @Test(.enabled(if: python != nil, "no reference library"))
  func `What the reference library signs is trusted`() async throws {
    let folder = try TemporaryDirectory()
    let fixture = try SigningFixture()
    try credentials(fixture, in: folder)
    let result = try await TestKit.run(
      try #require(Self.python), arguments: [Self.script, folder.path])
    let verifier = Verifier(
      trust: TrustConfiguration(anchorSets: [
        .init(name: "elsewhere", anchors: [fixture.root.certificate])
      ]))
    let lines = String(decoding: result.output, as: UTF8.self).split(separator: "\n")
    #expect(result.status == 0, "the script stopped after \(lines.count) files")
    for line in lines {
      let entry = try JSONValue.parse(Array(line.utf8))
      let path = try #require(entry["file"]?.string)
      let bytes = try FileByteSource.contents(of: path)
      let sidecar = try entry["sidecar"]?.string.map { try FileByteSource.contents(of: $0) }
      let report = verifier.verify(bytes, name: path, sidecar: sidecar)
      #expect(
        report.state == .trusted, "\(line): \(report.codes(.failure)) \(report.reason)")
      // Media or manifest, whichever lies there; the end may be an index that no hash covers.
      var damaged = bytes
      damaged[damaged.count / 2] ^= 1
      #expect(verifier.verify(damaged, sidecar: sidecar).state != .trusted, "\(line), damaged")
    }
    print("reference library: \(lines.count) files that it signed were judged")
    #expect(lines.count > 100)
  }
}
