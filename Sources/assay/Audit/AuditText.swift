import AuditStore
import C2PA
import Gateway
import Glibc
import MerkleLog
import StrictJSON
import VerifyCommands

/// How the audit commands print entries and verdicts. Everything that came from outside is made
/// harmless for a terminal first.
enum AuditText {
  /// `sysexits.h`: EX_SOFTWARE and EX_TEMPFAIL.
  private static let internalError: Int32 = 70
  private static let tryAgain: Int32 = 75

  static func status(of error: AuditError) -> Int32 {
    switch error.code {
    case .locked: tryAgain
    case .unreadable: ExitStatus.cannotRead
    case .inconsistent, .held: ExitStatus.refused
    case .notFound: ExitStatus.nothingFound
    case .wrongKey, .recordTooLarge, .profileInvalid: ExitStatus.usage
    case .diskFull, .writeFailed, .closed: internalError
    }
  }

  // MARK: For people

  /// - Parameter isTrail: all entries are about one thing: what it is need not be said in each row.
  static func table(_ entries: [LogEntry], isTrail: Bool = false) -> String {
    if isTrail {
      return columns(
        ["INDEX", "TIME", "STAGE", "DECISION"],
        entries.map { [String($0.index), $0.timestamp, $0.stage, $0.decision] })
    }
    let rows = entries.map { entry in
      [
        String(entry.index), entry.timestamp, entry.stage.isEmpty ? "-" : entry.stage,
        entry.decision.isEmpty ? entry.kind : entry.decision, entry.asset, entry.id,
      ]
    }
    return columns(["INDEX", "TIME", "STAGE", "DECISION", "ABOUT", "ID"], rows)
  }

  static func columns(_ head: [String], _ rows: [[String]]) -> String {
    let all = [head] + rows.map { $0.map(DisplayText.neutralised) }
    let widths = all[0].indices.map { column in all.map { $0[column].count }.max() ?? 0 }
    return all.map { row in
      row.indices.map { column in
        column == row.indices.last ? row[column] : padded(row[column], widths[column])
      }.joined(separator: "  ")
    }.joined(separator: "\n")
  }

  /// - Parameter isBrief: leaves out word lists and the payload.
  static func text(_ record: LogRecord, isBrief: Bool = false) -> String {
    let entry = record.entry
    let leaf = record.leaf
    var rows: [(String, String)] = [
      ("entry", "\(entry.index)  \(entry.id)"), ("time", entry.timestamp),
      ("about", entry.asset),
    ]
    if entry.kind == LogLeaf.Kind.decision.rawValue {
      rows.append(("decision", "\(entry.decision) at \(entry.stage)"))
      rows.append(("subject", leaf["subject"]?.string ?? "-"))
    } else {
      rows.append(("kind", entry.kind))
      rows.append(
        ("erased", "\(leaf["of"]?.string ?? "-"), ground \(leaf["ground"]?.string ?? "-")"))
    }
    for rule in leaf["rules"]?.array ?? [] { rows.append(("rule", text(rule: rule))) }
    if let omitted = leaf["rules_omitted"]?.integer {
      rows.append(("rule", "and \(omitted) more"))
    }
    for policy in leaf["policies"]?.array ?? [] {
      let hash = policy["sha256"]?.string ?? ""
      rows.append(
        (
          "policy",
          "\(policy["name"]?.string ?? "-") \(policy["version"]?.string ?? "-") (\(hash.prefix(16)))"
        ))
    }
    for model in leaf["models"]?.array ?? []
    where !isBrief || model["name"]?.string?.hasPrefix("word lists") != true {
      rows.append(
        ("model", "\(model["name"]?.string ?? "-") (\((model["sha256"]?.string ?? "").prefix(16)))")
      )
    }
    for hash in leaf["hashes"]?.members ?? [] {
      rows.append(("hash", "\(hash.name) \(hash.value.string ?? "-")"))
    }
    rows.append(("leaf hash", entry.leafHash.description))
    if !isBrief { rows.append(("payload", text(record.payload))) }
    return aligned(rows)
  }

  static func text(_ verdict: LogVerdict, key: VerifierKey, isOwnKey: Bool) -> String {
    let covered = verdict.checkpoint?.size ?? 0
    let behind = verdict.size - min(covered, verdict.size)
    var rows: [(String, String)] = [
      ("log", key.name),
      ("key", key.text + (isOwnKey ? " (from the log's own folder)" : "")),
      (
        "entries",
        behind == 0
          ? "\(verdict.size), all under a signed checkpoint"
          : "\(verdict.size), \(behind) not under a signed checkpoint yet"
      ),
      ("root", verdict.root.base64),
      (
        "checkpoints",
        verdict.checkpoint.map { "\(verdict.checkpointCount), the newest over \($0.size) entries" }
          ?? (verdict.checkpointCount == 0
            ? "none signed yet" : "\(verdict.checkpointCount), none good")
      ),
      (
        "payloads",
        "\(verdict.openedPayloads) open their commitments, \(verdict.erasedPayloads) erased"
          + (verdict.sealedPayloads == 0
            ? "" : ", \(verdict.sealedPayloads) sealed (no --payload-key)")
      ),
    ]
    for problem in verdict.problems {
      let place = problem.index.map { "entry \($0): " } ?? ""
      rows.append(("problem", "\(place)\(problem.detail) [\(problem.code)]"))
    }
    if verdict.problemCount > verdict.problems.count {
      rows.append(("problem", "and \(verdict.problemCount - verdict.problems.count) more"))
    }
    rows.append(("verdict", verdict.isIntact ? "intact" : "TAMPERED WITH OR DAMAGED"))
    return aligned(rows)
  }

  static func text(_ reconciled: Reconciliation.Result) -> String {
    var lines = ["jobs      \(reconciled.jobs) and \(reconciled.clips) clips compared with the log"]
    for gap in reconciled.gaps {
      lines.append("gap       \(DisplayText.neutralised(gap.subject)): \(gap.detail) [\(gap.code)]")
    }
    if !reconciled.gaps.isEmpty { lines.append("verdict   NOT EVERYTHING IS IN THE LOG") }
    return lines.joined(separator: "\n")
  }

  private static func text(rule: JSONValue) -> String {
    var text = "\(rule["rule"]?.string ?? "-") → \(rule["outcome"]?.string ?? "-")"
    text += ": \(rule["category"]?.string ?? "-") in \(rule["evidence"]?.string ?? "-")"
    if let from = rule["from_ms"]?.integer {
      text += " at \(thousandths(from)) s"
      if let to = rule["to_ms"]?.integer, to != from { text += " to \(thousandths(to)) s" }
    }
    if let score = rule["score"]?.integer {
      text += ", score \(thousandths(score / 1000))"
    }
    if let unknown = rule["unknown"]?.string { text += ", unknown: \(unknown)" }
    if rule["shadow"]?.bool == true { text += " (shadow, not enforced)" }
    return text
  }

  private static func text(_ payload: LogRecord.Payload) -> String {
    switch payload {
    case .none: "none"
    case .present(let json): DisplayText.escapedJSON(json.compact)
    case .sealed: "sealed; --payloads opens it, with the key that --payload-key names"
    case .erased(let index): "erased, see entry \(index)"
    case .missing: "MISSING, and no entry says that it was erased"
    }
  }

  private static func thousandths(_ value: Int) -> String {
    let fraction = String(value % 1000 + 1000).dropFirst()
    return "\(value / 1000).\(fraction)"
  }

  private static func aligned(_ rows: [(String, String)]) -> String {
    let width = rows.map(\.0.count).max() ?? 0
    return rows.map { name, value in
      // A payload is already harmless, and may be longer than a field.
      "\(padded(name, width))  \(name == "payload" ? value : DisplayText.neutralised(value))"
    }.joined(separator: "\n")
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(width - text.count, 0))
  }

  // MARK: For programs

  static func printLine(_ json: JSONValue) { print(DisplayText.escapedJSON(json.compact)) }

  static func json(_ entry: LogEntry) throws -> JSONValue {
    [
      "index": .integer(Int(entry.index)), "leaf": try JSONValue.parse(entry.bytes),
      "leaf_hash": .string(entry.leafHash.description),
    ]
  }

  static func json(
    _ verdict: LogVerdict, key: VerifierKey, _ reconciled: Reconciliation.Result
  ) -> JSONValue {
    [
      "log": .string(key.name), "intact": .bool(verdict.isIntact),
      "size": .integer(Int(verdict.size)), "root": .string(verdict.root.base64),
      "checkpoint_size": verdict.checkpoint.map { .integer(Int($0.size)) } ?? .null,
      "checkpoints": .integer(verdict.checkpointCount),
      "payloads_open": .integer(verdict.openedPayloads),
      "payloads_sealed": .integer(verdict.sealedPayloads),
      "payloads_erased": .integer(verdict.erasedPayloads),
      "problem_count": .integer(verdict.problemCount),
      "problems": .array(
        verdict.problems.map { problem in
          [
            "index": problem.index.map { .integer(Int($0)) } ?? .null,
            "code": .string(problem.code), "detail": .string(problem.detail),
            "file": .string(problem.file),
          ]
        }),
      "jobs": .integer(reconciled.jobs), "clips": .integer(reconciled.clips),
      "gaps": .array(
        reconciled.gaps.map {
          [
            "subject": .string($0.subject), "code": .string($0.code), "detail": .string($0.detail),
          ]
        }),
    ]
  }
}
