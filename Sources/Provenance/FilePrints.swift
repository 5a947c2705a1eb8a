public import Fingerprint
public import MediaClient

/// What there is to be seen and heard in a file. A recording has no look, and a picture no sound.
public struct FilePrints: Sendable {
  public let look: ContentPrint?
  public let sound: Chromaprint?

  /// Whether there is nothing to be seen in it.
  public var isRecording: Bool { look == nil }
}

extension MediaClient {
  /// Prints a file's frames and sound. What has neither is refused as what it is for pictures.
  public func prints(of path: String) async throws(MediaFailure) -> FilePrints {
    let look: ContentPrint
    do throws(MediaFailure) {
      look = try await contentPrint(of: path)
    } catch {
      guard case .refused = error else { throw error }
      guard await isRecording(path) else { throw error }
      return FilePrints(look: nil, sound: try await listened(to: path))
    }
    return FilePrints(look: look, sound: look.isClip ? try await listened(to: path) : nil)
  }

  /// Nil where the file cannot be listened to, which is no reason not to look at its pictures.
  private func listened(to path: String) async throws(MediaFailure) -> Chromaprint? {
    do throws(MediaFailure) {
      return try await chromaprint(of: path)
    } catch {
      guard case .refused = error else { throw error }
      return nil
    }
  }

  /// Whether a file has sound and no picture.
  func isRecording(_ path: String) async -> Bool {
    do throws(MediaFailure) {
      _ = try await probe(path)
      return false
    } catch {
      guard case .refused = error else { return false }
      return (try? await soundPrint(path)) != nil
    }
  }
}
