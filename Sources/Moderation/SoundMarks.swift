import MediaClient
import MediaJobs
import Policy
import Provenance
import Watermark

/// The invisible mark in what is heard of an output.
extension StagedPipeline {
  /// A file with its sound marked.
  struct MarkedSound {
    let path: String
    let id: UInt64
  }

  /// Marks the sound of a file into another one.
  ///
  /// - Returns: nil where sounds are not marked, where there is none, or where the mark cannot be read in
  ///   this one: in less than five seconds there is no room for it, and silence carries nothing.
  func markedSound(
    of input: String, to output: String, id name: String
  ) async throws(MediaFailure) -> MarkedSound? {
    guard marksSound, let secret = watermark, policy.marking.watermark != .never else { return nil }
    let id = secret.id(of: name)
    do throws(MediaFailure) {
      try await media.markSound(input, output: output, request: secret.soundMark(id: id))
    } catch {
      guard error.isFinal else { throw error }
      return nil
    }
    return try await readsSound(id, in: output) ? MarkedSound(path: output, id: id) : nil
  }

  /// Whether exactly this id can be read in the sound of a file; no id needs none.
  func readsSound(_ id: UInt64?, in path: String) async throws(MediaFailure) -> Bool {
    guard let id else { return true }
    guard let secret = watermark else { return false }
    return await SoundMarkSearch(secrets: [secret]).reads(id, in: try await media.sound(of: path))
  }
}
