import Bytes
import StrictJSON

extension PolicySet {
  /// The file that is always the first layer.
  public static let floorName = "floor"
  /// The layers below the floor where nobody says otherwise.
  public static let standardLayers = ["default", "minors"]

  /// Loads `floor.json`, the named policies below it in order, and the lexicons they name.
  ///
  /// - Parameters:
  ///   - directory: holds `NAME.json` and `lexicons/NAME.json`.
  ///   - names: without `.json`. The floor comes first whether it is named or not.
  /// - Throws: `PolicyLoadError` with every mistake in all the files.
  public static func load(
    directory: String, names: [String] = PolicySet.standardLayers
  ) throws(PolicyLoadError) -> PolicySet {
    var layers: [PolicyDocument] = []
    var diagnostics: [Diagnostic] = []
    var lexicons = LexiconShelf(directory: directory + "/lexicons")
    for name in [floorName] + names.filter({ $0 != floorName }) {
      guard let document = read(name, in: directory, &diagnostics) else { continue }
      lexicons.take(from: document, &diagnostics)
      layers.append(document)
    }
    guard diagnostics.allSatisfy({ $0.severity == .warning }) else {
      throw PolicyLoadError(diagnostics: diagnostics)
    }
    return try PolicySet(
      layers: layers, lexicons: Array(lexicons.loaded.values), warnings: diagnostics)
  }

  /// Loads one file from anywhere in the place of the first layer below the floor of `directory`, as
  /// a check before it is put there. A file that names itself `floor` is loaded alone.
  public static func load(
    file path: String, directory: String
  ) throws(PolicyLoadError) -> PolicySet {
    let text: [UInt8]
    do {
      text = try FileByteSource.contents(of: path, limit: PolicyDocument.byteLimit)
    } catch {
      throw PolicyLoadError(diagnostics: [.unreadable(error)])
    }
    let (document, warnings) = try PolicyDocument.parseCollectingWarnings(text, file: path)
    var diagnostics = warnings
    var lexicons = LexiconShelf(directory: directory + "/lexicons")
    var layers: [PolicyDocument] = []
    if document.name != floorName, let floor = read(floorName, in: directory, &diagnostics) {
      layers.append(floor)
    }
    layers.append(document)
    for layer in layers { lexicons.take(from: layer, &diagnostics) }
    guard diagnostics.allSatisfy({ $0.severity == .warning }) else {
      throw PolicyLoadError(diagnostics: diagnostics)
    }
    return try PolicySet(
      layers: layers, lexicons: Array(lexicons.loaded.values), warnings: diagnostics)
  }

  private static func read(
    _ name: String, in directory: String, _ diagnostics: inout [Diagnostic]
  ) -> PolicyDocument? {
    let path = "\(directory)/\(name).json"
    guard DiagnosticCollector.isIdentifier(name) else {
      diagnostics.append(
        Diagnostic(
          code: "bad-name", file: path, line: 0, column: 0,
          message: "a policy is named by its file's name without \".json\", and not \"\(name)\""))
      return nil
    }
    do {
      let text = try FileByteSource.contents(of: path, limit: PolicyDocument.byteLimit)
      return document(text, path: path, name: name, &diagnostics)
    } catch {
      let names = (try? DirectoryListing.names(in: directory, suffix: ".json")) ?? []
      let hint = NearestName.hint(for: name, among: names.map { String($0.dropLast(5)) })
      diagnostics.append(.unreadable(error, hint: hint))
      return nil
    }
  }

  private static func document(
    _ text: [UInt8], path: String, name: String, _ diagnostics: inout [Diagnostic]
  ) -> PolicyDocument? {
    do {
      let (document, warnings) = try PolicyDocument.parseCollectingWarnings(text, file: path)
      diagnostics += warnings
      if document.name != name {
        diagnostics.append(
          document.file.diagnostic(
            "bad-name", at: [.member("policy")],
            "the file is called \(name).json, so the policy is \"\(name)\" and not "
              + "\"\(document.name)\""))
      }
      return document
    } catch {
      diagnostics += error.diagnostics
      return nil
    }
  }
}

/// Lexicons that rules name, each loaded once.
private struct LexiconShelf {
  let directory: String
  private(set) var loaded: [String: PolicyLexicon] = [:]
  private var refused: Set<String> = []

  init(directory: String) { self.directory = directory }

  mutating func take(from document: PolicyDocument, _ diagnostics: inout [Diagnostic]) {
    for (index, rule) in document.rules.enumerated() {
      for case .lexicon(let list) in rule.when.leaves
      where loaded[list] == nil && refused.insert(list).inserted {
        let path = "\(directory)/\(list).json"
        guard DiagnosticCollector.isIdentifier(list),
          let text = try? FileByteSource.contents(of: path, limit: PolicyDocument.byteLimit)
        else {
          let names = (try? DirectoryListing.names(in: directory, suffix: ".json")) ?? []
          let hint = NearestName.hint(for: list, among: names.map { String($0.dropLast(5)) })
          diagnostics.append(
            document.file.diagnostic(
              "no-lexicon", at: [.member("rules"), .element(index), .member("when")],
              "the rule reads the lexicon \"\(list)\", and \(path) cannot be read\(hint)"))
          continue
        }
        do {
          let lexicon = try PolicyLexicon.parse(text, file: path)
          if lexicon.list != list {
            diagnostics.append(
              Diagnostic(
                code: "bad-name", file: path, line: 1, column: 1,
                message: "the file is called \(list).json, so its list is \"\(list)\" and not "
                  + "\"\(lexicon.list)\""))
          }
          loaded[list] = lexicon
        } catch {
          diagnostics += error.diagnostics
        }
      }
    }
  }
}

extension Diagnostic {
  static func unreadable(_ error: FileError, hint: String = "") -> Diagnostic {
    Diagnostic(
      code: "unreadable", file: error.path, line: 0, column: 0,
      message: "the file cannot be read: \(error.reason)\(hint)")
  }
}
