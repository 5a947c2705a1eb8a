/// Gets manifest stores over the network for `verify --fetch`. This library has no network of its
/// own: a program that can offer one sets it around its `main`.
public protocol RemoteStores: Sendable {
  /// The bytes at `address`, or why they are not to be had, in words for the person who asked.
  func store(at address: String) async -> Result<[UInt8], RemoteStoreFailure>
}

public struct RemoteStoreFailure: Error, Sendable {
  public let reason: String

  public init(reason: String) { self.reason = reason }
}

public enum RemoteStoreAccess {
  /// Nil in a program without a network.
  @TaskLocal public static var current: (any RemoteStores)?
}
