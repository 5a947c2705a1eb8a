import Dispatch
public import MediaClient
import MediaJobs
public import Watermark

/// Looks for marks of our keys in sounds.
public struct SoundMarkSearch: Sendable {
  public let secrets: [WatermarkSecret]

  /// - Parameter secrets: the present one first, then those that older marks were made with.
  public init(secrets: [WatermarkSecret]) { self.secrets = secrets }

  /// Decodes the sound in the sandbox and searches it here, where the keys are.
  ///
  /// - Returns: nil where the file has no sound.
  public func find(
    in path: String, media: MediaClient
  ) async throws(MediaFailure) -> SoundMarkFinding? {
    guard let samples = try await Self.samples(of: path, media: media) else { return nil }
    return await find(in: samples)
  }

  /// What is searched; nil where the file has no sound.
  static func samples(
    of path: String, media: MediaClient
  ) async throws(MediaFailure) -> [Float]? {
    do throws(MediaFailure) {
      return try await media.hear(path).samples
    } catch {
      guard case .refused(let refusal) = error,
        refusal.code == .noSound || refusal.code == .unsupportedFormat
      else { throw error }
      return nil
    }
  }

  /// Whether exactly this id can be read.
  public func reads(_ id: UInt64, in samples: [Float]) async -> Bool {
    let finding = await find(in: samples)
    return finding.verdict == .readable && finding.id == id
  }

  /// On a thread of its own: a long recording takes a second.
  ///
  /// - Parameter samples: 16 kHz, one channel.
  public func find(in samples: [Float]) async -> SoundMarkFinding {
    let detector = SoundMarkDetector(keys: secrets.map(\.soundKey))
    return await withCheckedContinuation { continuation in
      DispatchQueue.global().async { continuation.resume(returning: detector.detect(samples)) }
    }
  }
}
