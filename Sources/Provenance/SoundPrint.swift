public import Fingerprint
public import MediaClient
import MediaJobs

extension MediaClient {
  /// The acoustic fingerprint of a recording's or clip's sound; nil where nothing is to be heard that
  /// could be told from other sounds: no soundtrack, silence, a hum, less than four seconds.
  public func chromaprint(of path: String) async throws(MediaFailure) -> Chromaprint? {
    do throws(MediaFailure) {
      let sound = Chromaprint(words: try await soundPrint(path).words)
      return sound.isTelling ? sound : nil
    } catch {
      guard case .refused(let refusal) = error, refusal.code == .noSound else { throw error }
      return nil
    }
  }
}
