import Bytes
public import Evidence
import PKI
import StrictJSON

/// One policy file: its rules as they were written, before layers are put on one another.
public struct PolicyDocument: Equatable, Sendable {
  public let identity: PolicyIdentity
  /// In written order.
  public let rules: [Rule]
  public let checks: [String: Check]
  public let marking: Marking
  /// Where each rule and check stands, for mistakes that only show beside another file.
  let file: SourceFile

  public var name: String { identity.name }

  /// A policy is written by people; nothing larger is one.
  public static let byteLimit = 4 << 20
  /// Bounds the time of one decision.
  public static let ruleLimit = 10_000

  /// Parses one file.
  ///
  /// - Parameter file: the name that diagnostics carry.
  /// - Throws: `PolicyLoadError` with every mistake in the file, not only the first.
  public static func parse(
    _ text: [UInt8], file: String
  ) throws(PolicyLoadError) -> PolicyDocument {
    try parseCollectingWarnings(text, file: file).document
  }

  static func parseCollectingWarnings(
    _ text: [UInt8], file: String
  ) throws(PolicyLoadError) -> (document: PolicyDocument, warnings: [Diagnostic]) {
    let source = SourceFile(name: file, text: text)
    let root = try source.json()
    var reader = DiagnosticCollector(source: source)
    let document = reader.document(root)
    guard let document, !reader.hasErrors else {
      throw PolicyLoadError(diagnostics: reader.sorted)
    }
    return (document, reader.sorted)
  }

  public static func == (left: PolicyDocument, right: PolicyDocument) -> Bool {
    left.identity == right.identity
  }
}

/// The text of a file, kept to find places in it.
struct SourceFile: Sendable {
  let name: String
  let text: [UInt8]

  /// The text as JSON, or its first mistake as a diagnostic.
  func json() throws(PolicyLoadError) -> JSONValue {
    do {
      return try JSONValue.parse(text, byteLimit: PolicyDocument.byteLimit)
    } catch {
      throw PolicyLoadError(diagnostics: [
        Diagnostic(
          code: "not-json", file: name, line: error.line, column: error.column,
          message: "this is not acceptable JSON: \(error.reason)")
      ])
    }
  }

  func diagnostic(
    _ code: String, at path: [JSONStep], ofName: Bool = false,
    severity: Diagnostic.Severity = .error, _ message: String
  ) -> Diagnostic {
    let place = JSONLocator(text).position(of: path, ofName: ofName)
    return Diagnostic(
      severity: severity, code: code, file: name, line: place.line, column: place.column,
      message: message)
  }
}

extension DiagnosticCollector {
  static let documentMembers = [
    "$schema", "policy", "version", "note", "rules", "checks", "marking",
  ]

  fileprivate mutating func document(_ root: JSONValue) -> PolicyDocument? {
    guard let members = object(root, at: [], what: "a policy") else { return nil }
    refuseUnknown(members, at: [], known: Self.documentMembers, in: "a policy")
    let name = requiredString(root, "policy", at: [], in: "a policy")
    if let name, !Self.isIdentifier(name) {
      report(
        "bad-name", at: [.member("policy")],
        "a policy's name is made of lower-case letters, digits, \".\", \"-\" and \"_\"")
    }
    let version = requiredString(root, "version", at: [], in: "a policy")
    _ = optionalString(root, "$schema", at: [])
    _ = optionalString(root, "note", at: [])
    let checks = root["checks"].map { self.checks($0, at: [.member("checks")]) } ?? [:]
    let rules = root["rules"].map { self.rules($0, at: [.member("rules")]) }
    if rules == nil { reportMissing("rules", at: [], in: "a policy", "write [] for none") }
    let marking = root["marking"].map { self.marking($0, at: [.member("marking")]) } ?? Marking()
    guard let name, let version, let rules else { return nil }
    return PolicyDocument(
      identity: PolicyIdentity(
        name: name, version: version,
        sha256: Hex.encode(HashAlgorithm.sha256.digest(root.canonical))),
      rules: rules, checks: checks, marking: marking, file: source)
  }
}
