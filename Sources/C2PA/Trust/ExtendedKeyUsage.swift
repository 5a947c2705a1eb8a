/// Purposes of a certificate that matter for Content Credentials (C2PA 2.5 section 13.5.1).
public enum ExtendedKeyUsage {
  public static let claimSigning = "1.3.6.1.4.1.62558.2.1"
  public static let documentSigning = "1.3.6.1.5.5.7.3.36"
  public static let emailProtection = "1.3.6.1.5.5.7.3.4"
  public static let timeStamping = "1.3.6.1.5.5.7.3.8"
  public static let ocspSigning = "1.3.6.1.5.5.7.3.9"
  public static let any = "2.5.29.37.0"

  /// What marks a claim signer when the user names no list: the purpose of its own, and the two
  /// that were used before there was one.
  public static let claimSigners: Set<String> = [claimSigning, documentSigning, emailProtection]

  /// Reads a list of OIDs, one a line; `//` and `#` begin a comment.
  ///
  /// - Returns: nil when a line is no dotted OID or nothing is listed.
  public static func parseList(_ text: String) -> Set<String>? {
    var identifiers: Set<String> = []
    for line in text.split(whereSeparator: \.isNewline) {
      let words = line.split(separator: " ", omittingEmptySubsequences: true)
      guard let first = words.first, !first.hasPrefix("//"), !first.hasPrefix("#") else { continue }
      let arcs = first.split(separator: ".", omittingEmptySubsequences: false)
      guard arcs.count >= 3, arcs.allSatisfy({ !$0.isEmpty && $0.allSatisfy(\.isASCIIDigit) })
      else {
        return nil
      }
      identifiers.insert(String(first))
    }
    return identifiers.isEmpty ? nil : identifiers
  }
}

extension Character {
  fileprivate var isASCIIDigit: Bool { "0"..."9" ~= self }
}
