import CBOR

/// C2PA 2.5 section 16.12: an assertion that lies elsewhere. Only its stand-in is looked at:
/// nothing is fetched.
enum CloudDataCheck {
  static func run(_ value: CBORValue, at uri: String) -> [Finding] {
    guard let label = value["label"]?.text, value["size"]?.length != nil,
      let location = HashedURI(value["location"]), location.algorithm != nil
    else {
      return [
        Finding(
          .assertionCloudDataMalformed, at: uri,
          "An assertion that lies elsewhere is not described as it must be.")
      ]
    }
    let type = Assertion.type(of: label)
    if AssertionType.isActions(type) {
      return [
        Finding(
          .assertionCloudDataActions, at: uri, "The list of actions may not lie elsewhere.")
      ]
    }
    if type.hasPrefix("c2pa.hash.") {
      return [
        Finding(
          .assertionCloudDataHardBinding, at: uri,
          "The binding to the content may not lie elsewhere.")
      ]
    }
    guard AssertionType.ingredientVersion(type) == nil, type != AssertionType.cloudData else {
      return [
        Finding(.assertionCloudDataMalformed, at: uri, "\(label) may not lie elsewhere.")
      ]
    }
    return []
  }
}
