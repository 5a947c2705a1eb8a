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
            "activeManifest": results(report.findings.filter { !isAboutIngredient($0) }),
            "ingredientDeltas": .array(deltas(report)),
            "specVersion": .string(CRJSONReport.specVersion),
          ]),
      ] + statuses(report) + [
        .init("validation_state", .string(report.state.rawValue)),
        .init("trust_source", .optional(report.trustSource)),
        .init("remote_manifest", .optional(report.remoteManifest)),
        .init("sidecar", .optional(report.sidecar)),
        .init("fetched_from", .optional(report.fetchedFrom)),
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
    // By the assertion: what was found about the link, then about the manifest that it leads to.
    var order: [String] = []
    var groups: [String: [Finding]] = [:]
    func add(_ finding: Finding, to assertion: String) {
      if groups[assertion] == nil { order.append(assertion) }
      groups[assertion, default: []].append(finding)
    }
    for finding in (report.findings + report.ingredientFindings) where isAboutIngredient(finding) {
      add(finding, to: finding.uri)
    }
    for finding in report.ingredientFindings where !isAboutIngredient(finding) {
      add(finding, to: carriers[JUMBFURI(finding.uri)?.path.first ?? ""] ?? "")
    }
    return order.map {
      ["ingredientAssertionURI": .string($0), "validationDeltas": results(groups[$0] ?? [])]
    }
  }

  /// Whether the reference library lists it under the ingredient, not under who took that in.
  private static func isAboutIngredient(_ finding: Finding) -> Bool {
    finding.code.rawValue.hasPrefix("ingredient.")
      || finding.code == .assertionIngredientMalformed
  }

  /// Every failure in one list, as readers of older reports expect it; left out when there is none.
  private static func statuses(_ report: VerificationReport) -> [JSONValue.Member] {
    let failures = (report.findings + report.ingredientFindings).filter { $0.kind == .failure }
    return failures.isEmpty
      ? [] : [.init("validation_status", .array(failures.map(status)))]
  }

  private static func status(_ finding: Finding) -> JSONValue {
    [
      "code": .string(finding.code.rawValue), "url": .string(finding.uri),
      "explanation": .string(finding.explanation),
    ]
  }

  private static func results(_ findings: [Finding]) -> JSONValue {
    .object(
      StatusCode.Kind.allCases.map { kind in
        .init(
          kind.rawValue,
          .array(
            findings.filter { $0.kind == kind }.map(status)))
      })
  }

  private static func manifest(_ manifest: ManifestReport) -> JSONValue {
    object(
      [
        .init("label", .string(manifest.label)),
        .init("claim_generator", .optional(manifest.claim?["claim_generator"]?.text)),
        .init("claim_generator_info", generators(manifest)),
        .init("claim_version", manifest.claimVersion.map { .integer($0) } ?? .null),
        .init("is_update", .bool(manifest.isUpdate)),
        .init("title", .optional(manifest.title)),
        .init("format", .optional(manifest.format)),
        .init("instance_id", .optional(manifest.instanceID)),
        .init(
          "thumbnail",
          manifest.assertions.first { $0.type.hasPrefix("c2pa.thumbnail.claim") }
            .map { resource($0, of: manifest) } ?? .null),
        .init("signature_info", manifest.signer.map(signer) ?? .null),
        .init("ingredients", .array(manifest.ingredients.map { ingredient($0, of: manifest) })),
        .init(
          "assertions",
          .array(manifest.assertions.filter(isListed).map { assertion($0, manifest) })),
      ])
  }

  private static func generators(_ manifest: ManifestReport) -> JSONValue {
    guard let value = manifest.claim?["claim_generator_info"], !value.isNull else { return .null }
    let infos = value.array ?? [value]
    return .array(infos.map { json($0, bytes: Base64.encode) })
  }

  /// Pictures, ingredients and the data hash have places of their own in this shape.
  private static func isListed(_ assertion: Assertion) -> Bool {
    !AssertionType.isThumbnail(assertion.type)
      && AssertionType.ingredientVersion(assertion.type) == nil
      && !["c2pa.hash.data", "c2pa.hash.boxes"].contains(assertion.type)
  }

  /// The label without the number that tells several of one type apart, which stands beside it.
  private static func assertion(_ assertion: Assertion, _ manifest: ManifestReport) -> JSONValue {
    let instance = Int(assertion.label.dropFirst(assertion.type.count).drop { $0 == "_" })
    let isJSON = if case .json = assertion.content { true } else { false }
    return object([
      .init("label", .string(assertion.type)),
      .init("data", content(assertion.content)),
      .init("instance", instance.map { .integer($0) } ?? .null),
      .init("kind", isJSON ? "Json" : .null),
      .init("created", .bool(manifest.createdLabels.contains(assertion.label))),
    ])
  }

  /// What lies in the store, by its media type and place.
  private static func resource(_ assertion: Assertion, of manifest: ManifestReport) -> JSONValue {
    guard case .file(let mediaType, _) = assertion.content else { return .null }
    return [
      "format": .string(mediaType),
      "identifier": .string(JUMBFURI.assertion(assertion.label, in: manifest.label)),
    ]
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
      .init(
        "time",
        .optional(signer.timeStamp.map { InstantText.format($0).dropLast() + "+00:00" })),
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

  private static func ingredient(
    _ ingredient: ManifestReport.IngredientReport, of manifest: ManifestReport
  ) -> JSONValue {
    let value = manifest.assertions.first { $0.label == ingredient.label }?.cbor
    let picture = value?["thumbnail"]?["url"]?.text.flatMap { JUMBFURI($0)?.path.last }
    let thumbnail = manifest.assertions.first { $0.label == picture }
    func recorded(_ name: String) -> JSONValue {
      value?.given(name).map { json($0, bytes: Base64.encode) } ?? .null
    }
    return object([
      .init("title", .optional(ingredient.title)),
      .init("format", .optional(ingredient.format)),
      .init("document_id", .optional(value?["documentID"]?.text)),
      .init("instance_id", .optional(ingredient.instanceID)),
      .init("thumbnail", thumbnail.map { resource($0, of: manifest) } ?? .null),
      .init("relationship", .optional(ingredient.relationship?.rawValue)),
      .init("active_manifest", .optional(ingredient.manifest)),
      .init("validation_status", recorded("validationStatus")),
      .init("validation_results", recorded("validationResults")),
      .init(
        "manifest_data",
        ingredient.manifest.map {
          ["format": "application/c2pa", "identifier": .string($0)]
        } ?? .null),
      .init("label", .string(ingredient.label)),
      .init("recorded_failures", .array(ingredient.recorded.map { .string($0.code) })),
    ])
  }

  private static func content(_ content: Assertion.Content) -> JSONValue {
    switch content {
    case .cbor(let value): json(value, bytes: Base64.encode)
    case .json(let value): value
    case .file(let mediaType, let range):
      ["format": .string(mediaType), "size": .integer(range.count)]
    case .opaque: .null
    }
  }

  /// Byte strings as crJSON has them, `b64'…'`, or as `bytes` says; dates as plain text.
  static func json(
    _ value: CBORValue, bytes encode: ([UInt8]) -> String = { "b64'\(Base64.encode($0))'" }
  ) -> JSONValue {
    switch value {
    case .unsigned, .negative:
      value.integer.map { .integer($0) } ?? .real(value.number ?? 0)
    case .bytes(let bytes): .string(encode(bytes))
    case .text(let text): .string(text)
    case .array(let values): .array(values.map { json($0, bytes: encode) })
    case .map(let pairs):
      .object(
        pairs.map {
          .init(
            $0.key.text ?? $0.key.integer.map(String.init) ?? "?", json($0.value, bytes: encode))
        })
    case .tagged(_, let inner): json(inner, bytes: encode)
    case .bool(let flag): .bool(flag)
    case .float(let number): .real(number)
    case .null, .undefined, .simple: .null
    }
  }
}
