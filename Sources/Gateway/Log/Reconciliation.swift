public import AuditStore
import Bytes
import Evidence
import GRDB
import Glibc
import Moderation
import PKI
import StrictJSON

/// Compares what the gateway did with what its log says of it: a tamper-evident log shows what was
/// changed, and only this shows what was never written.
public enum Reconciliation {
  /// Something that happened and has no entry.
  public struct Gap: Equatable, Sendable {
    /// The job, the file, the policy or the key.
    public let subject: String
    /// Stable word for programs.
    public let code: String
    public let detail: String
  }

  /// What was compared.
  public struct Result: Equatable, Sendable {
    public internal(set) var jobs = 0
    public internal(set) var clips = 0
    public internal(set) var gaps: [Gap] = []
  }

  /// - Parameter data: the gateway's data folder. One without jobs has nothing to compare.
  public static func run(data path: String, log: AuditReader) async throws -> Result {
    let data = DataFolder(path: path)
    var result = Result()
    var known: Set<String> = []
    if access(data.jobs, F_OK) == 0 {
      var configuration = Configuration()
      configuration.readonly = true
      let queue = try DatabaseQueue(path: data.jobs, configuration: configuration)
      let jobs = try await queue.read { database in
        try Row.fetchAll(database, sql: "SELECT id, state, job FROM jobs ORDER BY seq").map {
          (id: $0["id"] as String, state: $0["state"] as String, job: $0["job"] as String)
        }
      }
      for job in jobs {
        result.jobs += 1
        known.insert(job.id)
        let hashes = (try? JSONValue.parse(Array(job.job.utf8)))?["hashes"]
        result.gaps += try await gaps(of: job.id, job.state, hashes, log)
      }
    }
    result.gaps += try await undeclared(log)
    let folder = "\(path)/released"
    for name in (try? DirectoryListing.names(in: folder, suffix: ".mp4")) ?? [] {
      result.clips += 1
      result.gaps += try await gaps(
        ofClip: "\(folder)/\(name)", id: String(name.dropLast(4)), log)
    }
    return result
  }

  /// What decided or sealed without an entry that brought it into use.
  private static func undeclared(_ log: AuditReader) async throws -> [Gap] {
    let policies = try await log.undeclaredPolicies().map { policy in
      Gap(
        subject: "\(policy.name) \(policy.version)", code: "policy_undeclared",
        detail: "entry \(policy.index) was decided under the policy \(policy.sha256), which no "
          + "entry before it brought into force")
    }
    let keys = try await log.undeclaredPayloadKeys().map { name in
      Gap(
        subject: name, code: "key_undeclared",
        detail: "payloads were sealed under this key, and no entry brought it into use")
    }
    return policies + keys
  }

  private static func gaps(
    of id: String, _ state: String, _ hashes: JSONValue?, _ log: AuditReader
  ) async throws -> [Gap] {
    var gaps: [Gap] = []
    let entries = try await log.entries(forAsset: id)
    let stages = Set(entries.map(\.stage))
    func require(_ stage: Stage) {
      guard !stages.contains(stage.rawValue) else { return }
      gaps.append(
        Gap(
          subject: id, code: "decision_missing",
          detail: "the job is \(state), and the log has no \(stage.rawValue) decision of it"))
    }
    require(.screen)
    switch JobState(rawValue: state) {
    case .inspected: require(.inspect)
    case .sealed:
      require(.inspect)
      require(.seal)
    case .released: for stage in [Stage.inspect, .seal, .release] { require(stage) }
    default: break
    }
    if let manifest = hashes?["manifest"]?.string {
      let isLogged = try entries.contains {
        try JSONValue.parse($0.bytes)["hashes"]?["manifest"]?.string == manifest
      }
      if !isLogged {
        gaps.append(
          Gap(
            subject: id, code: "manifest_missing",
            detail: "no entry has the hash of the job's manifest"))
      }
    }
    return gaps
  }

  private static func gaps(
    ofClip path: String, id: String, _ log: AuditReader
  ) async throws -> [Gap] {
    guard let entry = try await log.show(id: "\(id).release"), entry.entry.decision == "allow"
    else {
      return [
        Gap(
          subject: path, code: "release_missing",
          detail: "the clip is reachable and no entry released it")
      ]
    }
    let digest = try ClipDigest.sha256(path)
    guard entry.leaf["hashes"]?["sealed"]?.string == digest else {
      return [
        Gap(
          subject: path, code: "clip_changed",
          detail: "the clip is not the one that entry \(entry.entry.index) released")
      ]
    }
    return []
  }
}

private enum ClipDigest {
  static func sha256(_ path: String) throws -> String {
    let source = try FileByteSource(path: path)
    var digest = MessageDigest(.sha256)
    var offset = 0
    while offset < source.count {
      let block = try source.read(offset..<min(offset + (1 << 20), source.count))
      digest.update(block)
      offset += block.count
    }
    return Hex.encode(digest.finalize())
  }
}
