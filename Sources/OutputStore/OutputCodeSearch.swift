public import Fingerprint
import Synchronization

/// An output whose credentials bind it to a code that is equal or near.
public struct CodeMatch: Equatable, Sendable {
  public let output: OutputStore.Output
  /// 100 for the same code, 0 for those of strangers.
  public let similarity: Int
}

extension OutputStore {
  /// Outputs bound to one of these International Standard Content Codes or to one that is near, the
  /// nearest first. A code is a fingerprint and no proof: whoever asks has to compare.
  public func search(codes units: [ISCCUnit], limit: Int = 10) async throws -> [CodeMatch] {
    let found = codes.withLock { $0 }.matches(for: units, limit: limit)
    let outputs = try await outputs(at: found.map(\.output))
    return found.compactMap { row, distance in
      outputs[row].map {
        CodeMatch(output: $0, similarity: Similarity.percent(distance: distance))
      }
    }
  }
}
