/// A status code of C2PA 2.5 appendix D (`assertion.dataHash.mismatch` and so on), with the kind
/// the standard gives it. Codes of our own begin with `assay.`.
public struct StatusCode: Hashable, Sendable, CustomStringConvertible {
  public enum Kind: String, Sendable, CaseIterable {
    case success
    case informational
    case failure
  }

  public let rawValue: String
  public let kind: Kind

  public init(_ rawValue: String, _ kind: Kind) {
    self.rawValue = rawValue
    self.kind = kind
  }

  public var description: String { rawValue }
}

// Success.
extension StatusCode {
  private static func success(_ text: String) -> StatusCode { StatusCode(text, .success) }

  public static let assertionBmffHashMatch = success("assertion.bmffHash.match")
  public static let identityCredentialTrusted = success("cawg.x509.credential.trusted")
  public static let identitySignatureValidated = success("cawg.x509.signature.validated")
  public static let identityWellFormed = success("cawg.identity.well-formed")
  public static let assertionBoxesHashMatch = success("assertion.boxesHash.match")
  public static let assertionCollectionHashMatch = success("assertion.collectionHash.match")
  public static let assertionDataHashMatch = success("assertion.dataHash.match")
  public static let assertionHashedURIMatch = success("assertion.hashedURI.match")
  public static let claimSignatureInsideValidity = success("claimSignature.insideValidity")
  public static let claimSignatureValidated = success("claimSignature.validated")
  public static let ingredientClaimSignatureValidated = success(
    "ingredient.claimSignature.validated")
  public static let ingredientManifestValidated = success("ingredient.manifest.validated")
  public static let signingCredentialOcspNotRevoked = success("signingCredential.ocsp.notRevoked")
  public static let signingCredentialTrusted = success("signingCredential.trusted")
  public static let timeStampTrusted = success("timeStamp.trusted")
  public static let timeStampValidated = success("timeStamp.validated")
}

// Informational.
extension StatusCode {
  private static func informational(_ text: String) -> StatusCode {
    StatusCode(text, .informational)
  }

  public static let assertionActionIngredientLocationMismatch = informational(
    "assertion.action.ingredientLocationMismatch")
  public static let assertionBmffHashAdditionalExclusionsPresent = informational(
    "assertion.bmffHash.additionalExclusionsPresent")
  public static let assertionBoxesHashAdditionalExclusionsPresent = informational(
    "assertion.boxesHash.additionalExclusionsPresent")
  public static let assertionDataHashAdditionalExclusionsPresent = informational(
    "assertion.dataHash.additionalExclusionsPresent")
  public static let assertionRedacted = informational("assertion.redacted")
  public static let ingredientUnknownProvenance = informational("ingredient.unknownProvenance")
  public static let signingCredentialOcspSkipped = informational("signingCredential.ocsp.skipped")
  public static let signingCredentialOcspUnknown = informational("signingCredential.ocsp.unknown")
  public static let timeStampMalformed = informational("timeStamp.malformed")
  public static let timeStampMismatch = informational("timeStamp.mismatch")
  public static let timeStampOutsideValidity = informational("timeStamp.outsideValidity")
  public static let timeStampUntrusted = informational("timeStamp.untrusted")

  /// The carrier breaks its own format around the manifest store (a CRC, a packet sequence).
  public static let carrierIrregular = informational("assay.carrier.irregular")
  /// The signature carries headers that mean nothing in C2PA and that nothing protects.
  public static let unknownHeader = informational("assay.claimSignature.unknownHeader")
  public static let timeOfSigningInsideValidity = informational("timeOfSigning.insideValidity")
  public static let timeOfSigningOutsideValidity = informational("timeOfSigning.outsideValidity")
  /// A `cawg.identity` assertion is present; it is reported apart and never changes the state.
  public static let identityNotEvaluated = informational("assay.cawg.identity.notEvaluated")
  // Codes of the CAWG Identity Assertion. To that body some are failures; none is one of the manifest.
  public static let identityPadInvalid = informational("cawg.identity.pad.invalid")
  public static let identityAssertionMismatch = informational("cawg.identity.assertion.mismatch")
  public static let identityAssertionDuplicate = informational("cawg.identity.assertion.duplicate")
  public static let identityHardBindingMissing = informational("cawg.identity.hard_binding_missing")
  public static let identityCredentialInvalid = informational("cawg.x509.credential.invalid")
  public static let identityCredentialUntrusted = informational("cawg.x509.credential.untrusted")
  public static let identitySignatureMismatch = informational("cawg.x509.signature.mismatch")
  public static let identityOutsideValidity = informational("cawg.x509.signature.outside_validity")
}

// Failure.
extension StatusCode {
  private static func failure(_ text: String) -> StatusCode { StatusCode(text, .failure) }

  public static let algorithmUnsupported = failure("algorithm.unsupported")
  public static let assertionActionIngredientMismatch = failure(
    "assertion.action.ingredientMismatch")
  public static let assertionActionMalformed = failure("assertion.action.malformed")
  public static let assertionActionRedacted = failure("assertion.action.redacted")
  public static let assertionActionRedactionMismatch = failure("assertion.action.redactionMismatch")
  public static let assertionActionSoftBindingMissing = failure(
    "assertion.action.softBindingMissing")
  public static let assertionBmffHashMalformed = failure("assertion.bmffHash.malformed")
  public static let assertionBmffHashMismatch = failure("assertion.bmffHash.mismatch")
  public static let assertionBoxesHashMalformed = failure("assertion.boxesHash.malformed")
  public static let assertionBoxesHashMismatch = failure("assertion.boxesHash.mismatch")
  public static let assertionBoxesHashUnknownBox = failure("assertion.boxesHash.unknownBox")
  public static let assertionCborInvalid = failure("assertion.cbor.invalid")
  public static let assertionJsonInvalid = failure("assertion.json.invalid")
  public static let assertionCloudDataActions = failure("assertion.cloud-data.actions")
  public static let assertionCloudDataHardBinding = failure("assertion.cloud-data.hardBinding")
  public static let assertionCloudDataMalformed = failure("assertion.cloud-data.malformed")
  public static let assertionCollectionHashIncorrectFileCount = failure(
    "assertion.collectionHash.incorrectFileCount")
  public static let assertionCollectionHashInvalidURI = failure(
    "assertion.collectionHash.invalidURI")
  public static let assertionCollectionHashMalformed = failure("assertion.collectionHash.malformed")
  public static let assertionCollectionHashMismatch = failure("assertion.collectionHash.mismatch")
  public static let assertionDataHashMalformed = failure("assertion.dataHash.malformed")
  public static let assertionDataHashMismatch = failure("assertion.dataHash.mismatch")
  public static let assertionHardBindingRedacted = failure("assertion.hardBinding.redacted")
  public static let assertionExternalReferenceMalformed = failure(
    "assertion.external-reference.malformed")
  public static let assertionHashedURIMismatch = failure("assertion.hashedURI.mismatch")
  public static let assertionIngredientMalformed = failure("assertion.ingredient.malformed")
  public static let assertionMetadataMalformed = failure("assertion.metadata.malformed")
  public static let assertionMissing = failure("assertion.missing")
  public static let assertionMultipleHardBindings = failure("assertion.multipleHardBindings")
  public static let assertionNotRedacted = failure("assertion.notRedacted")
  public static let assertionOutsideManifest = failure("assertion.outsideManifest")
  /// A code of the reference library from before the standard had its own.
  public static let assertionRequiredMissing = failure("assertion.required.missing")
  public static let assertionSelfRedacted = failure("assertion.selfRedacted")
  public static let assertionTimestampMalformed = failure("assertion.timestamp.malformed")
  public static let assertionUndeclared = failure("assertion.undeclared")
  public static let claimActionsMissing = failure("claim.actions.missing")
  public static let claimCborInvalid = failure("claim.cbor.invalid")
  public static let claimHardBindingsMissing = failure("claim.hardBindings.missing")
  public static let claimMalformed = failure("claim.malformed")
  public static let claimMissing = failure("claim.missing")
  public static let claimMultiple = failure("claim.multiple")
  public static let claimSignatureMismatch = failure("claimSignature.mismatch")
  public static let claimSignatureMissing = failure("claimSignature.missing")
  public static let claimSignatureOutsideValidity = failure("claimSignature.outsideValidity")
  public static let generalError = failure("general.error")
  public static let hashedURIMismatch = failure("hashedURI.mismatch")
  public static let hashedURIMissing = failure("hashedURI.missing")
  public static let ingredientClaimSignatureMismatch = failure("ingredient.claimSignature.mismatch")
  public static let ingredientClaimSignatureMissing = failure("ingredient.claimSignature.missing")
  public static let ingredientManifestMismatch = failure("ingredient.manifest.mismatch")
  public static let ingredientManifestMissing = failure("ingredient.manifest.missing")
  public static let manifestCompressedInvalid = failure("manifest.compressed.invalid")
  public static let manifestInaccessible = failure("manifest.inaccessible")
  public static let manifestInaccessibleMalformed = failure("manifest.inaccessible.malformed")
  public static let manifestMultipleParents = failure("manifest.multipleParents")
  public static let manifestUpdateInvalid = failure("manifest.update.invalid")
  public static let manifestUpdateWrongParents = failure("manifest.update.wrongParents")
  public static let signingCredentialInvalid = failure("signingCredential.invalid")
  public static let signingCredentialExpired = failure("signingCredential.expired")
  public static let signingCredentialOcspRevoked = failure("signingCredential.ocsp.revoked")
  public static let signingCredentialUntrusted = failure("signingCredential.untrusted")

  /// A box in a manifest that is none of the standard's: neither claim nor signature covers it.
  public static let uncoveredBox = failure("assay.manifest.uncoveredBox")
  /// A signature padding header holds bytes that no hash and no signature covers.
  public static let paddingNotZero = failure("assay.claimSignature.paddingNotZero")
  /// This program cannot read the carrier or the manifest form yet: nothing was validated.
  public static let notSupported = failure("assay.notSupported")
  /// A budget was used up before every check had run.
  public static let budgetExceeded = failure("assay.budgetExceeded")
}
