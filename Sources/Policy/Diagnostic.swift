/// One mistake or doubt in a policy file, at its place.
public struct Diagnostic: Equatable, Sendable, CustomStringConvertible {
  public enum Severity: String, Sendable {
    /// The file is not loaded.
    case error
    /// The file is loaded; a person should look.
    case warning
  }

  public let severity: Severity
  /// Stable, for tests and editors: `unknown-word`, `out-of-range` …
  public let code: String
  /// As it was given to `load`.
  public let file: String
  /// From 1; 0 when the file could not be read at all.
  public let line: Int
  public let column: Int
  /// What is wrong and what was probably meant.
  public let message: String

  public init(
    severity: Severity = .error, code: String, file: String, line: Int, column: Int,
    message: String
  ) {
    self.severity = severity
    self.code = code
    self.file = file
    self.line = line
    self.column = column
    self.message = message
  }

  /// `default.json:12:9: error: …`, as compilers write it and editors jump to it.
  public var description: String {
    let place = line > 0 ? "\(file):\(line):\(column)" : file
    return "\(place): \(severity.rawValue): \(message) [\(code)]"
  }
}

/// Policy files that were refused, with everything that is wrong in all of them.
public struct PolicyLoadError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Errors and warnings in the order of files and lines; at least one is an error.
  public let diagnostics: [Diagnostic]

  public init(diagnostics: [Diagnostic]) { self.diagnostics = diagnostics }

  public var code: String { "policy_refused" }
  public var errors: [Diagnostic] { diagnostics.filter { $0.severity == .error } }
  public var description: String { diagnostics.map(\.description).joined(separator: "\n") }
}
