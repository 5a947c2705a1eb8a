/// Something of a file that is delivered all the same is not as it should be: for whoever runs the
/// gateway to look into.
public struct PipelineWarning: Equatable, Sendable {
  public enum Code: String, CaseIterable, Sendable {
    /// The frames could not be signed, so that the manifest names no `io.iscc.v0`.
    case noFrameSignatures = "seal.no_frame_signatures"
  }

  /// Stable, for logs and metrics.
  public let code: Code
  /// Of the job.
  public let asset: String
  /// Why; nothing of it comes from the caller.
  public let sentence: String

  public init(code: Code, asset: String, sentence: String) {
    self.code = code
    self.asset = asset
    self.sentence = sentence
  }
}
