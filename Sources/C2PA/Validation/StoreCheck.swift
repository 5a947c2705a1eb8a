import JUMBF

/// C2PA 2.5 section 11.5.3: every manifest of a store holds one claim, one signature and one
/// assertion store, also where nothing refers to it and its content is ignored. A store that is
/// partly none was not written by a claim generator.
enum StoreCheck {
  /// - Parameter validated: labels of the manifests that were looked into anyway.
  static func run(_ store: ManifestStore, except validated: Set<String>) -> [Finding] {
    store.manifests.filter { !validated.contains($0.label) }.compactMap { manifest in
      let uri = JUMBFURI.manifest(manifest.label)
      if manifest.kind == .compressed {
        return Finding(
          .manifestCompressedInvalid, at: uri, "A manifest of the store cannot be inflated.")
      }
      func count(_ type: JUMBFType) -> Int {
        manifest.box.superboxes.count { $0.type == type }
      }
      switch count(.claim) {
      case 0: return Finding(.claimMissing, at: uri, "A manifest of the store holds no claim.")
      case 1: break
      default:
        return Finding(.claimMultiple, at: uri, "A manifest of the store holds several claims.")
      }
      guard count(.claimSignature) == 1 else {
        return Finding(
          .claimSignatureMissing, at: uri, "A manifest of the store holds no single signature.")
      }
      guard count(.assertionStore) == 1 else {
        return Finding(
          .assertionMissing, at: uri, "A manifest of the store holds no single assertion store.")
      }
      return nil
    }
  }
}
