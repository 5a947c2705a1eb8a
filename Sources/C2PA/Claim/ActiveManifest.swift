import Containers
import JUMBF

/// The active manifest of a store by itself, as the soft binding resolution API hands it out where the
/// manifests of ingredients are not wanted.
public enum ActiveManifest {
  /// A store with the active manifest alone; the store as it is where that stands compressed in it.
  ///
  /// - Throws: when `store` is no manifest store.
  public static func store(of store: [UInt8]) throws -> [UInt8] {
    guard let found = try EmbeddedStore.locate(in: store, format: .manifestStore) else {
      throw ManifestStoreError.malformed(reason: "there is none in these bytes")
    }
    let active = try ManifestStore(found).active
    guard !active.isCompressed else { return store }
    return JUMBFBuilder.superbox(
      .manifestStore, label: ManifestLabel.store, contents: active.bytes(active.box.range))
  }
}
