import StrictJSON

/// Reads members out of a JSON value and collects what is wrong with them instead of stopping.
struct DiagnosticCollector {
  let source: SourceFile
  private(set) var diagnostics: [Diagnostic] = []
  private(set) var hasErrors = false

  /// Beyond this many, more mistakes help nobody, and each costs a walk through the text.
  static let limit = 200

  init(source: SourceFile) { self.source = source }

  /// In the order of the text.
  var sorted: [Diagnostic] {
    diagnostics.sorted { ($0.line, $0.column, $0.code) < ($1.line, $1.column, $1.code) }
  }

  mutating func report(
    _ code: String, at path: [JSONStep], ofName: Bool = false,
    severity: Diagnostic.Severity = .error, _ message: String
  ) {
    if severity == .error { hasErrors = true }
    guard diagnostics.count < Self.limit else { return }
    diagnostics.append(
      source.diagnostic(code, at: path, ofName: ofName, severity: severity, message))
  }

  mutating func reportMissing(
    _ name: String, at path: [JSONStep], in what: String, _ advice: String
  ) {
    report("missing", at: path, "\(what) needs \"\(name)\"; \(advice)")
  }

  mutating func object(
    _ value: JSONValue, at path: [JSONStep], what: String
  ) -> [JSONValue.Member]? {
    if let members = value.members { return members }
    report("wrong-type", at: path, "\(what) is an object, { … }, and this is \(value.kindName)")
    return nil
  }

  mutating func array(
    _ value: JSONValue, at path: [JSONStep], what: String
  ) -> [JSONValue]? {
    if let elements = value.array { return elements }
    report("wrong-type", at: path, "\(what) is a list, [ … ], and this is \(value.kindName)")
    return nil
  }

  mutating func refuseUnknown(
    _ members: [JSONValue.Member], at path: [JSONStep], known: [String], in what: String
  ) {
    for member in members where !known.contains(member.name) {
      let hint = NearestName.hint(for: member.name, among: known)
      let list = known.filter { !$0.hasPrefix("$") }.joined(separator: ", ")
      report(
        "unknown-member", at: path + [.member(member.name)], ofName: true,
        "\(what) has no \"\(member.name)\"\(hint.isEmpty ? "; it may have \(list)" : hint)")
    }
  }

  mutating func optionalString(
    _ value: JSONValue, _ name: String, at path: [JSONStep]
  ) -> String? {
    guard let member = value[name] else { return nil }
    guard let text = member.string else {
      report(
        "wrong-type", at: path + [.member(name)],
        "\"\(name)\" is a text in quotes, and this is \(member.kindName)")
      return nil
    }
    guard !text.isEmpty else {
      report("empty", at: path + [.member(name)], "\"\(name)\" must not be empty")
      return nil
    }
    return text
  }

  mutating func requiredString(
    _ value: JSONValue, _ name: String, at path: [JSONStep], in what: String
  ) -> String? {
    if value[name] == nil {
      reportMissing(name, at: path, in: what, "add \"\(name)\": \"…\"")
      return nil
    }
    return optionalString(value, name, at: path)
  }

  mutating func optionalBool(_ value: JSONValue, _ name: String, at path: [JSONStep]) -> Bool? {
    guard let member = value[name] else { return nil }
    if let bool = member.bool { return bool }
    report(
      "wrong-type", at: path + [.member(name)],
      "\"\(name)\" is true or false without quotes, and this is \(member.kindName)")
    return nil
  }

  /// A number in `range`.
  mutating func optionalNumber(
    _ value: JSONValue, _ name: String, at path: [JSONStep], in range: ClosedRange<Double>,
    unit: String
  ) -> Double? {
    guard let member = value[name] else { return nil }
    guard let number = member.number else {
      report(
        "wrong-type", at: path + [.member(name)],
        "\"\(name)\" is a number (\(unit)), and this is \(member.kindName)")
      return nil
    }
    guard range.contains(number) else {
      report(
        "out-of-range", at: path + [.member(name)],
        "\"\(name)\" lies between \(Self.short(range.lowerBound)) and "
          + "\(Self.short(range.upperBound)) (\(unit)), and this is \(Self.short(number))")
      return nil
    }
    return number
  }

  /// A whole number in `range`.
  mutating func optionalInteger(
    _ value: JSONValue, _ name: String, at path: [JSONStep], in range: ClosedRange<Int>,
    unit: String
  ) -> Int? {
    guard let member = value[name] else { return nil }
    guard let number = member.integer else {
      report(
        "wrong-type", at: path + [.member(name)],
        "\"\(name)\" is a whole number (\(unit)), and this is \(member.kindName)")
      return nil
    }
    guard range.contains(number) else {
      report(
        "out-of-range", at: path + [.member(name)],
        "\"\(name)\" lies between \(range.lowerBound) and \(range.upperBound) (\(unit)), "
          + "and this is \(number)")
      return nil
    }
    return number
  }

  /// One word out of a closed list.
  mutating func word<Word: RawRepresentable & CaseIterable>(
    _ value: JSONValue, at path: [JSONStep], what: String, _ type: Word.Type = Word.self,
    allowed: (Word) -> Bool = { _ in true }
  ) -> Word? where Word.RawValue == String {
    guard let text = value.string else {
      report(
        "wrong-type", at: path, "\(what) is a text in quotes, and this is \(value.kindName)")
      return nil
    }
    if let word = Word(rawValue: text), allowed(word) { return word }
    let known = Word.allCases.filter(allowed).map(\.rawValue)
    let hint = NearestName.hint(for: text, among: known)
    report(
      "unknown-word", at: path,
      "\(what) is one of \(known.joined(separator: ", ")), and not \"\(text)\"\(hint)")
    return nil
  }

  static func isIdentifier(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= 128
      && text.utf8.allSatisfy { byte in
        (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x2E
          || byte == 0x2D || byte == 0x5F
      }
  }

  private static func short(_ number: Double) -> String {
    number == number.rounded() && number.magnitude < 1e15 ? String(Int(number)) : "\(number)"
  }
}

extension JSONValue {
  /// For sentences: "this is a number".
  var kindName: String {
    switch self {
    case .null: "null"
    case .bool(let value): value ? "true" : "false"
    case .integer, .real: "a number"
    case .string: "a text"
    case .array: "a list"
    case .object: "an object"
    }
  }
}
