import Bytes
import C2PA
import PKI
import TestKit

/// A development chain and the signers it makes.
struct SigningFixture {
  let root: CertificateIssuer
  let intermediate: CertificateIssuer

  /// 2026-01-01, for ten years.
  static let notBefore: Int64 = 1_767_225_600

  init() throws {
    root = try .makeRoot(
      name: DistinguishedName(commonName: "Test Root", organization: "Assay Tests"),
      key: .generate(.p256), notBefore: Self.notBefore, days: 3650)
    intermediate = try root.makeIntermediate(
      name: DistinguishedName(commonName: "Test Intermediate", organization: "Assay Tests"),
      key: .generate(.p256), notBefore: Self.notBefore, days: 3650)
  }

  func signer(_ algorithm: SignatureAlgorithm = .es256) throws -> PEMSigner {
    let kind: KeyKind =
      switch algorithm {
      case .es256: .p256
      case .es384: .p384
      case .es512: .p521
      case .ed25519: .ed25519
      case .ps256, .ps384, .ps512: .rsa(bits: 2048)
      }
    let key = try PrivateKey.generate(kind)
    let leaf = try intermediate.issue(
      .claimSigner,
      name: DistinguishedName(commonName: "Test Signer", organization: "Assay Tests"),
      publicKey: key.publicKey, notBefore: Self.notBefore, days: 3650)
    let chain = leaf.pem + intermediate.certificate.pem + root.certificate.pem
    return try PEMSigner(key: key.pem(), chain: chain, algorithm: algorithm)
  }

  /// A clip made by a model, with a prompt, a disclosure and a record elsewhere.
  static let definition = ManifestDefinition(
    generator: GeneratorInfo(name: "assay-tests", version: "1.0", specVersion: "2.4.0"),
    title: "A test",
    actions: [
      ActionDefinition(
        "c2pa.created", when: "2026-06-01T10:00:00Z",
        digitalSourceType: DigitalSourceType.trainedAlgorithmicMedia,
        softwareAgent: GeneratorInfo(name: "test-model", version: "2"), ingredients: ["prompt"]),
      ActionDefinition(
        "c2pa.edited", digitalSourceType: DigitalSourceType.algorithmicMedia,
        description: "visible moving mark"),
      ActionDefinition("c2pa.watermarked.bound", relatedAssertions: ["c2pa.soft-binding"]),
      ActionDefinition("c2pa.transcoded"),
    ],
    assertions: [
      .softBinding(algorithm: "org.example.mark", value: [1, 2, 3, 4]),
      .aiDisclosure(modelType: "c2pa.types.model", modelName: "test", oversight: "prompt_guided"),
      .externalReference(
        url: "https://example.org/log/1", sha256: [UInt8](repeating: 7, count: 32),
        dataTypes: ["c2pa.types.audit-log"], description: "the decision's record"),
    ],
    ingredients: [
      IngredientDefinition(
        id: "prompt", relationship: .inputTo, format: "text/plain",
        dataTypes: ["c2pa.types.generator.prompt"],
        data: .embedded(mediaType: "text/plain", bytes: Array("a lighthouse".utf8)))
    ])

  /// A clip of half a second with sound, made by the ffmpeg command line; nil where it is missing.
  static func clip(
    at path: String, fastStart: Bool = true, arguments: [String] = []
  ) async throws -> Bool {
    let result = try await TestKit.run(
      "ffmpeg",
      arguments: [
        "-v", "error", "-y", "-f", "lavfi", "-i", "testsrc=size=160x120:rate=10:duration=0.5",
        "-f", "lavfi", "-i", "sine=duration=0.5", "-shortest", "-pix_fmt", "yuv420p",
      ] + (fastStart ? ["-movflags", "+faststart"] : []) + arguments + [path])
    return result.status == 0
  }
}
