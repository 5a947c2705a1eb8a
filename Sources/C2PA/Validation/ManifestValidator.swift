import CBOR
import JUMBF
import PKI

/// Validates the active manifest and, each once, every manifest that its ingredients lead to.
struct ManifestValidator {
  let session: ValidationSession
  private var budget = DecodingBudget()
  private var opened: [String: (test: ManifestUnderTest?, findings: [Finding])] = [:]

  init(_ session: ValidationSession) { self.session = session }

  /// One manifest's results, in the order in which the walk met them (the active one first).
  struct Result {
    let manifest: Manifest
    let test: ManifestUnderTest?
    let signer: SignerReport?
    let findings: [Finding]
  }

  /// Claim and assertions, decoded once.
  mutating func open(_ manifest: Manifest) -> (test: ManifestUnderTest?, findings: [Finding]) {
    if let known = opened[manifest.label] { return known }
    let result: (test: ManifestUnderTest?, findings: [Finding])
    if let failure = manifest.compressionFailure {
      let (code, reason): (StatusCode, String) =
        switch failure {
        case .invalid(let reason): (.manifestCompressedInvalid, reason)
        case .overBudget(let reason): (.budgetExceeded, reason)
        }
      result = (
        nil,
        [
          Finding(
            code, at: JUMBFURI.manifest(manifest.label),
            "The manifest is compressed and cannot be read: \(reason).")
        ]
      )
    } else {
      let (claim, findings) = ClaimCheck.run(manifest, spending: &budget)
      let boxes = manifest.assertionStore?.superboxes ?? []
      result = (
        claim.map { claim in
          var assertions: [Assertion] = []
          for box in boxes {
            assertions.append(Assertion(box, in: manifest, spending: &budget))
          }
          return ManifestUnderTest(manifest: manifest, claim: claim, assertions: assertions)
        }, findings
      )
    }
    opened[manifest.label] = result
    return result
  }

  /// Tokens tried for one signature; each costs two signature checks.
  private static let lateTimeStampLimit = 16

  /// Every manifest in reach of the active one. On the way, gathers redactions and what signers
  /// recorded, which the checks need before the first of them runs.
  mutating func reachable() -> [Manifest] {
    let active = session.store.active
    var order: [Manifest] = [active]
    var visited: Set<String> = [active.label]
    var next = 0
    while next < order.count {
      let manifest = order[next]
      next += 1
      guard let test = open(manifest).test else { continue }
      for text in test.claim.redactedAssertions {
        // No manifest may redact itself, and nothing below the active one may redact that.
        guard let uri = JUMBFURI(text), let label = uri.manifestLabel(from: test.label),
          label != test.label, label != active.label
        else { continue }
        session.redact(uri, in: label)
        if uri.pathInManifest.first == "c2pa.databoxes" {
          session.redactedData.insert(uri.absolute(from: label))
        }
      }
      for reference in test.claim.assertions {
        guard let uri = JUMBFURI(reference.url) else { continue }
        session.listedAssertions.insert(uri.absolute(from: test.label))
      }
      for assertion in test.assertions where assertion.type == AssertionType.certificateStatus {
        let responses = (assertion.cbor?["ocspVals"]?.array ?? []).compactMap(\.bytes)
        let room = ValidationSession.revocationLimit - session.revocationResponses.count
        session.revocationResponses += responses.prefix(max(0, room))
      }
      for assertion in test.assertions where assertion.type == AssertionType.timeStamp {
        for pair in assertion.cbor?.pairs ?? [] {
          guard let label = pair.key.text, let token = pair.value.bytes,
            session.lateTimeStamps[label, default: []].count < Self.lateTimeStampLimit
          else { continue }
          session.lateTimeStamps[label, default: []].append(token)
        }
      }
      for (assertion, ingredient) in IngredientCheck.ingredients(test) {
        guard let link = ingredient.activeManifest,
          let (target, _) = session.store.resolve(link.url, from: test.label)
        else { continue }
        session.takers[target.label, default: []].insert(test.label)
        session.ingredientTargets[test.assertionURI(assertion.label)] = target.label
        record(ingredient, about: target)
        if visited.insert(target.label).inserted { order.append(target) }
      }
    }
    return order
  }

  private func record(_ ingredient: Ingredient, about target: Manifest) {
    for status in ingredient.recorded {
      // One that names no place excuses nothing; one that names it by another word than a URI is
      // about the manifest as a whole.
      guard let text = status.url else { continue }
      guard let uri = JUMBFURI(text) else {
        let label = session.store.manifest(text)?.label ?? target.label
        session.recorded[label, default: []].insert(.init(code: status.code, url: nil))
        continue
      }
      let label = uri.manifestLabel(from: target.label) ?? target.label
      session.recorded[label, default: []].insert(
        .init(code: status.code, url: uri.absolute(from: target.label)))
    }
  }

  mutating func validate(_ manifest: Manifest) -> Result {
    let (test, claimFindings) = open(manifest)
    guard let test else {
      return Result(manifest: manifest, test: nil, signer: nil, findings: claimFindings)
    }
    let signature = SignatureCheck.run(test, session)
    // The walk meets who took a manifest in before the manifest.
    session.provenTimes[test.label] =
      signature.signer?.timeStamp
      ?? (session.takers[test.label] ?? []).compactMap { session.provenTimes[$0] }.min()
    let findings =
      claimFindings + signature.findings + AssertionCheck.run(test, session)
      + StructureCheck.run(test) + ActionsCheck.run(test, session)
      + IngredientCheck.run(test, session) + IconCheck.run(test, session)
      + CredentialStoreCheck.run(test)
    return Result(manifest: manifest, test: test, signer: signature.signer, findings: findings)
  }

  /// Findings that the signer of an ingredient assertion already reported are no news about the
  /// asset (C2PA 2.5 section 16.5): they were accepted with open eyes.
  func news(in result: Result) -> [Finding] {
    result.findings.filter { finding in
      guard finding.kind == .failure else { return true }
      // What is gone from the store at hand nobody could have put down before.
      if finding.code == .ingredientManifestMissing { return true }
      // Padding of an ingredient's signature is hashed along with its manifest.
      if finding.code == .paddingNotZero { return false }
      if isOfThePast(finding.code, result) { return false }
      return !isRecorded(finding, in: result.manifest.label)
    }
  }

  /// That a certificate has run out since is no fault where a time stamp of whoever took the
  /// ingredient in proves that it was signed before.
  private func isOfThePast(_ code: StatusCode, _ result: Result) -> Bool {
    switch code {
    case .claimSignatureOutsideValidity, .signingCredentialExpired:
      guard let signer = result.signer, signer.timeStamp == nil,
        let proven = session.provenTimes[result.manifest.label]
      else { return false }
      return signer.certificate.isValid(at: proven)
    default: return false
    }
  }

  private func isRecorded(_ finding: Finding, in manifest: String) -> Bool {
    // A fault of the link to an ingredient may be put down to what the link leads to.
    let target = session.ingredientTargets[finding.uri]
    return Self.names(of: finding.code).contains { name in
      let own = session.recorded[manifest] ?? []
      if own.contains(.init(code: name, url: finding.uri)) { return true }
      if own.contains(.init(code: name, url: nil)) { return true }
      guard let target, let linked = session.recorded[target] else { return false }
      return linked.contains(.init(code: name, url: nil))
        || linked.contains(.init(code: name, url: JUMBFURI.manifest(target)))
    }
  }

  /// A fault's code, and what older writers called the same fault.
  private static func names(of code: StatusCode) -> [String] {
    switch code {
    case .claimActionsMissing: [code.rawValue, StatusCode.assertionActionMalformed.rawValue]
    case .claimSignatureOutsideValidity:
      [code.rawValue, StatusCode.signingCredentialExpired.rawValue]
    case .assertionHardBindingRedacted: [code.rawValue, "assertion.dataHash.redacted"]
    default: [code.rawValue]
    }
  }
}
