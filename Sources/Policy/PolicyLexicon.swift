import Bytes
import PKI
import StrictJSON

/// A list of terms, as `Policies/lexicons/NAME.json` holds it. Matching is the text check's work:
/// after normalisation, on word boundaries.
public struct PolicyLexicon: Equatable, Sendable {
  /// A signal about this list is called `lexicon:` and this name.
  public let list: String
  public let version: String
  /// Where the terms come from.
  public let source: String
  /// Words and phrases, lower case, every inflected form written out.
  public let terms: [String]
  /// Of the canonical form, lower-case hexadecimal.
  public let sha256: String

  public static let termLimit = 50_000
  static let termByteLimit = 200

  public static func parse(
    _ text: [UInt8], file: String
  ) throws(PolicyLoadError) -> PolicyLexicon {
    let source = SourceFile(name: file, text: text)
    let root = try source.json()
    var reader = DiagnosticCollector(source: source)
    let lexicon = reader.lexicon(root)
    guard let lexicon, !reader.hasErrors else {
      throw PolicyLoadError(diagnostics: reader.sorted)
    }
    return lexicon
  }
}

extension DiagnosticCollector {
  fileprivate mutating func lexicon(_ root: JSONValue) -> PolicyLexicon? {
    guard let members = object(root, at: [], what: "a lexicon") else { return nil }
    refuseUnknown(
      members, at: [], known: ["list", "version", "source", "terms", "note"], in: "a lexicon")
    let list = requiredString(root, "list", at: [], in: "a lexicon")
    let version = requiredString(root, "version", at: [], in: "a lexicon")
    let source = requiredString(root, "source", at: [], in: "a lexicon")
    _ = optionalString(root, "note", at: [])
    guard let value = root["terms"] else {
      reportMissing("terms", at: [], in: "a lexicon", "list the words and phrases")
      return nil
    }
    let path: [JSONStep] = [.member("terms")]
    guard let elements = array(value, at: path, what: "\"terms\"") else { return nil }
    if elements.isEmpty { report("empty", at: path, "a lexicon needs at least one term") }
    if elements.count > PolicyLexicon.termLimit {
      report("too-many", at: path, "a lexicon has at most \(PolicyLexicon.termLimit) terms")
      return nil
    }
    var terms: [String] = []
    var seen: Set<String> = []
    for (index, element) in elements.enumerated() {
      let place = path + [.element(index)]
      guard let term = element.string else {
        report(
          "wrong-type", at: place, "a term is a text in quotes, and this is \(element.kindName)")
        continue
      }
      if term.allSatisfy(\.isWhitespace) || term.utf8.count > PolicyLexicon.termByteLimit {
        report(
          "out-of-range", at: place,
          "a term has letters, and at most \(PolicyLexicon.termByteLimit) bytes")
      } else if term != term.lowercased() || term.first!.isWhitespace || term.last!.isWhitespace {
        report(
          "bad-name", at: place,
          "terms are written in lower case without spaces around them, because text is folded "
            + "so before it is compared")
      } else if !seen.insert(term).inserted {
        report("duplicate-term", at: place, "\"\(term)\" stands in this list already")
      }
      terms.append(term)
    }
    guard let list, let version, let source else { return nil }
    return PolicyLexicon(
      list: list, version: version, source: source, terms: terms,
      sha256: Hex.encode(HashAlgorithm.sha256.digest(root.canonical)))
  }
}
