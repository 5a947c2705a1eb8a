import JUMBF

/// C2PA 2.5 section 14.10: every assertion that the claim lists is there and unaltered, and none
/// is there that it does not list.
enum AssertionCheck {
  static func run(_ test: ManifestUnderTest, _ session: ValidationSession) -> [Finding] {
    var findings: [Finding] = []
    var listed: Set<String> = []
    for reference in test.claim.assertions {
      findings += check(reference, test, session, &listed)
    }
    for assertion in test.assertions where !listed.contains(assertion.label) {
      findings.append(
        Finding(
          .assertionUndeclared, at: test.assertionURI(assertion.label),
          "This assertion stands in the manifest, but the signed claim does not list it."))
    }
    for uri in test.claim.redactedAssertions
    where JUMBFURI(uri)?.manifestLabel(from: test.label) == test.label {
      findings.append(
        Finding(
          .assertionSelfRedacted, at: test.claimURI,
          "The claim declares its own assertion redacted."))
    }
    if test.manifest.assertionStore == nil, !test.claim.assertions.isEmpty {
      findings.append(
        Finding(.assertionMissing, at: test.claimURI, "The manifest has no single assertion store.")
      )
    }
    return findings
  }

  private static func check(
    _ reference: HashedURI, _ test: ManifestUnderTest, _ session: ValidationSession,
    _ listed: inout Set<String>
  ) -> [Finding] {
    guard let uri = JUMBFURI(reference.url) else {
      return [
        Finding(
          .assertionMissing, at: test.claimURI, "The claim lists something that is no JUMBF URI.")
      ]
    }
    guard uri.manifestLabel(from: test.label) == test.label else {
      return [
        Finding(
          .assertionOutsideManifest, at: test.claimURI,
          "The claim lists an assertion of another manifest as its own.")
      ]
    }
    let absolute = uri.absolute(from: test.label)
    let assertion = test.assertion(at: reference.url)
    if let assertion { listed.insert(assertion.label) }
    if session.redactions.contains(absolute) {
      return checkRedacted(absolute, uri.pathInManifest.last ?? "", assertion)
    }
    guard let assertion else {
      return [
        Finding(
          .assertionMissing, at: test.claimURI,
          "The claim lists \(uri.pathInManifest.last ?? "an assertion"), and it is not there.")
      ]
    }
    let comparison = session.compare(
      reference, from: test.label, defaultAlgorithm: test.defaultAlgorithm)
    var findings: [Finding]
    switch comparison {
    case .match:
      findings = [
        Finding(.assertionHashedURIMatch, at: absolute, "\(assertion.label) is as it was signed.")
      ]
    case .mismatch, .unresolved:
      findings = [
        Finding(
          .assertionHashedURIMismatch, at: absolute,
          "\(assertion.label) was changed after it was signed.")
      ]
    case .unknownAlgorithm(let name):
      findings = [
        Finding(
          .algorithmUnsupported, at: absolute,
          "The hash algorithm for \(assertion.label) is not supported (\(name)).")
      ]
    }
    if let failure = assertion.decodingFailure {
      findings.append(
        Finding(
          assertion.box.type == .json ? .assertionJsonInvalid : .assertionCborInvalid, at: absolute,
          "\(assertion.label) cannot be read: \(failure)."))
    }
    if assertion.isRedacted {
      findings.append(
        Finding(
          .assertionCborInvalid, at: absolute,
          "\(assertion.label) holds the mark of a redaction that nobody declares."))
    }
    return findings + AssertionShape.run(assertion, at: absolute)
      + checkContent(assertion, at: absolute, test, session)
  }

  /// What the standard asks of single types of assertions.
  private static func checkContent(
    _ assertion: Assertion, at uri: String, _ test: ManifestUnderTest, _ session: ValidationSession
  ) -> [Finding] {
    guard let value = assertion.cbor else { return [] }
    let findings =
      switch assertion.type {
      case AssertionType.identity: IdentityCheck.run(assertion, at: uri, test, session)
      case AssertionType.cloudData: CloudDataCheck.run(value, at: uri)
      case AssertionType.externalReference: ExternalReferenceCheck.run(value, at: uri)
      case AssertionType.timeStamp: TimeStampAssertionCheck.run(value, at: uri)
      default: [] as [Finding]
      }
    return findings + MetadataCheck.run(assertion, at: uri)
  }

  /// A redacted assertion is gone or blanked; actions and bindings may never be.
  private static func checkRedacted(
    _ uri: String, _ label: String, _ assertion: Assertion?
  ) -> [Finding] {
    let type = Assertion.type(of: label)
    if AssertionType.isActions(type) {
      return [Finding(.assertionActionRedacted, at: uri, "The list of actions was removed.")]
    }
    if AssertionType.hardBindings.contains(type) {
      return [
        Finding(.assertionHardBindingRedacted, at: uri, "The binding to the content was removed.")
      ]
    }
    if let assertion, !assertion.isRedacted {
      return [
        Finding(
          .assertionNotRedacted, at: uri, "\(label) is declared redacted, but is still there.")
      ]
    }
    return [Finding(.assertionRedacted, at: uri, "\(label) was removed by a later signer.")]
  }
}
