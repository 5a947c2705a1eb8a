public import AuditStore
public import OutputStore

/// An erasure of the log's payloads reaches the records of delivered files, whose copies are nobody's
/// from then on, and the answers that are kept for requests that come again.
public enum OutputErasure {
  /// How many went.
  public struct Count: Equatable, Sendable {
    public var files = 0
    public var replies = 0
  }

  /// - Parameters:
  ///   - scope: one decision's payload says nothing of a delivered file, which stays.
  ///   - report: what was erased, and what legal holds keep.
  @discardableResult
  public static func run(
    _ scope: LegalHold.Scope, _ report: ErasureReport, _ outputs: OutputStore,
    _ replies: KeptReplies
  ) async throws -> Count {
    let held = assets(report.held.map(\.id))
    var count = Count()
    switch scope {
    case .decision: break
    case .asset(let asset):
      if held.contains(asset) { break }
      count.files = try await outputs.erase(asset: asset)
      count.replies = try await replies.erase(about: [asset])
    case .subject(let subject):
      count.files = try await outputs.erase(subject: subject, except: held)
      count.replies = try await replies.erase(
        about: assets(report.items.map(\.id)).subtracting(held))
    }
    return count
  }

  /// A decision's id begins with what it is about.
  private static func assets(_ decisions: [String]) -> Set<String> {
    Set(decisions.map { String($0.prefix { $0 != "." }) })
  }
}
