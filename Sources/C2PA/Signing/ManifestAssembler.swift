import CBOR
import COSE
import JUMBF
import PKI

/// Builds the manifest store of one signing. Everything but the hard binding and the signature is
/// made once, so that every call yields a store of the same length. An update has no binding.
struct ManifestAssembler {
  /// `urn:c2pa:` and a random UUID (C2PA 2.5 section 9.2).
  let label: String
  private let instanceID: String
  private let definition: ManifestDefinition
  private let cose: COSESign1Builder
  /// Bytes kept for the COSE message: what it needs today, and room for a larger signature header.
  private let signatureLength: Int
  private let bindingSalt: [UInt8]
  private var created: [Entry] = []
  private var gathered: [Entry] = []
  private var foreign: IngredientManifests
  private let options: SigningOptions
  /// Labels of manifests that stay in a store of their own, beside the one that is built.
  var keptElsewhere: Set<String> = []

  /// An assertion box with the label it got.
  private struct Entry {
    let label: String
    let box: [UInt8]

    var reference: CBORValue {
      HashedURI(
        url: JUMBFURI.relativeAssertion(label), hash: ManifestAssembler.hash(of: box)
      ).cbor
    }
  }

  private static let spareSignatureBytes = 512

  init(
    _ definition: ManifestDefinition, algorithm: SignatureAlgorithm, certificateChain: [[UInt8]],
    signatureByteCount: Int, options: SigningOptions = SigningOptions()
  ) throws(SigningError) {
    self.options = options
    self.definition = definition
    label = "urn:c2pa:\(Self.randomUUID())"
    instanceID = "xmp:iid:\(Self.randomUUID())"
    bindingSalt = SecureRandom.bytes(16)
    foreign = IngredientManifests(redactions: definition.redactions)
    cose = COSESign1Builder(algorithm: algorithm, certificateChain: certificateChain)
    signatureLength =
      cose.protectedBytes.count + signatureByteCount + Self.spareSignatureBytes
      + (options.timeStamping.authority?.tokenByteLimit ?? 0)
      + options.revocationResponses.reduce(0) { $0 + $1.count + 8 }
    try definition.check()
    try addAssertions()
  }

  // MARK: Assertions

  private mutating func addAssertions() throws(SigningError) {
    var counts: [String: Int] = [:]
    func next(_ label: String) -> String {
      let count = counts[label, default: 0]
      counts[label] = count + 1
      return count == 0 ? label : "\(label)__\(count)"
    }
    // All before the first is referred to: a later one may bring a redacted copy.
    var manifests: [String: (old: String, new: String)] = [:]
    for ingredient in definition.ingredients {
      guard let manifest = ingredient.manifest else { continue }
      manifests[ingredient.id] = try foreign.take(
        definition.redactions.applied(to: manifest.store), of: ingredient.id)
    }
    var ingredients: [String: CBORValue] = [:]
    var others: [String: CBORValue] = [:]
    var ingredientEntries: [Entry] = []
    for ingredient in definition.ingredients {
      var data: CBORValue?
      switch ingredient.data {
      case .embedded(let mediaType, let bytes)?:
        let entry = Self.fileEntry(next("c2pa.embedded-data"), mediaType, bytes)
        ingredientEntries.append(entry)
        data = entry.reference
      case .external(let url, let sha256)?:
        data = ["url": .text(url), "alg": "sha256", "hash": .bytes(sha256)]
      case nil: break
      }
      var thumbnail: CBORValue?
      if let picture = ingredient.thumbnail {
        let entry = Self.fileEntry(
          next("c2pa.thumbnail.ingredient"), picture.mediaType, picture.bytes)
        ingredientEntries.append(entry)
        thumbnail = entry.reference
      }
      let entry = Self.cborEntry(
        next("c2pa.ingredient.v3"),
        try assertion(
          for: ingredient, data: data, thumbnail: thumbnail, labels: manifests[ingredient.id]))
      ingredientEntries.append(entry)
      ingredients[ingredient.id] = entry.reference
    }
    var createdOthers: [Entry] = []
    for assertion in definition.assertions {
      let label = next(assertion.label)
      let entry =
        switch assertion.content {
        case .cbor(let value): Self.cborEntry(label, value)
        case .json(let text): Self.entry(label, .json, JUMBFBuilder.box(.json, text))
        case .file(let mediaType, let bytes): Self.fileEntry(label, mediaType, bytes)
        }
      if assertion.isGathered { gathered.append(entry) } else { createdOthers.append(entry) }
      others[assertion.id] = entry.reference
    }
    var actions: [CBORValue] = []
    for action in definition.actions + definition.redactions.map(\.action) {
      actions.append(try action.cbor(ingredients: ingredients, assertions: others))
    }
    // The first actions assertion holds the action that began the asset (section 16.4.1).
    created = [
      Self.cborEntry(
        "c2pa.actions.v2",
        [
          "actions": .array(actions),
          "allActionsIncluded": .bool(definition.allActionsIncluded),
        ])
    ]
    created += ingredientEntries + createdOthers
  }

  private func assertion(
    for ingredient: IngredientDefinition, data: CBORValue?, thumbnail: CBORValue?,
    labels: (old: String, new: String)?
  ) throws(SigningError) -> CBORValue {
    var pairs: [CBORValue.Pair] = [
      .init("relationship", .text(ingredient.relationship.rawValue))
    ]
    func add(_ name: String, _ text: String?) {
      if let text { pairs.append(.init(.text(name), .text(text))) }
    }
    add("dc:title", ingredient.title)
    add("dc:format", ingredient.format)
    add("instanceID", ingredient.instanceID)
    add("description", ingredient.description)
    add("digitalSourceType", ingredient.digitalSourceType)
    if !ingredient.dataTypes.isEmpty {
      let types = ingredient.dataTypes.map { type -> CBORValue in ["type": .text(type)] }
      pairs.append(.init("dataTypes", .array(types)))
    }
    if let data { pairs.append(.init("data", data)) }
    if let thumbnail {
      pairs.append(.init("thumbnail", thumbnail))
      // Section 16.5 asks for both, and bars the second beside a manifest.
      if ingredient.manifest == nil {
        pairs.append(.init("relatedAssertions", .array([thumbnail])))
      }
    }
    if let manifest = ingredient.manifest, let labels {
      guard let references = foreign.references(to: labels.new) else {
        throw .definition("the manifest of the ingredient \(ingredient.id) has no signature")
      }
      pairs.append(.init("activeManifest", references.manifest.cbor))
      pairs.append(.init("claimSignature", references.signature.cbor))
      pairs.append(
        .init("validationResults", manifest.validationResults(for: labels.old, as: labels.new)))
    }
    return .map(pairs)
  }

  private static func cborEntry(_ label: String, _ value: CBORValue) -> Entry {
    entry(label, .cbor, JUMBFBuilder.box(.cbor, value.encodeDeterministic()))
  }

  private static func fileEntry(_ label: String, _ mediaType: String, _ bytes: [UInt8]) -> Entry {
    entry(label, .embeddedFile, JUMBFBuilder.embeddedFile(mediaType: mediaType, content: bytes))
  }

  private static func entry(_ label: String, _ type: JUMBFType, _ contents: [UInt8]) -> Entry {
    Entry(
      label: label,
      box: JUMBFBuilder.superbox(
        type, label: label, salt: SecureRandom.bytes(16), contents: contents))
  }

  private static func hash(of superbox: [UInt8]) -> [UInt8] {
    HashAlgorithm.sha256.digest(Array(JUMBFBuilder.hashedPart(superbox)))
  }

  // MARK: Store

  /// The store with `binding` as hard binding and zeros for a signature.
  func unsignedStore(_ binding: HardBindingAssertion?) -> [UInt8] {
    store(binding, signature: [UInt8](repeating: 0, count: signatureLength))
  }

  /// The finished store. As long as the unsigned one of the same kind of binding.
  func signedStore(
    _ binding: HardBindingAssertion?, sign: ([UInt8]) throws -> [UInt8]
  ) throws(SigningError) -> (store: [UInt8], timeStamp: SignedAsset.TimeStamp) {
    let signature: [UInt8]
    do {
      signature = try sign(cose.toBeSigned(payload: claim(entries(binding))))
    } catch { throw .signer("\(error)") }
    let (token, timeStamp) = try timeStamp(signature)
    do {
      let message = try cose.message(
        signature: signature, timeStampToken: token,
        revocationResponses: options.revocationResponses, reservedSize: signatureLength)
      return (store(binding, signature: message), timeStamp)
    } catch { throw .signer("\(error)") }
  }

  private func timeStamp(
    _ signature: [UInt8]
  ) throws(SigningError) -> (token: [UInt8]?, outcome: SignedAsset.TimeStamp) {
    guard let authority = options.timeStamping.authority else { return (nil, .notAskedFor) }
    do throws(SigningError) {
      let token = try authority.token(over: cose.toBeTimeStamped(signature: signature))
      return (token.der, .stamped(seconds: token.time))
    } catch {
      if case .optional = options.timeStamping { return (nil, .missing(reason: "\(error)")) }
      throw error
    }
  }

  private func entries(_ binding: HardBindingAssertion?) -> [Entry] {
    guard let binding else { return created }
    let box = JUMBFBuilder.superbox(
      .cbor, label: binding.label, salt: bindingSalt,
      contents: JUMBFBuilder.box(.cbor, binding.cbor.encodeDeterministic()))
    return created + [Entry(label: binding.label, box: box)]
  }

  private func claim(_ created: [Entry]) -> [UInt8] {
    var pairs: [CBORValue.Pair] = [
      .init("instanceID", .text(instanceID)),
      .init("claim_generator_info", definition.generator.cbor),
      .init("signature", .text(JUMBFURI.signature(in: label))),
      .init("created_assertions", .array(created.map(\.reference))),
      .init("alg", "sha256"),
    ]
    if !gathered.isEmpty {
      pairs.append(.init("gathered_assertions", .array(gathered.map(\.reference))))
    }
    if !definition.redactions.isEmpty {
      let uris = definition.redactions.map { CBORValue.text($0.uri) }
      pairs.append(.init("redacted_assertions", .array(uris)))
    }
    if let title = definition.title { pairs.append(.init("dc:title", .text(title))) }
    return CBORValue.map(pairs).encodeDeterministic()
  }

  private func store(_ binding: HardBindingAssertion?, signature: [UInt8]) -> [UInt8] {
    let entries = entries(binding)
    let assertions = JUMBFBuilder.superbox(
      .assertionStore, label: ManifestLabel.assertionStore,
      contents: (entries + gathered).flatMap(\.box))
    let claimBox = JUMBFBuilder.superbox(
      .claim, label: ManifestLabel.claim, contents: JUMBFBuilder.box(.cbor, claim(entries)))
    let signatureBox = JUMBFBuilder.superbox(
      .claimSignature, label: ManifestLabel.signature,
      contents: JUMBFBuilder.box(.cbor, signature))
    let manifest = JUMBFBuilder.superbox(
      definition.isUpdate ? .updateManifest : .standardManifest, label: label,
      contents: assertions + claimBox + signatureBox)
    return JUMBFBuilder.superbox(
      .manifestStore, label: ManifestLabel.store,
      contents: foreign.bytes(without: keptElsewhere) + manifest)
  }

  /// RFC 9562 version 4, lower case.
  private static func randomUUID() -> String {
    var bytes = SecureRandom.bytes(16)
    bytes[6] = bytes[6] & 0x0F | 0x40
    bytes[8] = bytes[8] & 0x3F | 0x80
    let digits = Array("0123456789abcdef")
    var text = ""
    for (index, byte) in bytes.enumerated() {
      if [4, 6, 8, 10].contains(index) { text.append("-") }
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return text
  }
}
