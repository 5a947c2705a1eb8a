public import AuditStore
public import OutputStore

/// An erasure of the log's payloads reaches the records of delivered files: the subject's are forgotten,
/// and their copies are nobody's from then on.
public enum OutputErasure {
  /// - Parameters:
  ///   - scope: one decision's payload says nothing of a delivered file, which stays.
  ///   - report: what was erased, and what legal holds keep.
  /// - Returns: how many records went.
  @discardableResult
  public static func run(
    _ scope: LegalHold.Scope, _ report: ErasureReport, _ outputs: OutputStore
  ) async throws -> Int {
    // A decision's id begins with what it is about.
    let held = Set(report.held.map { String($0.id.prefix { $0 != "." }) })
    switch scope {
    case .decision: return 0
    case .asset(let asset):
      return held.contains(asset) ? 0 : try await outputs.erase(asset: asset)
    case .subject(let subject):
      return try await outputs.erase(subject: subject, except: held)
    }
  }
}
