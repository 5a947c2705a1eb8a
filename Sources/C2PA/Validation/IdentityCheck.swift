import CBOR
import COSE
import JUMBF
import PKI

/// `cawg.identity` (CAWG Identity Assertion 1.1): who stands behind a set of assertions, signed apart
/// from the claim.
///
/// It is another body's assertion: whether the identity holds never changes the state of the manifest,
/// so what is wrong with it is informational here. Only an assertion that is no identity assertion at
/// all is a defect of the manifest.
enum IdentityCheck {
  /// The one kind of signature that is checked here: COSE with certificates.
  private static let certificates = "cawg.x509.cose"
  /// More than any manifest refers to.
  private static let referenceLimit = 1000

  static func run(
    _ assertion: Assertion, at uri: String, _ test: ManifestUnderTest, _ session: ValidationSession
  ) -> [Finding] {
    guard let value = assertion.cbor else { return [] }
    guard let payload = value["signer_payload"], payload.pairs != nil,
      let signature = value["signature"]?.bytes
    else {
      return [
        Finding(
          .assertionRequiredMissing, at: uri,
          "The identity assertion lacks what it must have: signer_payload and signature.")
      ]
    }
    guard let kind = payload["sig_type"]?.text, kind == certificates else {
      return [
        Finding(
          .identityNotEvaluated, at: uri,
          "A person's or an organisation's identity is attached; it was not checked, because only "
            + "signatures with certificates are.")
      ]
    }
    if let finding = flaw(of: value, payload, at: uri, test) { return [finding] }
    guard let range = assertion.box.payload(.cbor),
      let signed = bytes(of: "signer_payload", in: test.manifest.bytes(range))
    else { return [] }
    return check(signature, over: signed, at: uri, session)
  }

  // MARK: What it refers to

  /// The references must be those of the claim, each once, and the binding to the content among them.
  private static func flaw(
    of value: CBORValue, _ payload: CBORValue, at uri: String, _ test: ManifestUnderTest
  ) -> Finding? {
    for name in ["pad1", "pad2"] {
      if let pad = value.given(name), pad.bytes?.allSatisfy({ $0 == 0 }) != true {
        return Finding(
          .identityPadInvalid, at: uri, "The identity's padding holds something else than zeros.")
      }
    }
    let references = (payload["referenced_assertions"]?.array ?? []).prefix(referenceLimit)
    var seen: Set<String> = []
    var isBound = false
    for reference in references {
      guard let link = HashedURI(reference), let path = JUMBFURI(link.url) else {
        return Finding(
          .identityAssertionMismatch, at: uri, "The identity refers to something that is no URI.")
      }
      let absolute = path.absolute(from: test.label)
      let listed = test.claim.assertions.first {
        JUMBFURI($0.url)?.absolute(from: test.label) == absolute
      }
      guard let listed, listed.hash == link.hash else {
        return Finding(
          .identityAssertionMismatch, at: uri,
          "The identity was attached to other assertions than those of the claim.")
      }
      guard seen.insert(absolute).inserted else {
        return Finding(
          .identityAssertionDuplicate, at: uri, "The identity refers to an assertion twice.")
      }
      let type = Assertion.type(of: path.pathInManifest.last ?? "")
      if AssertionType.hardBindings.contains(type) { isBound = true }
    }
    return isBound
      ? nil
      : Finding(
        .identityHardBindingMissing, at: uri,
        "The identity does not say for which content it stands.")
  }

  // MARK: Who signed

  private static func check(
    _ signature: [UInt8], over payload: [UInt8], at uri: String, _ session: ValidationSession
  ) -> [Finding] {
    let sign1: COSESign1
    let algorithm: SignatureAlgorithm
    let chain: [Certificate]
    do throws(COSEError) {
      sign1 = try COSESign1(signature)
      algorithm = try sign1.algorithm()
      chain = try sign1.certificateChain().prefix(certificateLimit)
        .compactMap { try? Certificate(der: $0) }
    } catch {
      return [
        Finding(
          .identityCredentialInvalid, at: uri, "The identity cannot be checked: \(error).")
      ]
    }
    guard let leaf = chain.first else {
      return [
        Finding(
          .identityCredentialInvalid, at: uri, "The identity's certificate cannot be read.")
      ]
    }
    let name = leaf.subject.organization ?? leaf.subject.commonName ?? leaf.subject.text
    guard sign1.payload == nil || sign1.payload == payload,
      sign1.isValid(payload: payload, key: leaf.publicKey, algorithm: algorithm)
    else {
      return [
        Finding(
          .identitySignatureMismatch, at: uri,
          "The identity of \(name) was attached to something else, or changed since.")
      ]
    }
    var findings = [
      Finding(
        .identitySignatureValidated, at: uri,
        "\(name) stands behind it, by a signature of its own."),
      Finding(
        .identityWellFormed, at: uri, "The identity refers to this claim and to its content."),
    ]
    let violations = CertificateProfile.violations(
      of: leaf, purposes: session.trust.acceptedPurposes)
    if !violations.isEmpty {
      findings.append(
        Finding(
          .identityCredentialInvalid, at: uri,
          "The identity's certificate must not sign: "
            + violations.map(\.explanation).joined(separator: "; ") + "."))
    }
    let instant = stampedTime(sign1, session) ?? session.now
    if !leaf.isValid(at: instant) {
      findings.append(
        Finding(
          .identityOutsideValidity, at: uri,
          "The identity's certificate is not valid, and no trusted time stamp says it was."))
    }
    switch session.trust.verdict(
      leaf: leaf, intermediates: Array(chain.dropFirst()), at: instant)
    {
    case .trusted(let source, _):
      findings.append(
        Finding(
          .identityCredentialTrusted, at: uri,
          "\(name) is vouched for by the trust source \(source)."))
    case .untrusted(let reason):
      findings.append(
        Finding(
          .identityCredentialUntrusted, at: uri, "The identity is not trusted here: \(reason)."))
    }
    return findings
  }

  private static let certificateLimit = 32

  private static func stampedTime(_ sign1: COSESign1, _ session: ValidationSession) -> Int64? {
    guard let header = sign1.timeStamp, header.tokens.count == 1, let token = header.tokens.first
    else { return nil }
    let verdict = TimeStampToken.verify(
      token, imprinted: sign1.timeStampedMessage(version: .signature, claim: []),
      anchors: session.trust.timeStampAnchors)
    return if case .trusted(let time, _) = verdict { time } else { nil }
  }

  // MARK: The bytes that were signed

  /// The value under `name` as it stands in the map: a signature covers what was sent.
  private static func bytes(of name: String, in map: [UInt8]) -> [UInt8]? {
    guard let head = map.first, head >> 5 == 5 else { return nil }
    // The length follows in none, one, two or four bytes; an open map ends with a break.
    let width: [UInt8: Int] = [24: 1, 25: 2, 26: 4, 31: 0]
    var position = 1 + (width[head & 31] ?? 0)
    while position < map.count,
      let key = try? CBORValue.decodePrefix(map.span, in: position..<map.count),
      let value = try? CBORValue.decodePrefix(map.span, in: key.range.upperBound..<map.count)
    {
      if key.value.text == name { return Array(map[value.range]) }
      position = value.range.upperBound
    }
    return nil
  }
}
