public import CBOR

/// `generator-info-map` (C2PA 2.5 section 10.2): the program that made a claim or did an action.
public struct GeneratorInfo: Equatable, Sendable {
  public let name: String
  public let version: String?
  public let operatingSystem: String?
  public let specVersion: String?

  public init(
    name: String, version: String? = nil, operatingSystem: String? = nil,
    specVersion: String? = nil
  ) {
    self.name = name
    self.version = version
    self.operatingSystem = operatingSystem
    self.specVersion = specVersion
  }

  /// Nil unless `value` is a map with a `name`; a bare text, as claim v1 allowed, is a name.
  public init?(_ value: CBORValue?) {
    if let text = value?.text {
      self.init(name: text)
      return
    }
    guard let value, let name = value["name"]?.text else { return nil }
    self.init(
      name: name, version: value["version"]?.text,
      operatingSystem: value["operating_system"]?.text, specVersion: value["specVersion"]?.text)
  }

  /// Whether `value` is a map with a name, and what the standard defines in it has its type.
  static func isWellFormed(_ value: CBORValue) -> Bool {
    guard value.pairs != nil, value["name"]?.text?.isEmpty == false else { return false }
    return ["version", "operating_system"].allSatisfy { key in
      value.given(key).map { $0.text != nil } ?? true
    } && value.given("icon").map { $0.pairs != nil } ?? true
  }

  public var cbor: CBORValue {
    var pairs: [CBORValue.Pair] = [.init("name", .text(name))]
    if let version { pairs.append(.init("version", .text(version))) }
    if let operatingSystem { pairs.append(.init("operating_system", .text(operatingSystem))) }
    if let specVersion { pairs.append(.init("specVersion", .text(specVersion))) }
    return .map(pairs)
  }

  /// Name and version, for people.
  public var text: String { version.map { "\(name) \($0)" } ?? name }
}
