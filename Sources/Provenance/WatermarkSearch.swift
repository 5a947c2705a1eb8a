import Dispatch
public import MediaClient
public import Pixels
public import Watermark

/// Looks for invisible marks of our keys in files.
public struct WatermarkSearch: Sendable {
  public let secrets: [WatermarkSecret]

  /// - Parameter secrets: the present one first, then those that older marks were made with.
  public init(secrets: [WatermarkSecret]) { self.secrets = secrets }

  /// Decodes the file in the sandbox and searches what it leaves, here, where the keys are.
  public func find(
    in path: String, media: MediaClient
  ) async throws(MediaFailure) -> WatermarkFinding {
    await find(in: try await media.residuals(path))
  }

  /// Whether exactly this id can be read.
  public func reads(_ id: UInt64, in residuals: [FloatPlane]) async -> Bool {
    let finding = await find(in: residuals)
    return finding.verdict == .readable && finding.id == id
  }

  /// Searches residuals on a thread of its own: it may take a second.
  public func find(in residuals: [FloatPlane]) async -> WatermarkFinding {
    let detector = WatermarkDetector(keys: secrets.map(\.key))
    return await withCheckedContinuation { continuation in
      DispatchQueue.global().async {
        continuation.resume(returning: detector.detect(residuals))
      }
    }
  }
}
