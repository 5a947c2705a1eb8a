import Bytes
import C2PA
import CBOR
import Containers
import Glibc
import JUMBF
import PKI

/// `fuzz-seeds FOLDER` writes a small corpus for each fuzzer into FOLDER/SUBJECT: the least files
/// that each container is known by, the same signed, and the parts of their manifests.
@main struct Seeds {
  let folder: String

  static func main() throws {
    guard CommandLine.arguments.count == 2 else {
      print("usage: fuzz-seeds FOLDER")
      exit(64)
    }
    try Seeds(folder: CommandLine.arguments[1]).write()
  }

  func write() throws {
    let subjects = Set((Carriers.all + Carriers.readOnly).map(\.subject)).sorted()
    for subject in ["cbor", "jumbf", "cose", "text", "verifier"] + subjects {
      mkdir("\(folder)/\(subject)", 0o755)
    }
    for (name, text) in Texts.all { try save("text/\(name)", Array(text.utf8)) }
    for (name, subject, bytes) in Carriers.readOnly {
      let format = try AssetFormat.detect(in: bytes)
      guard try EmbeddedStore.locate(in: bytes, format: format) != nil else {
        preconditionFailure("the store of \(name) is not found")
      }
      try save("\(subject)/\(name)", bytes)
      try save("verifier/\(name)", bytes)
    }
    let signer = try Self.signer()
    for (name, subject, bytes) in Carriers.all {
      try save("\(subject)/\(name)", bytes)
      try save("verifier/\(name)", bytes)
      let sink = MemoryByteSink()
      try ManifestSigner.sign(
        Self.bare(bytes), into: sink, definition: Self.definition, signer: signer)
      let signed = sink.bytes
      try save("\(subject)/signed-\(name)", signed)
      try save("verifier/signed-\(name)", signed)
      guard ["png", "mp4"].contains(name) else { continue }
      let format = try AssetFormat.detect(in: signed)
      guard let store = try EmbeddedStore.locate(in: signed, format: format) else {
        preconditionFailure("the signed file has no store")
      }
      try save("jumbf/\(name)", store.bytes)
      try save("verifier/store-\(name)", store.bytes)
      let root = try JUMBFSuperbox.parse(store.bytes)
      try save("verifier/compressed-\(name)", Self.compressed(root, store.bytes))
      try saveParts(of: root, store.bytes, name)
      var definition = Self.definition
      definition.isUpdate = true
      definition.assertions = []
      definition.actions = [ActionDefinition("c2pa.opened", ingredients: ["parent"])]
      let verifier = Verifier(trust: TrustConfiguration())
      definition.ingredients = [
        IngredientDefinition(
          id: "parent", relationship: .parentOf,
          manifest: try IngredientDefinition.Manifest.read(from: signed, verifier: verifier)?
            .manifest)
      ]
      let updated = MemoryByteSink()
      try ManifestSigner.sign(signed, into: updated, definition: definition, signer: signer)
      try save("\(subject)/updated-\(name)", updated.bytes)
      try save("verifier/updated-\(name)", updated.bytes)
    }
  }

  /// Without the empty store that some carry, which is nobody's parent.
  private static func bare(_ bytes: [UInt8]) throws -> [UInt8] {
    let format = try AssetFormat.detect(in: bytes)
    guard try EmbeddedStore.locate(in: bytes, format: format) != nil else { return bytes }
    // Nothing takes the store out of these.
    switch format {
    case .tiff: return Carriers.plainTIFF
    case .svg: return Carriers.plainSVG
    case .id3: return Array(bytes.suffix(4))
    default: break
    }
    let plan = try StoreInsertion.planWithout(bytes, format: format).asset
    return try plan.read(0..<plan.count)
  }

  /// Every CBOR box on its own; the one in a claim signature is a COSE message.
  private func saveParts(of box: JUMBFSuperbox, _ bytes: [UInt8], _ name: String) throws {
    if let range = box.payload(.cbor) {
      let isMessage = box.label == ManifestLabel.signature
      try save("\(isMessage ? "cose" : "cbor")/\(name)-\(box.label)", Array(bytes[range]))
      if isMessage { try save("cbor/\(name)-message", Array(bytes[range])) }
    }
    for inner in box.superboxes { try saveParts(of: inner, bytes, name) }
  }

  /// The store with its manifests in Brotli streams of one uncompressed meta-block and an empty
  /// last one (RFC 7932 section 9.2), which fuzzing bends more easily than dense ones.
  private static func compressed(_ root: JUMBFSuperbox, _ bytes: [UInt8]) -> [UInt8] {
    let manifests = root.superboxes.map { manifest in
      precondition(manifest.range.count <= 1 << 16, "one meta-block holds no more")
      let head = UInt32(manifest.range.count - 1) << 4 | 1 << 20
      let stream =
        [UInt8(head & 0xFF), UInt8(head >> 8 & 0xFF), UInt8(head >> 16)] + bytes[manifest.range]
        + [3]
      return JUMBFBuilder.superbox(
        .compressedManifest, label: manifest.label, contents: JUMBFBuilder.box(.brotli, stream))
    }
    return JUMBFBuilder.superbox(
      .manifestStore, label: ManifestLabel.store, contents: Array(manifests.joined()))
  }

  private func save(_ name: String, _ bytes: [UInt8]) throws {
    let sink = try FileByteSink(path: "\(folder)/\(name)")
    try sink.write(bytes)
    try sink.commit()
  }

  private static let definition = ManifestDefinition(
    generator: GeneratorInfo(name: "assay-fuzz", version: "1.0", specVersion: "2.4.0"),
    title: "A seed",
    actions: [
      ActionDefinition(
        "c2pa.created", when: "2026-06-01T10:00:00Z",
        digitalSourceType: DigitalSourceType.trainedAlgorithmicMedia, ingredients: ["prompt"])
    ],
    assertions: [
      .aiDisclosure(modelType: "c2pa.types.model", modelName: "seed", oversight: "prompt_guided")
    ],
    ingredients: [
      IngredientDefinition(
        id: "prompt", relationship: .inputTo, format: "text/plain",
        dataTypes: ["c2pa.types.generator.prompt"],
        data: .embedded(mediaType: "text/plain", bytes: Array("a lighthouse".utf8)))
    ])

  private static func signer() throws -> PEMSigner {
    // 2026-01-01.
    let start: Int64 = 1_767_225_600
    let root = try CertificateIssuer.makeRoot(
      name: DistinguishedName(commonName: "Fuzz Root", organization: "Fuzz"),
      key: .generate(.p256), notBefore: start, days: 3650)
    let key = try PrivateKey.generate(.p256)
    let leaf = try root.issue(
      .claimSigner, name: DistinguishedName(commonName: "Fuzz", organization: "Fuzz"),
      publicKey: key.publicKey, notBefore: start, days: 3650)
    return try PEMSigner(
      key: key.pem(), chain: leaf.pem + root.certificate.pem, algorithm: .es256)
  }
}
