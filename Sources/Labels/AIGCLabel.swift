public import StrictJSON

/// The `AIGC` field of file metadata that China's labelling measures ask for (GB 45438-2025 annex E;
/// TC260-PG-20257A to 202510A): seven texts, who made the content and who passed it on.
public struct AIGCLabel: Equatable, Sendable {
  /// The name of the field in every container.
  public static let fieldName = "AIGC"

  /// What the label claims.
  public enum Claim: String, CaseIterable, Sendable {
    case generated = "1"
    case possiblyGenerated = "2"
    case suspectedGenerated = "3"
  }

  /// The field's keys in the order of the standard.
  public enum Key: String, CaseIterable, Sendable {
    case label = "Label"
    case contentProducer = "ContentProducer"
    case produceID = "ProduceID"
    case reservedCode1 = "ReservedCode1"
    case contentPropagator = "ContentPropagator"
    case propagateID = "PropagateID"
    case reservedCode2 = "ReservedCode2"
  }

  public var claim: Claim
  /// Name or code of the service that made the content.
  public var contentProducer: String
  /// The producer's own number for this content.
  public var produceID: String
  /// The producer's integrity data, in its own form.
  public var reservedCode1: String
  /// Name or code of the service that passed the content on.
  public var contentPropagator: String
  public var propagateID: String
  public var reservedCode2: String

  public init(
    claim: Claim = .generated, contentProducer: String, produceID: String,
    reservedCode1: String = "", contentPropagator: String = "", propagateID: String = "",
    reservedCode2: String = ""
  ) {
    self.claim = claim
    self.contentProducer = contentProducer
    self.produceID = produceID
    self.reservedCode1 = reservedCode1
    self.contentPropagator = contentPropagator
    self.propagateID = propagateID
    self.reservedCode2 = reservedCode2
  }

  /// Reads the field's text: an object of the seven keys, or one wrapped as `{"AIGC": {…}}`.
  ///
  /// - Throws: `.invalidLabel` that names every key that is missing or not as it should be.
  public init(parsing text: String) throws(LabelError) {
    let json: JSONValue
    do {
      json = try JSONValue.parse(Array(text.utf8), byteLimit: Self.byteLimit)
    } catch { throw .invalidLabel("it is no JSON: \(error)") }
    try self.init(json: json[Self.fieldName] ?? json)
  }

  /// A label has some hundred bytes; integrity data may add a signature.
  private static let byteLimit = 64 << 10

  private init(json: JSONValue) throws(LabelError) {
    guard let members = json.members else { throw .invalidLabel("it is no JSON object") }
    var texts: [Key: String] = [:]
    var problems: [String] = []
    for key in Key.allCases {
      if let text = json[key.rawValue]?.string {
        texts[key] = text
      } else if json[key.rawValue] != nil {
        problems.append("\(key.rawValue) is no string")
      } else {
        problems.append("\(key.rawValue) is missing")
      }
    }
    let unknown = members.map(\.name).filter { Key(rawValue: $0) == nil }
    problems += unknown.map { "\($0) is no key of the standard" }
    let claim = texts[.label].flatMap { Claim(rawValue: $0) }
    if let text = texts[.label], claim == nil {
      problems.append("Label is \"\(text)\", not 1, 2 or 3")
    }
    guard problems.isEmpty, let claim else {
      throw .invalidLabel(problems.joined(separator: "; "))
    }
    self.init(
      claim: claim, contentProducer: texts[.contentProducer] ?? "",
      produceID: texts[.produceID] ?? "", reservedCode1: texts[.reservedCode1] ?? "",
      contentPropagator: texts[.contentPropagator] ?? "", propagateID: texts[.propagateID] ?? "",
      reservedCode2: texts[.reservedCode2] ?? "")
  }

  public func value(of key: Key) -> String {
    switch key {
    case .label: claim.rawValue
    case .contentProducer: contentProducer
    case .produceID: produceID
    case .reservedCode1: reservedCode1
    case .contentPropagator: contentPropagator
    case .propagateID: propagateID
    case .reservedCode2: reservedCode2
    }
  }

  public var json: JSONValue {
    .object(Key.allCases.map { .init($0.rawValue, .string(value(of: $0))) })
  }

  /// The field's text. Other characters than ASCII are escaped, since PNG's `tEXt` and EXIF's
  /// comment cannot hold them.
  public var text: String {
    var text = ""
    for scalar in json.compact.unicodeScalars {
      guard scalar.value > 0x7E else {
        text.unicodeScalars.append(scalar)
        continue
      }
      for unit in String(scalar).utf16 {
        let digits = String(unit, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      }
    }
    return text
  }

  /// Whether `other` says the same of who made the content, and adds at most who passed it on: what
  /// a propagator may write over (Measures for labelling AI-generated content, article 6).
  public func isContinued(by other: AIGCLabel) -> Bool {
    var continued = other
    if contentPropagator.isEmpty { continued.contentPropagator = "" }
    if propagateID.isEmpty { continued.propagateID = "" }
    if reservedCode2.isEmpty { continued.reservedCode2 = "" }
    return continued == self
  }
}
