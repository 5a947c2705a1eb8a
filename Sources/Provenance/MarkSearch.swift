public import MediaClient
import MediaJobs
public import Watermark

/// Looks for invisible marks of our keys in all that a file has: pictures and sound.
public struct MarkSearch: Sendable {
  /// What was found where there was something to be searched.
  public struct Findings: Sendable {
    public let pictures: WatermarkFinding?
    public let sound: SoundMarkFinding?
    /// The audible disclosure that the sound begins with; nil where none is heard.
    public let disclosure: DisclosureRhythmDetector.Finding?

    init(
      pictures: WatermarkFinding?,
      heard: (mark: SoundMarkFinding, disclosure: DisclosureRhythmDetector.Finding?)?
    ) {
      self.pictures = pictures
      sound = heard?.mark
      disclosure = heard?.disclosure
    }
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
      guard case .refused = error, let heard = try? await listen(to: path, media: media) else {
        throw error
      }
      return Findings(pictures: nil, heard: heard)
    }
    do throws(MediaFailure) {
      return Findings(pictures: seen, heard: try await listen(to: path, media: media))
    } catch {
      guard case .refused = error else { throw error }
      return Findings(pictures: seen, heard: nil)
    }
  }

  private func listen(
    to path: String, media: MediaClient
  ) async throws(MediaFailure) -> (
    mark: SoundMarkFinding, disclosure: DisclosureRhythmDetector.Finding?
  )? {
    guard let samples = try await SoundMarkSearch.samples(of: path, media: media) else {
      return nil
    }
    return (await sound.find(in: samples), DisclosureRhythmDetector.find(in: samples))
  }
}
