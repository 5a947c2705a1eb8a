/// The URN that names a manifest (C2PA 2.5 section 9.2): `urn:c2pa:<id>[:<generator>[:<version>_
/// <reason>]]`, or the `[vendor:]urn:uuid:<id>` of claims before 2.1.
struct ManifestURN: Equatable {
  let identifier: String
  /// Of whoever made the manifest; empty where only a version follows.
  let generator: String?
  /// Counts the manifests that got a name anew, and why (1: two met under one name).
  let version: (number: Int, reason: Int)?

  /// Visible characters in a generator's identifier.
  private static let generatorLimit = 32

  /// Nil for a label of any other form. The identifier itself is taken as it is: it only has to
  /// tell manifests apart.
  init?(_ label: String) {
    var parts = label.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    if parts.count == 4, parts[1] == "urn", parts[2] == "uuid", !parts[0].isEmpty {
      parts.removeFirst()
    }
    guard parts.count >= 3, parts[0] == "urn", !parts[2].isEmpty else { return nil }
    identifier = parts[2]
    if parts[1] == "uuid" {
      guard parts.count == 3 else { return nil }
      generator = nil
      version = nil
      return
    }
    guard parts[1] == "c2pa", parts.count <= 5 else { return nil }
    generator = parts.count > 3 ? parts[3] : nil
    if let generator {
      let isVisible = generator.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
      guard generator.utf8.count <= Self.generatorLimit, isVisible else { return nil }
    }
    guard parts.count == 5 else {
      version = nil
      return
    }
    let numbers = parts[4].split(separator: "_", omittingEmptySubsequences: false).map { Int($0) }
    guard numbers.count == 2, let number = numbers[0], let reason = numbers[1] else { return nil }
    version = (number, reason)
  }

  /// The reason for a new label: two manifests met under one.
  static let conflict = 1

  static func == (one: ManifestURN, other: ManifestURN) -> Bool {
    one.identifier == other.identifier && one.generator == other.generator
      && one.version?.number == other.version?.number
      && one.version?.reason == other.version?.reason
  }
}
