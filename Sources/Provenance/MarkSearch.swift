public import MediaClient
import MediaJobs
public import Watermark

/// Looks for invisible marks of our keys in all that a file has: pictures and sound.
public struct MarkSearch: Sendable {
  /// What was found where there was something to be searched.
  public struct Findings: Sendable {
    public let pictures: WatermarkFinding?
    public let sound: SoundMarkFinding?
  }

  private let pictures: WatermarkSearch
  private let sound: SoundMarkSearch

  /// - Parameter secrets: the present one first, then those that older marks were made with.
  public init(secrets: [WatermarkSecret]) {
    pictures = WatermarkSearch(secrets: secrets)
    sound = SoundMarkSearch(secrets: secrets)
  }

  /// - Throws: what keeps a file without any sound from being looked at. A sound that cannot be decoded under
  ///   pictures is no reason not to search those.
  public func find(
    in path: String, media: MediaClient
  ) async throws(MediaFailure) -> Findings {
    let seen: WatermarkFinding
    do throws(MediaFailure) {
      seen = try await pictures.find(in: path, media: media)
    } catch {
      guard case .refused = error, let heard = try? await sound.find(in: path, media: media) else {
        throw error
      }
      return Findings(pictures: nil, sound: heard)
    }
    do throws(MediaFailure) {
      return Findings(pictures: seen, sound: try await sound.find(in: path, media: media))
    } catch {
      guard case .refused = error else { throw error }
      return Findings(pictures: seen, sound: nil)
    }
  }
}
