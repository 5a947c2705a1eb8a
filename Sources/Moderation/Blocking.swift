import Dispatch

/// Runs work that reads, hashes or signs whole files on a thread of its own, never on the pool that
/// answers requests: two of those would stop the server on two cores.
func blocking<Answer: Sendable>(
  _ work: @escaping @Sendable () throws -> Answer
) async throws -> Answer {
  try await withCheckedThrowingContinuation { continuation in
    DispatchQueue.global().async { continuation.resume(with: Result { try work() }) }
  }
}
