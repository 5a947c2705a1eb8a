public import CBOR
public import PKI

/// C2PA 2.5 section 13.3, in the words of the reference library.
public enum ValidationState: String, Sendable {
  /// Unaltered, and a source that the user trusts vouches for the signer.
  case trusted = "Trusted"
  /// Unaltered since it was signed; nobody vouches for the signer.
  case valid = "Valid"
  case invalid = "Invalid"
  case noManifest = "NoManifest"
}

/// Everything one verification found out. A value: no finding is ever thrown.
public struct VerificationReport: Sendable {
  public let fileName: String?
  /// Short name of the container.
  public var format = "unknown"
  public internal(set) var state = ValidationState.invalid
  /// One sentence that says why the state is what it is.
  public internal(set) var reason = ""
  /// Name of the trust source that vouched for the active manifest's signer.
  public internal(set) var trustSource: String?
  public internal(set) var activeManifest: String?
  /// Where the file's own metadata says that its manifest store is, when it carries none. An address
  /// that anybody can have written: it is shown, and not followed here.
  public internal(set) var remoteManifest: String?
  /// Whether the manifest store was given apart from the asset.
  public internal(set) var isDetached = false
  /// Whether only the manifest store was judged, apart from any content.
  public internal(set) var isRecovered = false
  /// The file beside the asset that the manifest store was read from; nil when it was embedded.
  public var sidecar: String?
  /// Where the manifest store was fetched from; nil when it was at hand.
  public var fetchedFrom: String?
  /// About the file, its content and the active manifest.
  public internal(set) var findings: [Finding] = []
  /// About manifests of ingredients, without what their takers had already recorded.
  public internal(set) var ingredientFindings: [Finding] = []
  /// The active manifest first, then its ingredients' manifests.
  public internal(set) var manifests: [ManifestReport] = []
  /// The moment that counted as now, in seconds since 1970.
  public let validatedAt: Int64

  init(fileName: String?, validatedAt: Int64) {
    self.fileName = fileName
    self.validatedAt = validatedAt
  }

  public var active: ManifestReport? { manifests.first }

  /// Status codes of one kind as the summary prints them: without repetition, those of ingredient
  /// manifests with `ingredient/` in front.
  public func codes(_ kind: StatusCode.Kind) -> [String] {
    let own = findings.filter { $0.kind == kind }.map(\.code.rawValue)
    let others = ingredientFindings.filter { $0.kind == kind }.map { "ingredient/\($0.code)" }
    return Set(own + others).sorted()
  }

  /// Ends without a manifest to validate.
  mutating func close(_ state: ValidationState, _ finding: Finding?) {
    self.state = state
    if let finding { findings.append(finding) }
    reason = finding?.explanation ?? "The file carries no Content Credentials."
  }

  /// Draws the state from the findings: any failure but an untrusted signer makes the file invalid;
  /// trusted needs a trusted signer and no failure anywhere.
  mutating func conclude() {
    let failures = (findings + ingredientFindings).filter { $0.kind == .failure }
    let grave = failures.filter { $0.code != .signingCredentialUntrusted }
    let isSigned = findings.contains { $0.code == .claimSignatureValidated }
    let isTrusted = findings.contains { $0.code == .signingCredentialTrusted }
    if let first = Self.gravest(grave) {
      state = .invalid
      reason = first.explanation
    } else if !isSigned {
      // Not reachable by the checks as they stand: without a good signature one of them failed.
      state = .invalid
      reason = "The claim's signature was not validated."
    } else if failures.isEmpty, isTrusted {
      state = .trusted
      let name = active?.signer?.name ?? "the signer"
      reason =
        isRecovered
        ? "The recovered credentials are as \(name) signed them, and the trust source "
          + "\(trustSource ?? "") vouches for \(name)."
        : "Nothing was altered since \(name) signed it, and the trust source "
          + "\(trustSource ?? "") vouches for \(name)."
      if let signer = active?.signer, signer.timeStamp != nil, !signer.isTimeStampTrusted {
        reason += " The time of signing is the word of an authority that no list here names."
      }
    } else {
      state = .valid
      let untrusted = findings.first { $0.code == .signingCredentialUntrusted }
      reason =
        untrusted.map { "Nothing was altered since it was signed. \($0.explanation)" }
        ?? "Nothing was altered since it was signed, but an ingredient's signer is not trusted here."
    }
  }

  /// The finding that a reader should hear of first: altered content before an old certificate.
  private static func gravest(_ findings: [Finding]) -> Finding? {
    let order: [(Finding) -> Bool] = [
      { $0.code.rawValue.hasSuffix("Hash.mismatch") }, { $0.code == .claimSignatureMismatch },
      { $0.code == .assertionHashedURIMismatch },
      { $0.code != .claimSignatureOutsideValidity && $0.code != .signingCredentialExpired },
    ]
    for matches in order {
      if let found = findings.first(where: matches) { return found }
    }
    return findings.first
  }
}

/// Who signed a manifest.
public struct SignerReport: Sendable {
  /// Organisation, or the common name where there is none.
  public let name: String
  public let certificate: Certificate
  /// `es256` and so on.
  public let algorithm: String
  /// Name of the trust source that vouches; nil when none does.
  public let trustSource: String?
  /// When a time stamp that counts says it was signed, in seconds since 1970.
  public let timeStamp: Int64?
  /// Whether a configured list names the authority that said so.
  public let isTimeStampTrusted: Bool
}

/// One manifest as read. What an invalid one says must not be ascribed to its signer.
public struct ManifestReport: Sendable {
  public struct IngredientReport: Sendable {
    /// Of the ingredient assertion.
    public let label: String
    public let title: String?
    public let format: String?
    public let instanceID: String?
    public let relationship: Ingredient.Relationship?
    /// Label of the manifest it brought along.
    public let manifest: String?
    /// Failures that its taker recorded.
    public let recorded: [Ingredient.RecordedStatus]
  }

  public let label: String
  /// Its place in the store, from 0; the active manifest has the last.
  public let position: Int
  public let isUpdate: Bool
  public let isCompressed: Bool
  /// The claim as decoded; nil where it could not be.
  public let claim: CBORValue?
  public let claimVersion: Int?
  public let generators: [GeneratorInfo]
  public let title: String?
  public let format: String?
  public let instanceID: String?
  public let signer: SignerReport?
  public let actions: [Action]
  public let allActionsIncluded: Bool?
  public let ingredients: [IngredientReport]
  /// Labels and, where they are CBOR, values of all assertions the claim lists.
  public let assertions: [Assertion]
  /// Labels of those that the claim ascribes to its signer.
  public let createdLabels: Set<String>
  public let findings: [Finding]

  init(_ result: ManifestValidator.Result, position: Int) {
    label = result.manifest.label
    self.position = position
    isCompressed = result.manifest.isCompressed
    isUpdate = result.manifest.kind == .update
    signer = result.signer
    findings = result.findings
    let claim = result.test?.claim
    self.claim = claim?.value
    claimVersion = claim?.version.rawValue
    generators = claim?.generators ?? []
    title = claim?.title
    format = claim?.format
    instanceID = claim?.instanceID
    let listed = result.test?.listed ?? []
    assertions = listed
    createdLabels = result.test?.createdLabels ?? []
    let lists = listed.filter { AssertionType.isActions($0.type) }
      .compactMap { $0.cbor.flatMap { ActionsAssertion($0) } }
    actions = lists.flatMap(\.actions)
    allActionsIncluded = lists.first?.allActionsIncluded
    ingredients = (result.test.map(IngredientCheck.ingredients) ?? []).map {
      assertion, ingredient in
      IngredientReport(
        label: assertion.label, title: ingredient.title, format: ingredient.format,
        instanceID: ingredient.instanceID,
        relationship: ingredient.relationship,
        manifest: ingredient.activeManifest.flatMap {
          JUMBFURI($0.url)?.manifestLabel(from: result.manifest.label)
        },
        recorded: ingredient.recorded.filter { StatusCode.isFailure($0.code) })
    }
  }
}

extension StatusCode {
  /// Whether a recorded code stands for a failure, judged by its name alone: a writer's list may
  /// hold codes of later versions.
  static func isFailure(_ text: String) -> Bool {
    let good = [
      ".match", ".validated", ".trusted", ".insideValidity", ".notRevoked", ".skipped",
      ".accessible", ".unknownProvenance", ".additionalExclusionsPresent",
    ]
    return !good.contains { text.hasSuffix($0) }
  }
}
