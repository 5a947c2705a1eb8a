import JUMBF
import StrictJSON

/// The credential store of claims of version 1 (C2PA 1.4 section 9.4): W3C Verifiable Credentials in
/// JSON, each under the identifier of its subject. What they say is not this program's business, but
/// a store that cannot be read was damaged: nothing else in the manifest would tell.
enum CredentialStoreCheck {
  static func run(_ test: ManifestUnderTest) -> [Finding] {
    guard test.claim.version == .v1 else { return [] }
    var budget = DecodingBudget.jsonLimit
    for store in test.manifest.box.superboxes where store.type == .credentialStore {
      guard let reason = flaw(in: store, of: test.manifest, spending: &budget) else { continue }
      return [
        Finding(
          .generalError, at: "\(test.uri)/\(store.label)",
          "The store of the actors' credentials cannot be read: \(reason).")
      ]
    }
    return []
  }

  private static func flaw(
    in store: JUMBFSuperbox, of manifest: Manifest, spending budget: inout Int
  ) -> String? {
    if !store.contentBoxes.isEmpty { return "it holds something else than credentials" }
    for box in store.superboxes {
      guard let range = box.payload(.json) else { return "\(box.label) is no JSON" }
      guard range.count <= budget else { return "it holds too much to be read" }
      budget -= range.count
      guard let credential = try? JSONValue.parse(manifest.bytes(range)) else {
        return "\(box.label) is no well-formed JSON"
      }
      guard credential["credentialSubject"]?["id"]?.string != nil else {
        return "\(box.label) does not say whose credential it is"
      }
    }
    return nil
  }
}
