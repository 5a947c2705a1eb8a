import Hummingbird

/// The parameters of a query, each at most once and of the kind it must have. Unknown ones are left alone,
/// as caches and tracking add their own.
struct QueryFields: Sendable {
  private let values: [String: String]

  init(_ request: Request) throws(APIError) {
    var values: [String: String] = [:]
    for (name, value) in request.uri.queryParameters {
      guard values.updateValue(String(value), forKey: String(name)) == nil else {
        throw .invalid(
          String(name), "The parameter '\(name.prefix(40))' is given twice.",
          code: "duplicate_field")
      }
    }
    self.values = values
  }

  subscript(name: String) -> String? { values[name] }

  func choice<Choice: RawRepresentable & CaseIterable>(
    _ name: String, default standard: Choice
  ) throws(APIError) -> Choice where Choice.RawValue == String {
    guard let given = values[name] else { return standard }
    guard let choice = Choice(rawValue: given) else {
      throw .invalid(
        name, CreateVideoBody.unsupported(given, of: Choice.allCases.map(\.rawValue)))
    }
    return choice
  }

  func flag(_ name: String) throws(APIError) -> Bool {
    guard let given = values[name] else { return false }
    guard let flag = Bool(given) else {
      throw .invalid(name, "Invalid '\(name)': give true or false.")
    }
    return flag
  }

  func number(_ name: String, in range: ClosedRange<Int>) throws(APIError) -> Int? {
    guard let given = values[name] else { return nil }
    guard let number = Int(given), range.contains(number) else {
      throw .invalid(
        name,
        "Invalid '\(name)': give a number from \(range.lowerBound) to \(range.upperBound).")
    }
    return number
  }
}
