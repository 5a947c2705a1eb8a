import Dispatch
public import Fingerprint
public import Provenance
import Synchronization

/// An output that is heard in a recording or clip. It says nothing of the pictures: a soundtrack may lie
/// under any.
public struct SoundMatch: Equatable, Sendable {
  public let output: OutputStore.Output
  /// 100 for equal fingerprints, 0 for those of strangers.
  public let similarity: Int
  /// Where it was heard.
  public let passage: HeardPassage
}

extension OutputStore {
  /// Outputs that are heard in a sound, the most alike first; several where they share a soundtrack.
  public func search(sound: Chromaprint, limit: Int = 10) async throws -> [SoundMatch] {
    let index = sounds.withLock { $0 }
    let found = await withCheckedContinuation { continuation in
      DispatchQueue.global().async {
        continuation.resume(returning: index.matches(for: sound, limit: limit))
      }
    }
    let outputs = try await outputs(at: found.map(\.output))
    return found.compactMap { row, alignment in
      outputs[row].map { output in
        SoundMatch(
          output: output, similarity: Int((100 * (1 - 2 * alignment.error)).rounded()),
          passage: HeardPassage(
            start: alignment.start, seconds: max(0, alignment.offset + alignment.start),
            length: alignment.length))
      }
    }
  }
}
