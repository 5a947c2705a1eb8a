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
      for (index, item) in items.enumerated() {
        try add(item, as: "\(name)[\(index)]", depth: depth + 1)
      }
    case .object(let members):
      for member in members {
        try add(member.value, as: "\(name)[\(member.name)]", depth: depth + 1)
      }
    }
  }
}
