import Bytes
public import Evidence
import Glibc
import PKI
import StrictJSON

/// A word list could not be used: which file, and what to change in it.
public struct LexiconError: Error, Equatable, Sendable, CustomStringConvertible {
  public let path: String
  public let reason: String

  /// Stable code for logs.
  public let code = "lexicon_unreadable"
  public var description: String { "\(path): \(reason)" }
}

/// One word list, `{"list": "slurs", "version": "1", "terms": ["…"]}`, compiled into one automaton
/// (Aho and Corasick, 1975): a text is read once, however many terms there are. Terms match on word
/// boundaries of the normalised text, and are normalised as texts are.
public struct Lexicon: Sendable {
  public let name: String
  public let version: String
  /// Name, version and SHA-256 of the file, for the log.
  public let identity: ModelIdentity
  private let automaton: TermAutomaton

  /// Refused above this: the automaton of a list costs some hundred bytes a letter.
  static let maximumTerms = 100_000
  static let maximumFileSize = 8 << 20

  public init(name: String, version: String, terms: [String], sha256: String = "") {
    self.name = name
    self.version = version
    identity = ModelIdentity(name: "lexicon:\(name) \(version)", sha256: sha256)
    automaton = TermAutomaton(terms.map { TextNormalizer.plain($0) }.filter { !$0.isEmpty })
  }

  /// - Throws: `LexiconError` with the file and, for JSON mistakes, the line and column.
  public init(path: String) throws(LexiconError) {
    do {
      let bytes = try FileByteSource.contents(of: path, limit: Self.maximumFileSize)
      let document = try JSONValue.parse(bytes)
      guard let name = document["list"]?.string, !name.isEmpty,
        let version = document["version"]?.string, let entries = document["terms"]?.array
      else {
        throw LexiconError(
          path: path, reason: "a word list needs \"list\", \"version\" and \"terms\"")
      }
      let terms = entries.compactMap(\.string)
      guard terms.count == entries.count, terms.count <= Self.maximumTerms else {
        throw LexiconError(
          path: path, reason: "\"terms\" must be at most \(Self.maximumTerms) strings")
      }
      self.init(
        name: name, version: version, terms: terms,
        sha256: Hex.encode(HashAlgorithm.sha256.digest(bytes)))
    } catch let error as LexiconError {
      throw error
    } catch {
      throw LexiconError(path: path, reason: "\(error)")
    }
  }

  /// All `*.json` lists of a folder, by name. An absent folder holds none.
  public static func load(directory: String) throws(LexiconError) -> [Lexicon] {
    guard let folder = opendir(directory) else {
      if errno == ENOENT { return [] }
      throw LexiconError(path: directory, reason: String(cString: strerror(errno)))
    }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { raw in
        String(decoding: raw.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name.hasSuffix(".json"), !name.hasPrefix(".") { names.append(name) }
    }
    var lists: [Lexicon] = []
    for name in names.sorted() {
      let path = "\(directory)/\(name)"
      let list = try Lexicon(path: path)
      guard !lists.contains(where: { $0.name == list.name }) else {
        throw LexiconError(path: path, reason: "another file already has the list \(list.name)")
      }
      lists.append(list)
    }
    return lists
  }

  /// Where the first term stands in the original text, as UTF-8 offsets; nil when there is none.
  public func firstMatch(in views: [NormalizedText]) -> Range<Int>? {
    for view in views {
      if let match = automaton.firstMatch(in: view.text) { return view.sourceRange(match) }
    }
    return nil
  }

  /// `lexicon:<list>` of check `lexicon`: 1 with the place of the first term, or 0.
  public func signal(for views: [NormalizedText]) -> Signal {
    let match = firstMatch(in: views)
    return Signal(
      name: "lexicon:\(name)", value: .score(match == nil ? 0 : 1), check: "lexicon",
      model: identity, span: match)
  }
}
