public import MediaClient
public import MediaJobs
public import Watermark

/// Marks files, and hears its own marks: where a scene speaks against one, it is written anew with the
/// emphasis that this scene asks for.
public struct WatermarkWriter: Sendable {
  /// What was written, and what a search finds in it.
  public struct Result: Sendable {
    public let outcome: MediaOutcome
    public let finding: WatermarkFinding
    public let reading: WatermarkReading
  }

  /// Beyond the first pass. The second one learns how the scene sounds under the emphasis itself;
  /// there is nothing left to learn after it.
  static let furtherPasses = 2

  /// Embeds one mark into a copy of a file.
  public typealias Embedding =
    @Sendable (_ input: String, _ output: String, EmbedRequest) async throws(MediaFailure)
    -> MarkedMedia

  public let secret: WatermarkSecret
  private let embedding: Embedding

  public init(secret: WatermarkSecret, media: MediaClient) {
    self.init(secret: secret) { input, output, request throws(MediaFailure) in
      try await media.embed(input, output: output, request: request)
    }
  }

  public init(secret: WatermarkSecret, embedding: @escaping Embedding) {
    self.secret = secret
    self.embedding = embedding
  }

  /// Writes `input`, a clip or picture, to `output` with the mark of an id.
  ///
  /// - Parameters:
  ///   - psnr: the least luma PSNR of each frame in dB; nil for the standard strength.
  ///   - isLossless: clips become FFV1 in Matroska, so that nothing but the mark changes.
  /// - Returns: a finding that is not `readable` where the file cannot carry the mark.
  public func embed(
    _ id: UInt64, in input: String, output: String, psnr: Double? = nil, isLossless: Bool = false
  ) async throws(MediaFailure) -> Result {
    var emphasis = WatermarkEmphasis.even
    var pass = 0
    while true {
      let request = EmbedRequest(
        mark: secret.mark(id: id, psnr: psnr, emphasis: emphasis), isLossless: isLossless)
      let marked = try await embedding(input, output, request)
      guard let residual = marked.residuals.first else {
        throw .crashed("no residual in its answers")
      }
      let (reading, next) = emphasis.adapted(to: residual, id: id, key: secret.key)
      guard reading.isFaint, pass < Self.furtherPasses else {
        let finding = await WatermarkSearch(secrets: [secret]).find(in: marked.residuals)
        return Result(outcome: marked.outcome, finding: finding, reading: reading)
      }
      emphasis = next
      pass += 1
    }
  }
}
