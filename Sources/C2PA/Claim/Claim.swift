public import CBOR
import JUMBF

/// A claim as read: version 2, or the version 1 of specifications 1.x.
public struct Claim: Equatable, Sendable {
  public enum Version: Int, Sendable {
    case v1 = 1
    case v2 = 2
  }

  public let version: Version
  /// The CBOR exactly as stored: what is signed.
  public let bytes: [UInt8]
  public let value: CBORValue
  public let generators: [GeneratorInfo]
  public let instanceID: String?
  public let title: String?
  public let format: String?
  public let signatureURI: String?
  /// Version 1 makes no difference between created and gathered: all stand here.
  public let createdAssertions: [HashedURI]
  public let gatheredAssertions: [HashedURI]
  public let redactedAssertions: [String]
  /// Default hash algorithm for everything in the manifest that names none.
  public let algorithm: String?

  public var assertions: [HashedURI] { createdAssertions + gatheredAssertions }

  /// Keys that C2PA 2.5 section 10.2 demands and that are absent or of the wrong type.
  public let missing: [String]

  /// A claim can list as many assertions as a store has boxes, and no more are looked at.
  static let assertionLimit = 1 << 16

  init(version: Version, bytes: [UInt8], value: CBORValue) {
    self.version = version
    self.bytes = bytes
    self.value = value
    instanceID = value["instanceID"]?.text
    title = value["dc:title"]?.text
    format = value["dc:format"]?.text
    signatureURI = value["signature"]?.text
    algorithm = value["alg"]?.text
    redactedAssertions = (value["redacted_assertions"]?.array ?? []).compactMap(\.text)

    var missing: [String] = []
    func list(_ key: String, required: Bool) -> [HashedURI] {
      guard let items = value.given(key)?.array else {
        if required || value.given(key) != nil { missing.append(key) }
        return []
      }
      let uris = items.prefix(Self.assertionLimit).compactMap { HashedURI($0) }
      // An empty list is let pass: updates are found in the field whose assertions are all gathered.
      if uris.count != items.count { missing.append(key) }
      return uris
    }
    switch version {
    case .v1:
      createdAssertions = list("assertions", required: true)
      gatheredAssertions = []
      let infos = value["claim_generator_info"]?.array ?? []
      let detailed = infos.compactMap { GeneratorInfo($0) }
      generators =
        detailed.isEmpty
        ? [value["claim_generator"]].compactMap { GeneratorInfo($0) } : detailed
      for (key, found) in [
        ("dc:format", format), ("claim_generator", value["claim_generator"]?.text),
      ]
      where found == nil { missing.append(key) }
      // The lists of version 2: which of the two would count?
      for key in ["created_assertions", "gathered_assertions"] where value[key] != nil {
        missing.append(key)
      }
    case .v2:
      createdAssertions = list("created_assertions", required: true)
      gatheredAssertions = list("gathered_assertions", required: false)
      generators = [value["claim_generator_info"]].compactMap {
        $0.flatMap { GeneratorInfo.isWellFormed($0) ? GeneratorInfo($0) : nil }
      }
      if generators.isEmpty { missing.append("claim_generator_info") }
      // The list of version 1: which of the two would count?
      if value.given("assertions") != nil { missing.append("assertions") }
    }
    if instanceID == nil { missing.append("instanceID") }
    if signatureURI == nil { missing.append("signature") }
    self.missing = missing
  }
}
