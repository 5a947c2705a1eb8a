public import Containers

/// What a signing made.
public struct SignedAsset: Equatable, Sendable {
  public enum TimeStamp: Equatable, Sendable {
    case notAskedFor
    /// In seconds since 1970, as the authority says.
    case stamped(seconds: Int64)
    /// It was asked for, not required, and is not there.
    case missing(reason: String)
  }

  /// URN of the new active manifest.
  public let manifestLabel: String
  /// SHA-256 of the whole manifest store as written.
  public let manifestHash: [UInt8]
  public let format: AssetFormat
  public let timeStamp: TimeStamp
  /// The manifest store: what a sidecar holds.
  public let store: [UInt8]
}
