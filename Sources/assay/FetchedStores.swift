import RemoteManifests
import VerifyCommands

/// `verify --fetch`: stores over HTTPS from the public internet only.
struct FetchedStores: RemoteStores {
  func store(at address: String) async -> Result<[UInt8], RemoteStoreFailure> {
    await ManifestFetcher().fetch(address)
      .mapError { RemoteStoreFailure(reason: $0.description) }
  }
}
