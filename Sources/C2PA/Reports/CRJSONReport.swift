import CBOR
import PKI
public import StrictJSON

/// The report in crJSON, the format that validators are compared by ("crJSON Format", beside C2PA
/// 2.4): every manifest that was validated with its claim, assertions, signature and results.
///
/// A file without a manifest that can be read has no manifests here, whatever the reason: that
/// stands in the other reports. `ingredientDeltas` are left out.
public enum CRJSONReport {
  /// What a program that reads these calls the writer. Made anew each time: the leak check of the
  /// address sanitizer does not see what a global of a boxed enumeration points at.
  static var generator: JSONValue { ["name": "assay", "version": .string(assayVersion)] }
  static let specVersion = "2.4.0"

  /// Pretty-printed, ready for a terminal.
  public static func text(_ report: VerificationReport) -> String {
    DisplayText.escapedJSON(value(report).pretty)
  }

  public static func value(_ report: VerificationReport) -> JSONValue {
    let active = report.activeManifest
    // The active manifest is the last of its store, so that it comes first.
    let manifests = report.manifests.sorted { $0.position > $1.position }
    return [
      "@context": [
        "@vocab": "https://c2pa.org/crjson", "extras": "https://c2pa.org/crjson/extras",
      ],
      "manifests": .array(
        manifests.map {
          manifest($0, $0.label == active ? report.findings : $0.findings, report.validatedAt)
        }),
      "jsonGenerator": generator,
    ]
  }

  private static func manifest(
    _ manifest: ManifestReport, _ findings: [Finding], _ instant: Int64
  ) -> JSONValue {
    [
      "label": .string(manifest.label),
      "isUpdateManifest": .bool(manifest.isUpdate),
      "isCompressedManifest": .bool(manifest.isCompressed),
      "assertions": .object(manifest.assertions.map { .init($0.label, content($0.content)) }),
      manifest.claimVersion == 1 ? "claim" : "claim.v2": claim(manifest),
      "signature": manifest.signer.map(signature) ?? .object([]),
      "validationResults": results(findings, instant),
    ]
  }

  private static func claim(_ manifest: ManifestReport) -> JSONValue {
    guard let claim = manifest.claim, case .object(var members) = JSONReport.json(claim) else {
      return .object([])
    }
    for name in ["gathered_assertions", "redacted_assertions"]
    where manifest.claimVersion == 2 && !members.contains(where: { $0.name == name }) {
      members.append(.init(name, []))
    }
    return .object(members)
  }

  /// What cannot be decoded, media among it, is an empty object.
  private static func content(_ content: Assertion.Content) -> JSONValue {
    switch content {
    case .cbor(let value): JSONReport.json(value)
    case .json(let value): value
    case .file, .opaque: .object([])
    }
  }

  private static func signature(_ signer: SignerReport) -> JSONValue {
    let certificate = signer.certificate
    var members: [JSONValue.Member] = [
      .init("algorithm", .string(signer.algorithm)),
      .init(
        "certificateInfo",
        [
          "serialNumber": .string(certificate.serialNumber),
          "issuer": name(certificate.issuer),
          "subject": name(certificate.subject),
          "validity": [
            "notBefore": .string(InstantText.format(certificate.notBefore)),
            "notAfter": .string(InstantText.format(certificate.notAfter)),
          ],
        ]),
    ]
    if let time = signer.timeStamp {
      members.append(
        .init("timeStampInfo", ["timestamp": .string(InstantText.format(time))]))
    }
    return .object(members)
  }

  private static func name(_ name: DistinguishedName) -> JSONValue {
    .object(
      [("O", name.organization), ("CN", name.commonName)].compactMap { key, value in
        value.map { .init(key, .string($0)) }
      })
  }

  private static func results(_ findings: [Finding], _ instant: Int64) -> JSONValue {
    func list(_ kind: StatusCode.Kind) -> JSONValue {
      .array(
        findings.filter { $0.kind == kind }.map {
          [
            "code": .string($0.code.rawValue), "url": .string($0.uri),
            "explanation": .string($0.explanation),
          ]
        })
    }
    return [
      "success": list(.success), "informational": list(.informational),
      "failure": list(.failure), "specVersion": .string(specVersion),
      "validationTime": .string(InstantText.format(instant)),
    ]
  }
}
