import MediaClient
import MediaJobs
import Policy
import Provenance
import Watermark

/// The marks of a picture: the visible one in a corner, the invisible one all over it.
extension StagedPipeline {
  /// A picture as it will be signed.
  struct MarkedStill {
    let path: String
    /// The id in the invisible mark; nil where none can be read in the file.
    let id: UInt64?
  }

  /// A picture that is small or almost black cannot carry an invisible mark. It is delivered without,
  /// and its manifest claims none, unless the policy insists.
  func markedStill(
    _ raw: String, of job: String, number: Int, _ order: StillOrder
  ) async throws -> MarkedStill {
    func file(_ name: String) -> String { workspace.upload(job, name: "\(name)-\(number)") }
    let visible = MarkRequest(text: Self.markText, seed: markSeed("\(job)-\(number)"))
    let wished = StillRequest(format: order.format, quality: order.quality, mark: visible)
    guard let secret = watermark, policy.marking.watermark != .never else {
      try await media.picture(of: raw, output: file("marked"), request: wished)
      return MarkedStill(path: file("marked"), id: nil)
    }
    // Lossless until the last step, so that the picture is compressed once.
    try await media.picture(
      of: raw, output: file("visible"),
      request: StillRequest(format: .png, quality: order.quality, mark: visible))
    let id = secret.id(of: "\(job)-\(number)")
    let media = media
    let writer = WatermarkWriter(secret: secret) { input, output, request throws(MediaFailure) in
      try await media.embed(input, output: output, request: request)
    }
    let written: WatermarkWriter.Result
    do {
      written = try await writer.embed(id, in: file("visible"), output: file("both"))
    } catch {
      guard error.isFinal else { throw error }
      try await media.picture(of: raw, output: file("marked"), request: wished)
      return MarkedStill(path: file("marked"), id: nil)
    }
    guard order.format != .png else {
      let isRead = written.finding.verdict == .readable && written.finding.id == id
      return MarkedStill(path: file("both"), id: isRead ? id : nil)
    }
    try await media.picture(
      of: file("both"), output: file("marked"),
      request: StillRequest(format: order.format, quality: order.quality))
    let isRead = await WatermarkSearch(secrets: [secret])
      .reads(id, in: try await media.residuals(of: file("marked")))
    return MarkedStill(path: file("marked"), id: isRead ? id : nil)
  }
}
