import Bytes
import PKI
import StrictJSON

/// How long payloads are kept, by class. `Policies/reports/retention.json`.
public struct RetentionProfile: Equatable, Sendable {
  static let name = "payload-retention"
  /// Longer is a slip of the pen.
  static let dayLimit = 36_525

  /// Days by class.
  public let days: [String: Int]
  /// SHA-256 of the canonical form: stands in the leaf of each run.
  public let sha256: String

  /// - Throws: `.profileInvalid` with every mistake found.
  public init(parsing bytes: [UInt8]) throws(AuditError) {
    let json: JSONValue
    do {
      json = try JSONValue.parse(bytes)
    } catch {
      throw AuditError(.profileInvalid, error.description)
    }
    var mistakes: [String] = []
    if json["report"]?.string != RetentionProfile.name {
      mistakes.append("\"report\" must be \"\(RetentionProfile.name)\"")
    }
    var days: [String: Int] = [:]
    for member in json["days"]?.members ?? [] {
      if let value = member.value.integer, (1...RetentionProfile.dayLimit).contains(value) {
        days[member.name] = value
      } else {
        mistakes.append(
          "\"\(member.name)\" must be a number of days from 1 to \(RetentionProfile.dayLimit)")
      }
    }
    if days.isEmpty { mistakes.append("\"days\" must name classes with their days") }
    guard mistakes.isEmpty else {
      throw AuditError(.profileInvalid, mistakes.sorted().joined(separator: "; "))
    }
    self.days = days
    sha256 = Hex.encode(HashAlgorithm.sha256.digest(json.canonical))
  }
}

/// What a retention run did, or would do.
public struct RetentionReport: Equatable, Sendable {
  public struct Class: Equatable, Sendable {
    public let name: String
    public let days: Int
    public internal(set) var erased = 0
    public internal(set) var held = 0
  }

  public internal(set) var classes: [Class] = []
  /// Classes that have payloads and no days: they are kept.
  public internal(set) var unlimited: [String: Int] = [:]
  /// The run's own entry; nil in a rehearsal.
  public internal(set) var entry: UInt64?
}

extension AuditLog {
  private static let dayMilliseconds: Int64 = 86_400_000

  /// Erases payloads that are older than their class allows. Each erasure is a leaf, and so is the
  /// run. What a legal hold covers stays.
  ///
  /// - Parameters:
  ///   - now: milliseconds since 1970.
  ///   - isRehearsal: does nothing and reports what would be done.
  public func retain(
    _ profile: RetentionProfile, now: Int64, actor: String, isRehearsal: Bool = false
  ) async throws(AuditError) -> RetentionReport {
    var report = RetentionReport()
    let present = try await sequenced { sequencer throws(AuditError) in
      try sequencer.payloadClasses()
    }
    report.unlimited = present.filter { profile.days[$0.key] == nil }
    for (name, days) in profile.days.sorted(by: { $0.key < $1.key }) {
      var part = RetentionReport.Class(name: name, days: days)
      let limit = now - Int64(days) * AuditLog.dayMilliseconds
      var next: UInt64 = 0
      while true {
        let from = next
        let batch = try await sequenced { sequencer throws(AuditError) in
          try sequencer.oldPayloads(class: name, before: limit, from: from)
        }
        guard let last = batch.last else { break }
        let erased = try await sequenced { sequencer throws(AuditError) in
          try sequencer.erase(
            batch, ground: "retention.\(name).\(days)d", isRehearsal: isRehearsal)
        }
        part.erased += erased.items.count
        part.held += erased.held.count
        next = last + 1
      }
      report.classes.append(part)
    }
    guard !isRehearsal else { return report }
    try await sequenced { sequencer throws(AuditError) in try sequencer.forgetErased() }
    report.entry = try await append(
      AuditEvent(
        id: "retention.\(now)", kind: .admin, time: now, actor: actor,
        members: [
          .init("act", "retention.run"), .init("profile", .string(profile.sha256)),
          .init(
            "classes",
            .object(
              report.classes.map {
                .init(
                  $0.name,
                  [
                    "days": .integer($0.days), "erased": .integer($0.erased),
                    "held": .integer($0.held),
                  ])
              })),
        ]))
    return report
  }
}

extension LogSequencer {
  func payloadClasses() throws(AuditError) -> [String: Int] {
    do {
      return try payloads.classes()
    } catch {
      throw AuditError(error, while: "cannot read the payloads")
    }
  }

  func oldPayloads(
    class name: String, before time: Int64, from index: UInt64
  ) throws(AuditError) -> [UInt64] {
    do {
      return try payloads.old(
        class: name, before: time, from: index, limit: AuditLog.erasureBatch)
    } catch {
      throw AuditError(error, while: "cannot read the payloads")
    }
  }
}
