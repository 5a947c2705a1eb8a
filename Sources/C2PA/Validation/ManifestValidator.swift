import CBOR
import JUMBF

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
      for (_, ingredient) in IngredientCheck.ingredients(test) {
        guard let link = ingredient.activeManifest,
          let (target, _) = session.store.resolve(link.url, from: test.label)
        else { continue }
        record(ingredient, about: target)
        if visited.insert(target.label).inserted { order.append(target) }
      }
    }
    return order
  }

  private func record(_ ingredient: Ingredient, about target: Manifest) {
    for status in ingredient.recorded {
      guard let uri = status.url.flatMap({ JUMBFURI($0) }) else {
        session.recorded[target.label, default: []].insert(.init(code: status.code, url: nil))
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
    let findings =
      claimFindings + signature.findings + AssertionCheck.run(test, session)
      + StructureCheck.run(test) + ActionsCheck.run(test, session)
      + IngredientCheck.run(test, session)
    return Result(manifest: manifest, test: test, signer: signature.signer, findings: findings)
  }

  /// Findings that the signer of an ingredient assertion already reported are no news about the
  /// asset (C2PA 2.5 section 16.5): they were accepted with open eyes.
  func news(in result: Result) -> [Finding] {
    let known = session.recorded[result.manifest.label] ?? []
    return result.findings.filter { finding in
      finding.kind != .failure
        || !(known.contains(.init(code: finding.code.rawValue, url: finding.uri))
          || known.contains(.init(code: finding.code.rawValue, url: nil)))
    }
  }
}
