import C2PA
import Foundation
import TestKit
import Testing

/// The standard's list of codes (C2PA 2.5 appendix D), the checks and the table of what no check
/// issues: each code stands on exactly one side.
@Suite struct StatusCodeTests {
  private static let standard = """
    assertion.accessible assertion.alternativeContentRepresentation.match assertion.bmffHash.match
    assertion.boxesHash.match assertion.collectionHash.match assertion.dataHash.match
    assertion.hashedURI.match assertion.linkedResourceIntegrity.match assertion.multiAssetHash.match
    assertion.segmentHash.match claimSignature.insideValidity claimSignature.validated
    ingredient.claimSignature.validated ingredient.manifest.validated
    signingCredential.ocsp.notRevoked signingCredential.trusted timeStamp.trusted
    timeStamp.validated algorithm.deprecated assertion.action.ingredientLocationMismatch
    assertion.bmffHash.additionalExclusionsPresent assertion.boxesHash.additionalExclusionsPresent
    assertion.dataHash.additionalExclusionsPresent assertion.linkedResourceIntegrity.formatMismatch
    assertion.linkedResourceIntegrity.hashMismatch assertion.linkedResourceIntegrity.inaccessible
    assertion.linkedResourceIntegrity.sizeMismatch assertion.linkedResourceIntegrity.skipped
    assertion.redacted ingredient.unknownProvenance signingCredential.ocsp.inaccessible
    signingCredential.ocsp.skipped signingCredential.ocsp.unknown timeOfSigning.insideValidity
    timeOfSigning.outsideValidity timeStamp.credentialInvalid timeStamp.malformed timeStamp.mismatch
    timeStamp.outsideValidity timeStamp.untrusted algorithm.unsupported
    assertion.action.ingredientMismatch assertion.action.malformed assertion.action.redacted
    assertion.action.redactionMismatch assertion.action.softBindingMissing
    assertion.alternativeContentRepresentation.hashMismatch
    assertion.alternativeContentRepresentation.malformed
    assertion.alternativeContentRepresentation.missing assertion.bmffHash.malformed
    assertion.bmffHash.mismatch assertion.boxesHash.malformed assertion.boxesHash.mismatch
    assertion.boxesHash.unknownBox assertion.cbor.invalid assertion.json.invalid
    assertion.cloud-data.actions assertion.cloud-data.hardBinding assertion.cloud-data.labelMismatch
    assertion.cloud-data.malformed assertion.collectionHash.incorrectFileCount
    assertion.collectionHash.invalidURI assertion.collectionHash.malformed
    assertion.collectionHash.mismatch assertion.dataHash.malformed assertion.dataHash.mismatch
    assertion.dataHash.redacted assertion.hardBinding.redacted assertion.external-reference.created
    assertion.external-reference.hashMismatch assertion.external-reference.labelMismatch
    assertion.external-reference.malformed assertion.hashedURI.mismatch assertion.inaccessible
    assertion.ingredient.malformed assertion.linkedResourceIntegrity.invalidURI
    assertion.linkedResourceIntegrity.malformed assertion.linkedResourceIntegrity.notCreated
    assertion.metadata.malformed assertion.missing assertion.multiAssetHash.malformed
    assertion.multiAssetHash.mismatch assertion.multiAssetHash.missingPart
    assertion.multipleHardBindings assertion.notRedacted assertion.outsideManifest
    assertion.segmentHash.malformed assertion.segmentHash.mismatch
    assertion.segmentHash.partialCoverage assertion.segmentHash.predecessorMismatch
    assertion.selfRedacted assertion.timestamp.malformed assertion.undeclared claim.actions.missing
    claim.cbor.invalid claim.hardBindings.missing claim.malformed claim.missing claim.multiple
    claimSignature.mismatch claimSignature.missing claimSignature.outsideValidity general.error
    hashedURI.mismatch hashedURI.missing ingredient.claimSignature.mismatch
    ingredient.claimSignature.missing ingredient.manifest.mismatch ingredient.manifest.missing
    livevideo.assertion.invalid livevideo.continuityMethod.invalid livevideo.init.invalid
    livevideo.manifest.invalid livevideo.segment.invalid livevideo.sessionkey.invalid
    manifest.appendOnlyText.noSentinel manifest.compressed.invalid manifest.inaccessible
    manifest.inaccessible.encrypted manifest.inaccessible.malformed manifest.multipleParents
    manifest.update.invalid manifest.update.wrongParents signingCredential.invalid
    signingCredential.ocsp.revoked signingCredential.untrusted
    """.split(whereSeparator: \.isWhitespace).map(String.init)

  /// Codes of the sources by the name of their constant.
  private func declared() throws -> [String: String] {
    let path = TestKit.packageRoot + "/Sources/C2PA/Validation/StatusCode.swift"
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let pattern = /static let (\w+) = (?:success|informational|failure)\(\s*"([^"]+)"/
    return Dictionary(
      text.matches(of: pattern).map { (String($0.1), String($0.2)) },
      uniquingKeysWith: { a, _ in a })
  }

  private func otherSources() throws -> String {
    let root = TestKit.packageRoot + "/Sources/C2PA"
    let names = try #require(FileManager.default.enumerator(atPath: root)).compactMap {
      $0 as? String
    }
    return try names.filter { $0.hasSuffix(".swift") && !$0.hasSuffix("/StatusCode.swift") }
      .map { try String(contentsOfFile: "\(root)/\($0)", encoding: .utf8) }.joined()
  }

  @Test func everyCodeIsIssuedOrItIsSaidWhyNot() throws {
    let declared = try declared()
    #expect(declared.count > 60)
    let sources = try otherSources()
    let words = Set(sources.split { !$0.isLetter && !$0.isNumber }.map(String.init))
    for (name, code) in declared {
      #expect(words.contains(name), "no check issues \(code)")
      #expect(StatusCode.unissued[code] == nil, "\(code) is issued, and the table says it is not")
    }
    let issued = Set(declared.values)
    for code in Self.standard {
      #expect(
        issued.contains(code) != (StatusCode.unissued[code] != nil),
        "\(code) is neither issued nor accounted for")
    }
    for code in StatusCode.unissued.keys { #expect(Self.standard.contains(code), "\(code)") }
  }
}
