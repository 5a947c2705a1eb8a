import Hummingbird
import StrictJSON

/// The members of a small JSON object, by the kind they must have; null is as good as absent. What has
/// another kind is refused: who writes "dry_run": "true" must not be taken at the absence of a word.
struct JSONFields: Sendable {
  private let object: JSONValue

  init(_ request: Request) async throws {
    object = try await SmallBody.json(request)
  }

  subscript(name: String) -> JSONValue? {
    guard let value = object[name], !value.isNull else { return nil }
    return value
  }

  /// A text of at most `limit` characters, counted as JSON Schema counts.
  func text(_ name: String, limit: Int) throws(APIError) -> String? {
    guard let value = self[name] else { return nil }
    guard let text = value.string, !text.isEmpty, text.unicodeScalars.count <= limit,
      !text.utf8.contains(0)
    else { throw .invalid(name, "Give '\(name)' as a text of 1 to \(limit) characters.") }
    return text
  }

  func requiredText(_ name: String, limit: Int) throws(APIError) -> String {
    guard let text = try text(name, limit: limit) else {
      throw .invalid(
        name, "Missing required parameter: '\(name)'.", code: "missing_required_parameter")
    }
    return text
  }

  func flag(_ name: String) throws(APIError) -> Bool {
    guard let value = self[name] else { return false }
    guard let flag = value.bool else {
      throw .invalid(name, "Give '\(name)' as true or false.", code: "invalid_type")
    }
    return flag
  }

  func number(_ name: String, in range: ClosedRange<Int>) throws(APIError) -> Int? {
    guard let value = self[name] else { return nil }
    guard let number = value.integer, range.contains(number) else {
      throw .invalid(
        name, "Give '\(name)' as a number from \(range.lowerBound) to \(range.upperBound).")
    }
    return number
  }
}
