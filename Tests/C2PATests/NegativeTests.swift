import C2PA
import CBOR
import JUMBF
import PKI
import Testing

/// Manifests that are each wrong in one way and signed well: what is wrong must be named by the
/// standard's own code, and none may pass. Every file is made here.
@Suite struct NegativeTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let code: String
    let make: @Sendable (inout SignedPNG) -> Void
    var testDescription: String { name }

    init(_ name: String, _ code: String, _ make: @escaping @Sendable (inout SignedPNG) -> Void) {
      self.name = name
      self.code = code
      self.make = make
    }
  }

  private static let source: CBORValue =
    "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
  private static let created: CBORValue = [
    "action": "c2pa.created", "digitalSourceType": source,
  ]

  private static func actions(_ items: CBORValue...) -> (label: String, value: CBORValue) {
    ("c2pa.actions.v2", ["actions": .array(items), "allActionsIncluded": true])
  }

  private static func tell(_ file: inout SignedPNG, _ items: CBORValue...) {
    file.assertions[0].value = ["actions": .array(items), "allActionsIncluded": true]
  }

  private static func date(_ text: String) -> CBORValue { .tagged(tag: 0, .text(text)) }

  /// Puts a box at the end of a superbox.
  private static func append(_ box: [UInt8], to superbox: inout [UInt8]) {
    superbox += box
    let size = UInt32(superbox.count)
    for index in 0..<4 { superbox[index] = UInt8(truncatingIfNeeded: size >> (24 - 8 * index)) }
  }

  private static let nowhere: CBORValue = [
    "url": "self#jumbf=c2pa.assertions/org.example.gone",
    "hash": .bytes([UInt8](repeating: 1, count: 32)),
  ]

  private static func elsewhere(_ label: CBORValue) -> CBORValue {
    [
      "label": label, "size": 10,
      "location": [
        "url": "https://example.org/a", "alg": "sha256",
        "hash": .bytes([UInt8](repeating: 1, count: 32)),
      ],
    ]
  }

  static let actionCases: [Case] = [
    Case("created without a source type", "assertion.action.malformed") {
      tell(&$0, ["action": "c2pa.created"])
    },
    Case("a source type that is a number", "assertion.action.malformed") {
      tell(&$0, ["action": "c2pa.created", "digitalSourceType": 5])
    },
    Case("an action without a name", "assertion.action.malformed") {
      tell(&$0, created, ["action": ""])
    },
    Case("created twice", "assertion.action.malformed") { tell(&$0, created, created) },
    Case("no list of actions in the assertion", "assertion.action.malformed") {
      $0.assertions[0].value = ["allActionsIncluded": true]
    },
    Case("a moment and a period", "assertion.action.malformed") {
      tell(
        &$0,
        [
          "action": "c2pa.created", "digitalSourceType": source,
          "when": date("2026-01-01T00:00:00Z"), "whenStart": date("2026-01-01T00:00:00Z"),
        ])
    },
    Case("an end before the beginning", "assertion.action.malformed") {
      tell(
        &$0,
        [
          "action": "c2pa.created", "digitalSourceType": source,
          "whenStart": date("2026-02-01T00:00:00Z"),
          "whenEnd": ["value": date("2026-01-01T00:00:00Z")],
        ])
    },
    Case("the beginning in a second list", "assertion.action.malformed") {
      tell(&$0, ["action": "c2pa.edited"])
      $0.assertions.append(("c2pa.actions.v2__1", ["actions": [created]]))
    },
    Case("related to nothing", "assertion.action.malformed") {
      tell(
        &$0,
        [
          "action": "c2pa.created", "digitalSourceType": source,
          "parameters": ["relatedAssertions": [nowhere]],
        ])
    },
    Case("no actions", "claim.actions.missing") { $0.assertions = [] },
    Case("placed nothing", "assertion.action.ingredientMismatch") {
      tell(&$0, created, ["action": "c2pa.placed"])
    },
    Case("removed nothing", "assertion.action.ingredientMismatch") {
      tell(&$0, created, ["action": "c2pa.removed"])
    },
    Case("deleted what never was", "assertion.action.ingredientMismatch") {
      tell(&$0, created, ["action": "c2pa.deleted", "parameters": ["ingredients": [nowhere]]])
    },
    Case("transcoded from an empty list", "assertion.action.ingredientMismatch") {
      tell(&$0, created, ["action": "c2pa.transcoded", "parameters": ["ingredients": []]])
    },
    Case("redacted without saying what", "assertion.action.redactionMismatch") {
      tell(&$0, created, ["action": "c2pa.redacted", "reason": "c2pa.PII.present"])
    },
    Case("redacted what no claim lists", "assertion.action.redactionMismatch") {
      let uri = JUMBFURI.assertion("org.example.gone", in: $0.label)
      tell(&$0, created, ["action": "c2pa.redacted", "parameters": ["redacted": .text(uri)]])
    },
    Case("a bound mark without its binding", "assertion.action.softBindingMissing") {
      tell(&$0, created, ["action": "c2pa.watermarked.bound"])
    },
    Case("translated from nothing into nothing", "assertion.action.malformed") {
      tell(&$0, created, ["action": "c2pa.translated", "parameters": ["targetLanguage": "de"]])
    },
    Case("a moment that is a number", "assertion.action.malformed") {
      tell(&$0, created, ["action": "c2pa.edited", "when": 5])
    },
    Case("a program without a name", "assertion.action.malformed") {
      tell(&$0, created, ["action": "c2pa.edited", "softwareAgent": ["version": "1"]])
    },
    Case("a description that is a number", "assertion.action.malformed") {
      tell(&$0, created, ["action": "c2pa.edited", "description": 1])
    },
    Case("parameters that are text", "assertion.action.malformed") {
      tell(&$0, created, ["action": "c2pa.edited", "parameters": "x"])
    },
    Case("ingredients that are text", "assertion.action.malformed") {
      tell(&$0, created, ["action": "c2pa.edited", "parameters": ["ingredients": "x"]])
    },
    Case("partial actions that are none", "assertion.action.malformed") {
      tell(&$0, created, ["action": "c2pa.edited", "related": [["x": 1]]])
    },
    Case("programs that are text", "assertion.action.malformed") {
      $0.assertions[0].value = ["actions": [created], "softwareAgents": "x"]
    },
    Case("a template of no action", "assertion.action.malformed") {
      $0.assertions[0].value = ["actions": [created], "templates": [["description": "x"]]]
    },
    Case("completeness that is a number", "assertion.action.malformed") {
      $0.assertions[0].value = ["actions": [created], "allActionsIncluded": 1]
    },
    Case("actions of a version to come", "assay.notSupported") {
      $0.assertions.append(("c2pa.actions.v3", ["actions": [created]]))
    },
    Case("an icon that is not there", "hashedURI.missing") {
      tell(
        &$0,
        [
          "action": "c2pa.created", "digitalSourceType": source,
          "softwareAgent": ["name": "x", "icon": nowhere],
        ])
    },
  ]

  static let claimCases: [Case] = [
    Case("no instance", "claim.malformed") { $0.editClaim = { $0["instanceID"] = nil } },
    Case("no generator", "claim.malformed") {
      $0.editClaim = { $0["claim_generator_info"] = nil }
    },
    Case("a generator without a name", "claim.malformed") {
      $0.editClaim = { $0["claim_generator_info"] = ["version": "1"] }
    },
    Case("a generator without letters in its name", "claim.malformed") {
      $0.editClaim = { $0["claim_generator_info"] = ["name": ""] }
    },
    Case("a generator's version that is a number", "claim.malformed") {
      $0.editClaim = { $0["claim_generator_info"] = ["name": "x", "version": 1] }
    },
    Case("a generator's icon that is text", "claim.malformed") {
      $0.editClaim = { $0["claim_generator_info"] = ["name": "x", "icon": "y"] }
    },
    Case("no list of assertions", "claim.malformed") {
      $0.editClaim = { $0["created_assertions"] = nil }
    },
    Case("the list of version 1 too", "claim.malformed") {
      $0.editClaim = { $0["assertions"] = [] }
    },
    Case("a name of no form", "claim.malformed") { $0.label = "my-manifest" },
    Case("a generator's identifier that is too long", "claim.malformed") {
      $0.label += ":" + String(repeating: "a", count: 33)
    },
    Case("no signature named", "claim.malformed") { $0.editClaim = { $0["signature"] = nil } },
    Case("another manifest's signature", "claimSignature.missing") {
      $0.editClaim = { $0["signature"] = "self#jumbf=/c2pa/urn:c2pa:other/c2pa.signature" }
    },
    Case("an unknown hash", "algorithm.unsupported") { $0.editClaim = { $0["alg"] = "md5" } },
    Case("no hash algorithm named", "algorithm.unsupported") {
      $0.editClaim = { $0["alg"] = nil }
    },
    Case("an assertion that is not there", "assertion.missing") {
      $0.editClaim = { claim in
        claim["created_assertions"] = .array(
          (claim["created_assertions"]?.array ?? []) + [nowhere])
      }
    },
    Case("an assertion of another manifest", "assertion.outsideManifest") {
      $0.editClaim = { claim in
        var other = claim["created_assertions"]?.array ?? []
        other.append([
          "url": "self#jumbf=/c2pa/urn:c2pa:other/c2pa.assertions/x", "hash": .bytes([1]),
        ])
        claim["created_assertions"] = .array(other)
      }
    },
    Case("a wrong hash of an assertion", "assertion.hashedURI.mismatch") {
      $0.editClaim = { claim in
        var list = claim["created_assertions"]?.array ?? []
        list[0] = [
          "url": list[0]["url"] ?? "", "hash": .bytes([UInt8](repeating: 1, count: 32)),
        ]
        claim["created_assertions"] = .array(list)
      }
    },
    Case("an assertion the claim does not list", "assertion.undeclared") {
      $0.undeclared = [SignedPNG.assertionBox("org.example.more", ["a": 1])]
    },
    Case("a redaction of its own", "assertion.selfRedacted") {
      let uri = JUMBFURI.assertion("c2pa.actions.v2", in: $0.label)
      $0.editClaim = { $0["redacted_assertions"] = [.text(uri)] }
    },
    Case("no binding", "claim.hardBindings.missing") { $0.isBound = false },
    Case("a binding that others gathered", "claim.hardBindings.missing") {
      $0.editClaim = { claim in
        let list = claim["created_assertions"]?.array ?? []
        claim["created_assertions"] = .array(Array(list.dropLast()))
        claim["gathered_assertions"] = .array(Array(list.suffix(1)))
      }
    },
    Case("two bindings", "assertion.multipleHardBindings") {
      $0.assertions.append(
        ("c2pa.hash.data__1", ["alg": "sha256", "hash": .bytes([1]), "pad": .bytes([])]))
    },
    Case("an icon of the generator that is not there", "hashedURI.missing") {
      $0.editClaim = { $0["claim_generator_info"] = ["name": "x", "icon": nowhere] }
    },
  ]

  static let assertionCases: [Case] = [
    Case("an outside reference that stands for a binding", "assertion.external-reference.malformed")
    {
      $0.assertions.append(
        (
          "c2pa.external-reference",
          ["label": "c2pa.hash.data", "location": ["url": "https://a.example"]]
        ))
    },
    Case("a soft binding that binds nothing", "general.error") {
      $0.assertions.append(("c2pa.soft-binding", ["alg": "org.example.mark"]))
    },
    Case("late answers about revocation that are text", "general.error") {
      $0.assertions.append(("c2pa.certificate-status", "x"))
    },
    Case("metadata that is no JSON-LD", "assertion.json.invalid") {
      $0.assertions.append(("org.example.metadata", ["a": 1]))
    },
    Case("an ingredient of a version to come", "assay.notSupported") {
      $0.assertions.append(("c2pa.ingredient.v4", ["relationship": "inputTo"]))
    },
    Case("results recorded without lists", "assertion.ingredient.malformed") {
      $0.assertions.append(
        (
          "c2pa.ingredient.v3",
          ["relationship": "inputTo", "validationResults": ["activeManifest": ["success": []]]]
        ))
    },
    Case("a reference elsewhere without a label", "assertion.cloud-data.malformed") {
      $0.assertions.append(("c2pa.cloud-data", ["x": 1]))
    },
    Case("actions elsewhere", "assertion.cloud-data.actions") {
      $0.assertions.append(("c2pa.cloud-data", elsewhere("c2pa.actions.v2")))
    },
    Case("a binding elsewhere", "assertion.cloud-data.hardBinding") {
      $0.assertions.append(("c2pa.cloud-data", elsewhere("c2pa.hash.data")))
    },
    Case("an outside reference without an address", "assertion.external-reference.malformed") {
      $0.assertions.append(("c2pa.external-reference", ["x": 1]))
    },
    Case("an outside reference with half a hash", "assertion.external-reference.malformed") {
      $0.assertions.append(
        ("c2pa.external-reference", ["location": ["url": "https://a.example", "alg": "sha256"]]))
    },
    Case("later time stamps that are none", "assertion.timestamp.malformed") {
      $0.assertions.append(("c2pa.time-stamp", [1]))
    },
    Case("no later time stamp at all", "assertion.timestamp.malformed") {
      $0.assertions.append(("c2pa.time-stamp", .map([])))
    },
    Case("a process that ended before it began", "assertion.metadata.malformed") {
      $0.assertions.append(
        (
          "org.example.work",
          [
            "metadata": [
              "processStart": date("2026-02-01T00:00:00Z"),
              "processEnd": date("2026-01-01T00:00:00Z"),
            ]
          ]
        ))
    },
    Case("an ingredient of no known use", "assertion.ingredient.malformed") {
      $0.assertions.append(("c2pa.ingredient.v3", ["relationship": "cousinOf"]))
    },
    Case("an old ingredient without a format", "assertion.ingredient.malformed") {
      $0.assertions.append(
        ("c2pa.ingredient.v2", ["dc:title": "x", "relationship": "componentOf"]))
    },
    Case("an ingredient's picture that is not there", "hashedURI.missing") {
      $0.assertions.append(
        ("c2pa.ingredient.v3", ["relationship": "componentOf", "thumbnail": nowhere]))
    },
    Case("two parents", "manifest.multipleParents") {
      for label in ["c2pa.ingredient.v3", "c2pa.ingredient.v3__1"] {
        $0.assertions.append((label, ["relationship": "parentOf"]))
      }
    },
    Case("an update that names no parent", "manifest.update.wrongParents") {
      $0.type = .updateManifest
      $0.isBound = false
    },
    Case("an update that binds content", "manifest.update.invalid") {
      $0.type = .updateManifest
    },
  ]

  static let signatureCases: [Case] = [
    Case("no certificate", "signingCredential.invalid") { $0.certificates = [] },
    Case("a certificate that is none", "signingCredential.invalid") {
      $0.certificates = [[1, 2, 3]]
    },
    Case("a box that nothing covers", "assay.manifest.uncoveredBox") {
      $0.editManifest = {
        append(SignedPNG.assertionBox("org.example.note", "hello"), to: &$0)
      }
    },
    Case("a certificate that nobody signed for", "signingCredential.invalid") {
      let certificate = $0.credential.leaf.der
      $0.certificates = []
      $0.editSignature = { message in
        guard case .tagged(let tag, .array(var parts)) = message else { return message }
        parts[1] = [33: .bytes(certificate)]
        return .tagged(tag: tag, .array(parts))
      }
    },
    Case("padding in the manifest", "assay.manifest.uncoveredBox") {
      $0.editManifest = { append(JUMBFBuilder.box(.free, [0, 0, 0]), to: &$0) }
    },
    Case("text between the assertions", "assay.manifest.uncoveredBox") {
      $0.undeclared = [JUMBFBuilder.box(.free, Array("hidden".utf8))]
    },
    Case("credentials of version 1 in a claim of version 2", "assay.manifest.uncoveredBox") {
      $0.editManifest = {
        append(
          JUMBFBuilder.superbox(.credentialStore, label: "c2pa.credentials", contents: []), to: &$0)
      }
    },
    Case("two things in one assertion", "assertion.cbor.invalid") {
      $0.editBoxes = { boxes in
        boxes[0] = JUMBFBuilder.superbox(
          .cbor, label: "c2pa.actions.v2",
          contents: JUMBFBuilder.box(.cbor, SignedPNG.created.encodeDeterministic())
            + JUMBFBuilder.box(.cbor, [1]))
      }
    },
    Case("an assertion of no known type", "assertion.cbor.invalid") {
      $0.editBoxes = {
        $0.append(
          JUMBFBuilder.superbox(
            JUMBFType("zzzz"), label: "org.example.x", contents: JUMBFBuilder.box(.cbor, [1])))
      }
    },
    Case("a file behind a file", "assertion.cbor.invalid") {
      $0.editBoxes = {
        $0.append(
          JUMBFBuilder.superbox(
            .embeddedFile, label: "c2pa.thumbnail.claim",
            contents: JUMBFBuilder.box(.fileDescription, [0] + Array("image/png".utf8) + [0])
              + JUMBFBuilder.box(.fileData, [1]) + JUMBFBuilder.box(.fileData, [2])))
      }
    },
    Case("a mark of redaction that the claim lists", "assertion.cbor.invalid") {
      $0.editBoxes = {
        let marker: [UInt8] = [
          0xCA, 0xA9, 0x8E, 0xEE, 0x9D, 0x4D, 0xF8, 0x0E, 0x86, 0xAD, 0x4D, 0xFF, 0xCA, 0x26, 0x39,
          0x73, 0, 0,
        ]
        $0.append(
          JUMBFBuilder.superbox(
            .cbor, label: "org.example.x", contents: JUMBFBuilder.box(.uuid, marker)))
      }
    },
    Case("a manifest that nobody refers to and that is none", "claim.missing") {
      $0.earlier = [
        JUMBFBuilder.superbox(
          .standardManifest, label: "urn:c2pa:11111111-1111-4111-8111-111111111111", contents: [])
      ]
    },
    Case("padding between the manifests", "manifest.inaccessible.malformed") {
      $0.earlier = [JUMBFBuilder.box(.free, [0, 0, 0])]
    },
    Case("a payload that is attached and differs", "claimSignature.mismatch") {
      $0.editSignature = { message in
        guard case .tagged(let tag, .array(var parts)) = message else { return message }
        parts[2] = .bytes([1])
        return .tagged(tag: tag, .array(parts))
      }
    },
    Case("a signature with one bit turned", "claimSignature.mismatch") {
      $0.editSignature = { message in
        guard case .tagged(let tag, .array(var parts)) = message, var bytes = parts[3].bytes
        else { return message }
        bytes[5] ^= 1
        parts[3] = .bytes(bytes)
        return .tagged(tag: tag, .array(parts))
      }
    },
    Case("text in the padding", "assay.claimSignature.paddingNotZero") {
      $0.editSignature = { message in
        guard case .tagged(let tag, .array(var parts)) = message else { return message }
        parts[1] = ["pad": .bytes(Array("<b>hello</b>".utf8))]
        return .tagged(tag: tag, .array(parts))
      }
    },
  ]

  @Test(arguments: actionCases + claimCases + assertionCases + signatureCases)
  func isRefusedByItsName(_ negative: Case) throws {
    var file = SignedPNG()
    negative.make(&file)
    let report = try file.report()
    #expect(report.state == .invalid, "\(report.reason)")
    let codes = report.codes(.failure)
    #expect(codes.contains(negative.code), "\(codes)")
  }

  /// The rules above refuse nothing that is right.
  @Test func theFileTheyAllStartFromIsTrusted() throws {
    #expect(try SignedPNG().report().state == .trusted)
  }

  @Test(arguments: [
    "urn:uuid:0a3ba41d-cc77-4ae0-89b7-e873bb7e4bf1",
    "acme:urn:uuid:0a3ba41d-cc77-4ae0-89b7-e873bb7e4bf1",
    "urn:c2pa:0A3BA41D-CC77-4AE0-89B7-E873BB7E4BF1:acme:2_1",
    "urn:c2pa:0a3ba41d-cc77-4ae0-89b7-e873bb7e4bf1::1_1",
  ])
  func everyFormOfNameIsTaken(_ label: String) throws {
    var file = SignedPNG()
    file.label = label
    #expect(try file.report().state == .trusted)
  }
}
