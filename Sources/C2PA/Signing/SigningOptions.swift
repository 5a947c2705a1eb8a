/// How a manifest is signed and written, apart from what it says.
public struct SigningOptions: Sendable {
  public enum TimeStamping: Sendable {
    case none
    /// Without a stamp nothing is signed.
    case required(any TimeStamper)
    /// Without a stamp the file is signed all the same, and `SignedAsset.timeStamp` says why it has
    /// none.
    case optional(any TimeStamper)

    var authority: (any TimeStamper)? {
      switch self {
      case .none: nil
      case .required(let authority), .optional(let authority): authority
      }
    }
  }

  /// Whether the media of an MP4 is hashed piece by piece, on all processors, into a Merkle tree.
  public enum Pieces: Equatable, Sendable {
    /// From 64 MiB of media on.
    case automatic
    case never
    /// Always, in pieces of so many bytes.
    case of(Int)
  }

  /// Where the manifest store goes.
  public enum Placement: Equatable, Sendable {
    case embedded
    /// Not into the file, which is written without any store: into `SignedAsset.store`. A link to
    /// where that will lie goes into the file's XMP metadata, if there is one.
    case detached(link: String?)

    var isDetached: Bool { self != .embedded }
  }

  public var timeStamping = TimeStamping.none
  /// DER OCSP responses about the signer's chain, stapled to the signature.
  public var revocationResponses: [[UInt8]] = []
  public var pieces = Pieces.automatic
  public var placement = Placement.embedded
  /// Reads back what was written before it gets its name; a file that comes out invalid is never
  /// there. Nil leaves that to the caller.
  public var verifier: Verifier? = Verifier(trust: TrustConfiguration())

  public init() {}
}
