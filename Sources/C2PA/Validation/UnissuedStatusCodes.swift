extension StatusCode {
  /// The codes of C2PA 2.5 appendix D that no check issues, and why. Every other code of the
  /// standard is issued by a check of its own.
  public static let unissued: [String: String] = {
    var table: [String: String] = [:]
    for (reason, codes) in reasons { for code in codes { table[code] = reason } }
    return table
  }()

  private static let reasons: [(String, [String])] = [
    (
      "It is about something that was fetched; nothing is, but whole manifest stores on request.",
      [
        "assertion.accessible", "assertion.inaccessible", "assertion.cloud-data.labelMismatch",
        "assertion.external-reference.hashMismatch", "assertion.external-reference.labelMismatch",
        "assertion.linkedResourceIntegrity.match",
        "assertion.linkedResourceIntegrity.formatMismatch",
        "assertion.linkedResourceIntegrity.hashMismatch",
        "assertion.linkedResourceIntegrity.inaccessible",
        "assertion.linkedResourceIntegrity.sizeMismatch",
        "assertion.linkedResourceIntegrity.skipped",
        "assertion.linkedResourceIntegrity.invalidURI",
        "assertion.linkedResourceIntegrity.malformed",
        "assertion.linkedResourceIntegrity.notCreated",
        "signingCredential.ocsp.inaccessible",
      ]
    ),
    (
      "The standard's text no longer raises it.",
      ["assertion.external-reference.created", "assertion.dataHash.redacted"]
    ),
    ("The standard's list of deprecated algorithms is empty.", ["algorithm.deprecated"]),
    (
      "Bindings of this kind are not checked yet: they end in assay.notSupported, never in silence.",
      [
        "assertion.segmentHash.match", "assertion.segmentHash.malformed",
        "assertion.segmentHash.mismatch", "assertion.segmentHash.partialCoverage",
        "assertion.segmentHash.predecessorMismatch", "manifest.appendOnlyText.noSentinel",
      ]
    ),
    (
      "It could only lift the mismatch of a whole file, which stands: the stricter verdict.",
      [
        "assertion.multiAssetHash.match", "assertion.multiAssetHash.malformed",
        "assertion.multiAssetHash.mismatch", "assertion.multiAssetHash.missingPart",
      ]
    ),
    (
      "Renditions of fonts and documents in other forms are not looked at.",
      [
        "assertion.alternativeContentRepresentation.match",
        "assertion.alternativeContentRepresentation.hashMismatch",
        "assertion.alternativeContentRepresentation.malformed",
        "assertion.alternativeContentRepresentation.missing",
      ]
    ),
    (
      "Live media is not read.",
      [
        "livevideo.assertion.invalid", "livevideo.continuityMethod.invalid",
        "livevideo.init.invalid", "livevideo.manifest.invalid", "livevideo.segment.invalid",
        "livevideo.sessionkey.invalid",
      ]
    ),
    (
      "No encrypted document is opened: it has no manifest store that could be seen.",
      ["manifest.inaccessible.encrypted"]
    ),
    (
      "timeStamp.untrusted says the same, with the reason.", ["timeStamp.credentialInvalid"]
    ),
  ]
}
