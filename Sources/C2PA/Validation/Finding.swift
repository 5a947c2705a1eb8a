/// One result of one check: what was found, where, and a sentence for a person.
public struct Finding: Equatable, Sendable {
  public let code: StatusCode
  /// The absolute JUMBF URI of the box the finding is about; empty for the file as a whole.
  public let uri: String
  /// A sentence that says what was found and, for a failure, what it means.
  public let explanation: String

  public init(_ code: StatusCode, at uri: String, _ explanation: String) {
    self.code = code
    self.uri = uri
    self.explanation = explanation
  }

  public var kind: StatusCode.Kind { code.kind }

  /// The same finding about another box. Checks that see only a part of a manifest name that part;
  /// the caller knows the whole URI.
  public func moved(to uri: String) -> Finding { Finding(code, at: uri, explanation) }
}
