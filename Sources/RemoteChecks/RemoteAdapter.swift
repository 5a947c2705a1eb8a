/// What a remote classifier is asked about.
enum RemoteInput: Equatable, Sendable {
  case text(String)
  /// A picture, encoded as PNG.
  case picture([UInt8])
}

/// How one service is spoken to: what is sent, and what its answer means.
protocol RemoteAdapter: Sendable {
  /// The signals that it can answer, by the policy's names, for texts or for pictures.
  func names(for input: RemoteInput) -> [String]
  /// Nil when the service does not judge such things.
  func body(for input: RemoteInput) -> RemoteBody?
  /// Scores from 0 to 1 by the policy's names. Throws for anything but a whole, plausible answer.
  func scores(in answer: RemoteBody, for input: RemoteInput) throws(RemoteFault) -> [String: Double]
}

/// Why a remote classifier has no answer; for the operator's log and the decision's payload.
struct RemoteFault: Error, Equatable, Sendable {
  enum Kind: Equatable, Sendable {
    /// Worth another try: refused connections, 429, 5xx.
    case passing
    /// The same request would fail again.
    case lasting
    case late
  }

  let kind: Kind
  let detail: String
}
