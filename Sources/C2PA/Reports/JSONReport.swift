import Bytes
import CBOR
import PKI
public import StrictJSON

/// The whole report as JSON, near to the shape that the reference library prints:
/// `active_manifest`, `manifests` by label, `validation_results`, `validation_state`.
public enum JSONReport {
  /// Pretty-printed, ready for a terminal.
  public static func text(_ report: VerificationReport) -> String {
    DisplayText.escapedJSON(value(report).pretty)
  }

  public static func value(_ report: VerificationReport) -> JSONValue {
    let manifests = report.manifests.map { JSONValue.Member($0.label, manifest($0)) }
    return .object(
      [
        .init("file", .optional(report.fileName)),
        .init("format", .string(report.format)),
        .init("active_manifest", .optional(report.activeManifest)),
        .init("manifests", .object(manifests)),
        .init(
          "validation_results",
          [
            "activeManifest": results(report.findings),
            "ingredientDeltas": .array(deltas(report)),
          ]),
        .init("validation_state", .string(report.state.rawValue)),
        .init("trust_source", .optional(report.trustSource)),
        .init("reason", .string(report.reason)),
        .init("validated_at", .string(InstantText.format(report.validatedAt))),
      ])
  }

  /// What was found out about ingredients' manifests, by the assertion that brought each along.
  private static func deltas(_ report: VerificationReport) -> [JSONValue] {
    var carriers: [String: String] = [:]
    for manifest in report.manifests {
      for ingredient in manifest.ingredients {
        guard let target = ingredient.manifest, carriers[target] == nil else { continue }
        carriers[target] = JUMBFURI.assertion(ingredient.label, in: manifest.label)
      }
    }
    var groups: [String: [Finding]] = [:]
    for finding in report.ingredientFindings {
      let label = JUMBFURI(finding.uri)?.path.first ?? ""
      groups[label, default: []].append(finding)
    }
    return report.manifests.dropFirst().compactMap { manifest in
      groups[manifest.label].map {
        [
          "ingredientAssertionURI": .optional(carriers[manifest.label]),
          "validationDeltas": results($0),
        ]
      }
    }
  }

  private static func results(_ findings: [Finding]) -> JSONValue {
    .object(
      StatusCode.Kind.allCases.map { kind in
        .init(
          kind.rawValue,
          .array(
            findings.filter { $0.kind == kind }.map {
              [
                "code": .string($0.code.rawValue), "url": .string($0.uri),
                "explanation": .string($0.explanation),
              ]
            }))
      })
  }

  private static func manifest(_ manifest: ManifestReport) -> JSONValue {
    object(
      [
        .init("label", .string(manifest.label)),
        .init(
          "claim_generator_info",
          .array(
            manifest.generators.map {
              ["name": .string($0.name), "version": .optional($0.version)]
            })),
        .init("claim_version", manifest.claimVersion.map { .integer($0) } ?? .null),
        .init("is_update", .bool(manifest.isUpdate)),
        .init("title", .optional(manifest.title)),
        .init("format", .optional(manifest.format)),
        .init("instance_id", .optional(manifest.instanceID)),
        .init("signature_info", manifest.signer.map(signer) ?? .null),
        .init("ingredients", .array(manifest.ingredients.map(ingredient))),
        .init(
          "assertions",
          .array(
            manifest.assertions.map {
              [
                "label": .string($0.label), "data": content($0.content),
                "created": .bool(manifest.createdLabels.contains($0.label)),
              ]
            })),
      ])
  }

  private static func signer(_ signer: SignerReport) -> JSONValue {
    object([
      .init(
        "alg", .string(signer.algorithm.prefix(1).uppercased() + signer.algorithm.dropFirst())),
      .init("issuer", .string(signer.name)),
      .init("common_name", .optional(signer.certificate.subject.commonName)),
      .init("cert_serial_number", .string(decimal(signer.certificate.serialNumber))),
      .init("cert_not_before", .string(InstantText.format(signer.certificate.notBefore))),
      .init("cert_not_after", .string(InstantText.format(signer.certificate.notAfter))),
      .init("time", .optional(signer.timeStamp.map(InstantText.format))),
      .init("trust_source", .optional(signer.trustSource)),
    ])
  }

  /// The members that have a value: the reference library leaves the others out.
  private static func object(_ members: [JSONValue.Member]) -> JSONValue {
    .object(members.filter { $0.value != .null })
  }

  /// A serial number of hexadecimal digits in decimal ones, of which it has up to fifty.
  static func decimal(_ hexadecimal: String) -> String {
    var digits: [UInt32] = [0]
    for character in hexadecimal {
      guard var carry = character.hexDigitValue.map(UInt32.init) else { return hexadecimal }
      for index in digits.indices {
        let value = digits[index] * 16 + carry
        digits[index] = value % 10
        carry = value / 10
      }
      while carry > 0 {
        digits.append(carry % 10)
        carry /= 10
      }
    }
    return digits.reversed().map(String.init).joined()
  }

  private static func ingredient(_ ingredient: ManifestReport.IngredientReport) -> JSONValue {
    object([
      .init("title", .optional(ingredient.title)),
      .init("format", .optional(ingredient.format)),
      .init("instance_id", .optional(ingredient.instanceID)),
      .init("relationship", .optional(ingredient.relationship?.rawValue)),
      .init("active_manifest", .optional(ingredient.manifest)),
      .init("label", .string(ingredient.label)),
      .init("recorded_failures", .array(ingredient.recorded.map { .string($0.code) })),
    ])
  }

  private static func content(_ content: Assertion.Content) -> JSONValue {
    switch content {
    case .cbor(let value): json(value)
    case .json(let value): value
    case .file(let mediaType, let range):
      ["format": .string(mediaType), "size": .integer(range.count)]
    case .opaque: .null
    }
  }

  /// Byte strings as `b64'…'`, dates as plain text.
  static func json(_ value: CBORValue) -> JSONValue {
    switch value {
    case .unsigned, .negative:
      value.integer.map { .integer($0) } ?? .real(value.number ?? 0)
    case .bytes(let bytes): .string("b64'\(Base64.encode(bytes))'")
    case .text(let text): .string(text)
    case .array(let values): .array(values.map(json))
    case .map(let pairs):
      .object(
        pairs.map { .init($0.key.text ?? $0.key.integer.map(String.init) ?? "?", json($0.value)) })
    case .tagged(_, let inner): json(inner)
    case .bool(let flag): .bool(flag)
    case .float(let number): .real(number)
    case .null, .undefined, .simple: .null
    }
  }
}
