public import Fingerprint
public import Provenance

/// The records on this machine as the examiner asks them.
extension OutputStore: OutputLookup {
  public var comparesHere: Bool { true }

  public func manifests(boundTo mark: UInt64) async throws(LookupFailure) -> [String] {
    try await reading { try await self.output(mark: mark).map { [$0.manifestID] } ?? [] }
  }

  public func agreement(
    of file: ExaminedFile, with manifestID: String
  ) async throws(LookupFailure) -> ContentAgreement {
    guard let content = file.content, let finding = file.finding else { return .unknown }
    return try await reading {
      guard let output = try await self.output(manifest: manifestID) else { return .unknown }
      return try await self.agreement(of: content, with: output, finding: finding)
    }
  }

  public func manifests(like file: ExaminedFile) async throws(LookupFailure) -> [Likeness] {
    guard let content = file.content else { return [] }
    return try await reading {
      try await self.search(content).map {
        Likeness(
          manifestID: $0.output.manifestID, similarity: $0.similarity, seconds: $0.seconds)
      }
    }
  }

  public func manifests(heardIn sound: Chromaprint) async throws(LookupFailure) -> [Hearing] {
    try await reading {
      try await self.search(sound: sound).map {
        Hearing(
          manifestID: $0.output.manifestID, similarity: $0.similarity, passage: $0.passage)
      }
    }
  }

  public func manifestStore(_ manifestID: String) async throws(LookupFailure) -> [UInt8]? {
    try await reading { try await self.storedManifest(manifestID) }
  }

  private func reading<Answer: Sendable>(
    _ work: @Sendable () async throws -> Answer
  ) async throws(LookupFailure) -> Answer {
    do {
      return try await work()
    } catch {
      throw LookupFailure("The records of delivered files could not be read: \(error).")
    }
  }
}
