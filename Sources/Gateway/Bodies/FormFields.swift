import HTTPTypes
import StrictJSON

/// The fields of a create request, whichever body they came in. Names are as forms spell them:
/// `metadata[source]`, `tags[0]`.
struct FormFields: Equatable, Sendable {
  /// A scalar with the kind it had in JSON; forms know only text.
  enum Scalar: Equatable, Sendable {
    case text(String)
    /// A number or boolean as it is written.
    case literal(String)

    var spelling: String {
      switch self {
      case .text(let text), .literal(let text): text
      }
    }
  }

  /// As many fields as a multipart body may have parts.
  static let maximumFields = 100
  static let maximumNameBytes = 256
  /// Deeper JSON than `metadata.a.b.c` has no place in a create request.
  static let maximumDepth = 4

  private(set) var values: [String: Scalar] = [:]
  /// Names of objects and lists, those without members too.
  private var nested: Set<String> = []
  private var emptyObjects: Set<String> = []

  init() {}

  /// Flattens a JSON object; null means absent.
  init(json: JSONValue) throws(APIError) {
    guard case .object(let members) = json else {
      throw APIError(
        .badRequest, "The JSON body must be an object with the field 'prompt'.",
        code: "invalid_json")
    }
    for member in members { try add(member.value, as: member.name, depth: 1) }
  }

  subscript(name: String) -> Scalar? { values[name] }

  /// A field's value, forgotten here: what is left in the end is what Assay does not know.
  mutating func take(_ name: String) -> Scalar? { values.removeValue(forKey: name) }

  /// Whether the field is an object or a list.
  func isNested(_ name: String) -> Bool {
    nested.contains(name) || values.keys.contains { $0.hasPrefix(name + "[") }
  }

  /// Takes a field that must be a text, a number or a boolean.
  mutating func takeScalar(_ name: String) throws(APIError) -> Scalar? {
    guard !isNested(name) else {
      throw .invalid(
        name, "Invalid type for '\(name)': expected a single value.", code: "invalid_type")
    }
    return take(name)
  }

  /// What is left, for those who know more names: the subject's, the core's.
  func rest() throws(APIError) -> [String: String] {
    // It would be gone without a word, and with it what the caller thinks the request rests on.
    guard !emptyObjects.contains(SubjectResolver.consentsField) else {
      throw .invalid(
        SubjectResolver.consentsField, "Give 'consents' as a list of ids.", code: "invalid_type")
    }
    return values.mapValues(\.spelling)
  }

  /// Adds a form's text part. `name[]` may repeat; any other name may not.
  mutating func add(_ text: String, as name: String) throws(APIError) {
    guard name.hasSuffix("[]") else { return try add(.text(text), as: name) }
    let stem = name.dropLast(2)
    var index = 0
    while values["\(stem)[\(index)]"] != nil { index += 1 }
    try add(.text(text), as: "\(stem)[\(index)]")
  }

  private mutating func add(_ scalar: Scalar, as name: String) throws(APIError) {
    guard name.utf8.count <= FormFields.maximumNameBytes else {
      throw APIError(
        .badRequest,
        "A field's name has \(name.utf8.count) bytes; at most \(FormFields.maximumNameBytes) are "
          + "taken.", code: "invalid_field_name")
    }
    guard values[name] == nil else {
      throw .invalid(name, "The field '\(name)' is given twice.", code: "duplicate_field")
    }
    guard values.count < FormFields.maximumFields else {
      throw APIError(
        .badRequest, "The request has more than \(FormFields.maximumFields) fields.",
        code: "too_many_fields")
    }
    values[name] = scalar
  }

  private mutating func add(
    _ value: JSONValue, as name: String, depth: Int
  ) throws(APIError) {
    guard depth <= FormFields.maximumDepth else {
      throw .invalid(name, "The field '\(name)' is nested too deeply.")
    }
    switch value {
    case .null: break
    case .string(let text): try add(.text(text), as: name)
    case .bool, .integer, .real: try add(.literal(value.compact), as: name)
    case .array(let items):
      nested.insert(name)
      for (index, item) in items.enumerated() {
        // Flattened, it would be gone without a word.
        guard !item.isNull, item.members?.isEmpty != true, item.array?.isEmpty != true else {
          throw .invalid(
            name, "The list '\(name)' has an entry without a value.", code: "invalid_type")
        }
        try add(item, as: "\(name)[\(index)]", depth: depth + 1)
      }
    case .object(let members):
      nested.insert(name)
      if members.isEmpty { emptyObjects.insert(name) }
      for member in members {
        try add(member.value, as: "\(name)[\(member.name)]", depth: depth + 1)
      }
    }
  }
}
