import CBOR
import COSE
import JUMBF
import PKI

/// C2PA 2.5 section 14.7: the claim's signature, who made it, when, and whether anybody the user
/// trusts vouches for that.
enum SignatureCheck {
  struct Outcome {
    var signer: SignerReport?
    var findings: [Finding] = []

    mutating func add(_ code: StatusCode, _ uri: String, _ explanation: String) {
      findings.append(Finding(code, at: uri, explanation))
    }
  }

  static func run(_ test: ManifestUnderTest, _ session: ValidationSession) -> Outcome {
    var outcome = Outcome()
    let uri = JUMBFURI.signature(in: test.label)
    guard let content = signatureBytes(test) else {
      outcome.add(.claimSignatureMissing, uri, "The claim's signature is missing.")
      return outcome
    }
    if !namesOwnSignature(test) {
      // Who signed is told all the same: a manifest that was relabelled when it was taken in as an
      // ingredient (section 9.2) names its signature by the label under which it was signed.
      outcome.add(
        .claimSignatureMissing, uri, "The claim names a signature that is not its manifest's own.")
    }
    let sign1: COSESign1
    do throws(COSEError) {
      sign1 = try COSESign1(content)
    } catch {
      outcome.add(.claimSignatureMismatch, uri, "The signature cannot be accepted: \(error).")
      return outcome
    }
    let algorithm: SignatureAlgorithm
    do throws(COSEError) {
      algorithm = try sign1.algorithm()
    } catch {
      outcome.add(.algorithmUnsupported, uri, "The signature cannot be checked: \(error).")
      return outcome
    }
    guard let chain = certificates(sign1, uri, &outcome), let leaf = chain.first else {
      return outcome
    }
    checkPadding(sign1, test, uri, &outcome)
    let stamp = TimeStampCheck.run(sign1, test, session)
    outcome.findings += stamp.findings
    outcome.findings += SigningTimeCheck.run(sign1, chain, stamped: stamp.time, uri)
    let staples =
      Array(sign1.revocationResponses.prefix(ValidationSession.revocationLimit))
      + session.revocationResponses
    outcome.signer = judge(
      leaf, Array(chain.dropFirst()), algorithm, stamp, staples, uri, session, &outcome)
    let known = Array(chain.dropFirst()) + session.trust.anchorSets.flatMap(\.anchors)
    outcome.findings.append(
      RevocationCheck.run(
        leaf,
        issuer: RevocationCheck.issuer(
          of: leaf, among: known, at: stamp.time ?? session.now),
        staples: staples, stamped: stamp.time, now: session.now, uri))
    verify(sign1, test, leaf, algorithm, uri, &outcome)
    return outcome
  }

  private static func namesOwnSignature(_ test: ManifestUnderTest) -> Bool {
    test.claim.signatureURI.flatMap { JUMBFURI($0) }?.manifestLabel(from: test.label) == test.label
  }

  /// The content of this manifest's own signature box, by the path that the claim gives.
  private static func signatureBytes(_ test: ManifestUnderTest) -> [UInt8]? {
    guard let text = test.claim.signatureURI, let uri = JUMBFURI(text),
      let box = test.manifest.box(at: uri.pathInManifest), box.type == .claimSignature,
      test.manifest.box.superboxes.count(where: { $0.type == .claimSignature }) == 1,
      let range = box.payload(.cbor)
    else { return nil }
    return test.manifest.bytes(range)
  }

  private static func certificates(
    _ sign1: COSESign1, _ uri: String, _ outcome: inout Outcome
  ) -> [Certificate]? {
    let encoded: [[UInt8]]
    do throws(COSEError) {
      encoded = try sign1.certificateChain()
    } catch {
      outcome.add(.signingCredentialInvalid, uri, "Nobody can be named as signer: \(error).")
      return nil
    }
    var chain: [Certificate] = []
    for der in encoded.prefix(certificateLimit) {
      do throws(PKIError) {
        chain.append(try Certificate(der: der))
      } catch {
        // A broken certificate behind the leaf only makes the chain shorter: nobody vouches further.
        guard chain.isEmpty else { break }
        outcome.add(
          .signingCredentialInvalid, uri, "The signer's certificate cannot be read: \(error).")
        return nil
      }
    }
    return chain
  }

  /// More than any real chain has; each costs parsing time.
  private static let certificateLimit = 32

  private static func checkPadding(
    _ sign1: COSESign1, _ test: ManifestUnderTest, _ uri: String, _ outcome: inout Outcome
  ) {
    let unknown = sign1.unknownUnprotectedHeaders
    if let first = unknown.first {
      outcome.add(
        .unknownHeader, uri,
        "The signature carries \(unknown.count == 1 ? "a header" : "\(unknown.count) headers") that "
          + "nothing protects and that means nothing here (\(first)).")
    }
    let box = test.manifest.box.superboxes.first { $0.type == .claimSignature }
    let isAlone = box.map { test.manifest.holdsOnly(.cbor, $0) } ?? false
    guard !sign1.isPaddingZero || !isAlone else { return }
    outcome.add(
      .paddingNotZero, uri,
      "The signature's padding, which nothing protects, holds data that was put there afterwards.")
  }

  /// Profile, trust and validity of the signer at the time of signing.
  private static func judge(
    _ leaf: Certificate, _ intermediates: [Certificate], _ algorithm: SignatureAlgorithm,
    _ stamp: TimeStampCheck.Outcome, _ staples: [[UInt8]], _ uri: String,
    _ session: ValidationSession, _ outcome: inout Outcome
  ) -> SignerReport {
    let stamped = stamp.time
    let instant = stamped ?? session.now
    // Certificates that the user has put on a list are taken as they are.
    let allowed = session.trust.allowedSource(of: leaf)
    if allowed == nil {
      let violations = CertificateProfile.violations(
        of: leaf, purposes: session.trust.acceptedPurposes)
      if !violations.isEmpty {
        outcome.add(
          .signingCredentialInvalid, uri,
          "The signer's certificate must not sign claims: "
            + violations.map(\.explanation).joined(separator: "; ") + ".")
      }
    }
    let name = leaf.subject.organization ?? leaf.subject.commonName ?? leaf.subject.text
    var source: String?
    // Who vouches is one question, whether the certificate has run out another, answered below.
    let asked = min(instant, max(leaf.notAfter, leaf.notBefore))
    switch session.trust.verdict(leaf: leaf, intermediates: intermediates, at: asked) {
    case .trusted(let list, let path):
      if let authority = RevocationCheck.revokedAuthority(on: path, staples: staples, at: instant) {
        outcome.add(
          .signingCredentialUntrusted, uri,
          "The signer is not trusted here: \(authority.subject.text), which vouches for it, was "
            + "itself revoked.")
        break
      }
      source = list
      outcome.add(
        .signingCredentialTrusted, uri, "\(name) is vouched for by the trust source \(list).")
    case .untrusted(let reason):
      outcome.add(.signingCredentialUntrusted, uri, "The signer is not trusted here: \(reason).")
    }
    checkValidity(leaf, instant, isStamped: stamped != nil, uri, &outcome)
    return SignerReport(
      name: name, certificate: leaf, algorithm: algorithm.rawValue, trustSource: source,
      timeStamp: stamped, isTimeStampTrusted: stamp.isTrusted)
  }

  private static func checkValidity(
    _ leaf: Certificate, _ instant: Int64, isStamped: Bool, _ uri: String,
    _ outcome: inout Outcome
  ) {
    let when =
      isStamped
      ? "when the time stamp was made" : "now, and no trusted time stamp says it was signed earlier"
    if leaf.isValid(at: instant) {
      outcome.add(
        .claimSignatureInsideValidity, uri, "The signer's certificate was valid at that time.")
    } else if instant < leaf.notBefore {
      let text = "The signer's certificate was not valid yet \(isStamped ? when : "now")."
      outcome.add(.claimSignatureOutsideValidity, uri, text)
      outcome.add(.signingCredentialExpired, uri, text)
    } else {
      let text = "The signer's certificate has expired: it is not valid \(when)."
      outcome.add(.claimSignatureOutsideValidity, uri, text)
      outcome.add(.signingCredentialExpired, uri, text)
    }
  }

  private static func verify(
    _ sign1: COSESign1, _ test: ManifestUnderTest, _ leaf: Certificate,
    _ algorithm: SignatureAlgorithm, _ uri: String, _ outcome: inout Outcome
  ) {
    // The signed payload is the claim box and nothing else; an attached one may not differ.
    if let attached = sign1.payload, attached != test.claim.bytes {
      outcome.add(
        .claimSignatureMismatch, uri, "The signature is over another claim than the manifest's.")
      return
    }
    if sign1.isValid(payload: test.claim.bytes, key: leaf.publicKey, algorithm: algorithm) {
      outcome.add(.claimSignatureValidated, uri, "The claim is as the signer signed it.")
    } else {
      outcome.add(
        .claimSignatureMismatch, uri,
        "The claim was changed after it was signed, or another key signed it.")
    }
  }
}
