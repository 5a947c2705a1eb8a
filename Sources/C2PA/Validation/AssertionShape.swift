import CBOR
import StrictJSON

/// Assertions of the standard that have no check of their own, as far as a reader relies on their
/// form. What other bodies define is none of this program's business.
enum AssertionShape {
  static func run(_ assertion: Assertion, at uri: String) -> [Finding] {
    if let finding = unknownVersion(assertion, uri) { return [finding] }
    switch assertion.type {
    case AssertionType.softBinding:
      // C2PA 2.5 section 16.3.7.
      guard let value = assertion.cbor, value["blocks"]?.array == nil else { return [] }
      return [malformed(uri, "The soft binding names no blocks that it binds.")]
    case AssertionType.certificateStatus:
      // C2PA 2.5 section 16.7.3.
      guard let value = assertion.cbor, value["ocspVals"]?.array == nil else { return [] }
      return [malformed(uri, "The answers about revocation that came later are no list.")]
    case AssertionType.assertionMetadata: return []
    case let type where type.hasSuffix(".metadata"):
      return linkedData(assertion, uri)
    default: return []
    }
  }

  private static func malformed(_ uri: String, _ why: String) -> Finding {
    Finding(.generalError, at: uri, why)
  }

  /// C2PA 2.5 section 16.9: JSON-LD, which without a context means nothing.
  private static func linkedData(_ assertion: Assertion, _ uri: String) -> [Finding] {
    switch assertion.content {
    case .json(let value) where value["@context"] != nil: return []
    case .opaque: return []
    default:
      return [
        Finding(
          .assertionJsonInvalid, at: uri,
          "\(assertion.label) is not the JSON-LD that it must be: it has no context.")
      ]
    }
  }

  /// Versions of assertions on which the verdict rests, later than those known here: they may forbid
  /// what is found, or allow it.
  private static func unknownVersion(_ assertion: Assertion, _ uri: String) -> Finding? {
    for (family, newest) in [("c2pa.actions.v", 2), ("c2pa.ingredient.v", 3)] {
      guard assertion.type.hasPrefix(family),
        let version = Int(assertion.type.dropFirst(family.count)), version > newest
      else { continue }
      return Finding(
        .notSupported, at: uri,
        "\(assertion.label) is of a version that is not known here, so what it says was not judged."
      )
    }
    return nil
  }
}
