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
            "ingredients": results(report.ingredientFindings),
          ]),
        .init("validation_state", .string(report.state.rawValue)),
        .init("trust_source", .optional(report.trustSource)),
        .init("reason", .string(report.reason)),
        .init("validated_at", .string(InstantText.format(report.validatedAt))),
      ])
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
    .object(
      [
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
              ["label": .string($0.label), "data": content($0.content)]
            })),
      ])
  }

  private static func signer(_ signer: SignerReport) -> JSONValue {
    [
      "alg": .string(signer.algorithm), "issuer": .string(signer.name),
      "common_name": .optional(signer.certificate.subject.commonName),
      "cert_serial_number": .string(signer.certificate.serialNumber),
      "cert_not_before": .string(InstantText.format(signer.certificate.notBefore)),
      "cert_not_after": .string(InstantText.format(signer.certificate.notAfter)),
      "time": .optional(signer.timeStamp.map(InstantText.format)),
      "trust_source": .optional(signer.trustSource),
    ]
  }

  private static func ingredient(_ ingredient: ManifestReport.IngredientReport) -> JSONValue {
    [
      "title": .optional(ingredient.title), "format": .optional(ingredient.format),
      "relationship": .optional(ingredient.relationship?.rawValue),
      "active_manifest": .optional(ingredient.manifest),
      "recorded_failures": .array(ingredient.recorded.map { .string($0.code) }),
    ]
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
