import AuditStore
import Evidence
import Foundation
import GRDB
import MerkleLog
import PKI

/// Prints what Benchmarks/audit-log promises, one figure a line, and ends with status 1 when one is
/// missed. The plain SQLite loop beside it says what the disk gives at that very moment.
@main
struct Main {
  static func main() async throws {
    let size =
      CommandLine.arguments.count > 1 ? Int(CommandLine.arguments[1]) ?? 1_000_000 : 1_000_000
    // A folder that was named is kept, so that the commands can be timed on the same log.
    let named = CommandLine.arguments.count > 2 ? CommandLine.arguments[2] : nil
    let folder =
      named ?? "\(FileManager.default.temporaryDirectory.path)/log-bench-\(getpid())"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    var bench = try await Bench(folder: folder)
    try bench.plainLoop(group: 1, seconds: 2)
    try bench.plainLoop(group: 64, seconds: 2)
    try bench.plainLoop(group: 100, seconds: 2)
    try await bench.appends(callers: 64, seconds: 10)
    try await bench.batches(of: 100, seconds: 5)
    try await bench.grow(to: size)
    try await bench.proofs()
    try await bench.reading()
    try await bench.verify()
    if named == nil { try FileManager.default.removeItem(atPath: folder) }
    exit(bench.isGood ? 0 : 1)
  }
}

struct Bench {
  let folder: String
  let log: AuditLog
  let keys: PayloadKeys
  var count = 0
  var isGood = true

  init(folder: String) async throws {
    self.folder = folder
    keys = try PayloadKeys([[UInt8](repeating: 7, count: 32)])
    log = try await AuditLog.open(
      directory: "\(folder)/log", origin: "bench.example/log",
      signingKey: PrivateKey(ed25519Seed: [UInt8](repeating: 1, count: 32)), payloadKeys: keys)
  }

  /// A decision as the gateway writes it: two policies, four models, a rule, eight scores, and a payload
  /// of two kilobytes.
  static func record(_ number: Int) -> DecisionRecord {
    let isBlocked = number % 5 == 0
    let names = ["sexual", "violence", "hate", "harassment", "self-harm", "illicit"]
    return DecisionRecord(
      id: "video_\(String(number &* 2_654_435_761, radix: 16))\(number).screen",
      decision: Decision(
        stage: .screen, outcome: isBlocked ? .block : .allow,
        fired: isBlocked
          ? [
            FiredRule(
              rule: "default.violence", policy: "default", outcome: .block, category: "violence",
              evidence: .prompt, score: 0.91, signal: "violence")
          ] : [],
        policies: [
          PolicyIdentity(name: "floor", version: "3", sha256: String(repeating: "ab", count: 32)),
          PolicyIdentity(name: "default", version: "7", sha256: String(repeating: "cd", count: 32)),
        ]),
      asset: "video_\(number)", subject: "3f2a3f2a3f2a3f2a3f2a3f2a3f2a\(1000 + number % 1000)",
      time: 1_795_341_600_000 + Int64(number),
      models: (0..<2).map {
        ModelIdentity(name: "minilm-head-\($0)", sha256: String(repeating: "ef", count: 32))
      },
      payload: isBlocked ? Self.violent : Self.harmless, tenant: "9c1b9c1b9c1b9c1b9c1b9c1b9c1b9c1b",
      scores: names.map { EvidenceScore(signal: $0, evidence: .prompt, value: .score(0.25)) },
      software: "Assay 0.1.0")
  }

  private static let texts = [
    "unsafe", "sexual", "sexual/minors", "harassment", "harassment/threatening", "hate",
    "hate/threatening", "illicit", "illicit/violent", "self-harm", "self-harm/intent",
    "self-harm/instructions", "violence", "violence/graphic",
  ]
  private static let lexicons = [
    "electioneering", "extremism", "graphic-violence", "minors-terms", "office-holders",
    "other-languages", "passing-for-real", "profanity", "prompt-injection", "public-figures",
    "self-harm", "sexual-explicit", "slurs", "weapons-instructions",
  ]

  private static let harmless = payload(violence: 0.0007192492485046387)
  private static let violent = payload(violence: 0.9999405145645142)

  /// The evidence as the checks give it, so that a policy can be replayed over it, and a prompt.
  private static func payload(violence: Double) -> [UInt8] {
    let signals =
      texts.map { name in
        let score = name == "violence" ? violence : 1.4901161193847656e-06
        return #"{"check":"text","name":"\#(name)","score":\#(score)}"#
      } + lexicons.map { #"{"check":"lexicon","name":"lexicon:\#($0)","score":0}"# }
    let prompt = String(repeating: "a paper boat on a stream ", count: 6)
    return Array(
      (#"{"evidence":[{"kind":"prompt","signals":[\#(signals.joined(separator: ","))]}],"#
        + #""prompt":"\#(prompt)","subject":{"age_band":"adult","consents":[]}}"#).utf8)
  }

  mutating func expect(
    _ name: String, _ value: Double, _ unit: String, _ bound: ClosedRange<Double>
  ) {
    let isMet = bound.contains(value)
    isGood = isGood && isMet
    print(
      String(
        format: "%@: %.1f %@ (%@)", name, value, unit,
        isMet ? "as promised" : "MISSED, promised \(bound)"))
  }

  /// One kilobyte a row and a unique index, WAL and FULL, one thread, `group` rows a transaction.
  func plainLoop(group: Int, seconds: Double) throws {
    var configuration = Configuration()
    configuration.journalMode = .wal
    let queue = try DatabaseQueue(
      path: "\(folder)/plain-\(group).sqlite", configuration: configuration)
    try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
    try queue.write {
      try $0.execute(sql: "CREATE TABLE t (n INTEGER PRIMARY KEY, h BLOB UNIQUE, b BLOB)")
    }
    let body = Data(repeating: 7, count: 1024)
    let clock = ContinuousClock()
    let start = clock.now
    var rows = 0
    while clock.now - start < .seconds(seconds) {
      try queue.write { database in
        for _ in 0..<group {
          try database.cachedStatement(sql: "INSERT INTO t VALUES (?, ?, ?)").execute(
            arguments: [rows, Data(SecureRandom.bytes(32)), body])
          rows += 1
        }
      }
    }
    print(
      String(
        format: "plain SQLite loop, %d a transaction: %.0f rows/s", group,
        Double(rows) / ((clock.now - start) / .seconds(1))))
  }

  mutating func appends(callers: Int, seconds: Double) async throws {
    let log = log
    let first = count
    let cpu = Self.processorSeconds()
    let clock = ContinuousClock()
    let start = clock.now
    let latencies = try await withThrowingTaskGroup(of: [Double].self) { group in
      for caller in 0..<callers {
        group.addTask {
          var latencies: [Double] = []
          while clock.now - start < .seconds(seconds) {
            let record = Self.record(first + latencies.count * callers + caller)
            let before = clock.now
            _ = try await log.append(record)
            latencies.append((clock.now - before) / .milliseconds(1))
          }
          return latencies
        }
      }
      return try await group.reduce(into: [Double]()) { $0 += $1 }
    }.sorted()
    let elapsed = (clock.now - start) / .seconds(1)
    cost(since: cpu, entries: latencies.count)
    count += latencies.count * 2 + callers
    expect(
      "durable appends, \(callers) callers", Double(latencies.count) / elapsed, "a second",
      3000...Double.infinity)
    print(String(format: "  p50 %.1f ms", latencies[latencies.count / 2]))
    expect("  p99", latencies[latencies.count * 99 / 100], "ms", 0...100)
  }

  mutating func batches(of size: Int, seconds: Double) async throws {
    let clock = ContinuousClock()
    let start = clock.now
    var rows = 0
    let cpu = Self.processorSeconds()
    while clock.now - start < .seconds(seconds) {
      _ = try await log.append(contentsOf: (0..<size).map { Self.record(count + $0) })
      count += size
      rows += size
    }
    cost(since: cpu, entries: rows)
    expect(
      "durable appends in batches of \(size)", Double(rows) / ((clock.now - start) / .seconds(1)),
      "a second", 10_000...Double.infinity)
  }

  mutating func grow(to size: Int) async throws {
    let clock = ContinuousClock()
    let start = clock.now
    var index = UInt64(0)
    while index + 1 < size {
      index = try await log.append(contentsOf: (0..<1000).map { Self.record(count + $0) }).last!
      count += 1000
    }
    try await log.checkpoint()
    print(
      String(
        format: "grown to %d entries in %.0f s", index + 1, (clock.now - start) / .seconds(1)))
  }

  mutating func proofs() async throws {
    let reader = try AuditReader.open(directory: "\(folder)/log")
    guard let note = try await reader.checkpoint() else { preconditionFailure("no checkpoint") }
    let size = try Checkpoint(text: note.text).size
    let clock = ContinuousClock()
    var times: [Double] = []
    var state: UInt64 = 42
    for _ in 0..<1000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let before = clock.now
      let receipt = try await reader.receipt(index: (state >> 20) % size)
      times.append((clock.now - before) / .milliseconds(1))
      precondition(receipt.proof.hasPrefix("c2sp.org"))
    }
    times.sort()
    expect("inclusion proof in \(size) entries, median", times[500], "ms", 0...1)
    print(String(format: "  p99 %.2f ms", times[990]))
  }

  mutating func verify() async throws {
    try await log.close()
    let reader = try AuditReader.open(directory: "\(folder)/log", payloadKeys: keys)
    let clock = ContinuousClock()
    for (name, reader) in [
      ("without the payloads", try AuditReader.open(directory: "\(folder)/log")),
      ("with every payload opened", reader),
    ] {
      let before = clock.now
      let verdict = try await reader.verify(log.verifierKey)
      let seconds = (clock.now - before) / .seconds(1)
      precondition(verdict.isIntact, "\(verdict.problems.first as Any)")
      if name.hasPrefix("without") {
        expect("full verify of \(verdict.size) entries, \(name)", seconds, "s", 0...20)
      } else {
        print(String(format: "full verify, %@: %.1f s", name, seconds))
      }
    }
    expect("largest memory", Double(Self.peakMemory()), "MiB", 0...200)
  }

  /// What does not depend on who else uses the machine.
  private func cost(since before: Double, entries: Int) {
    print(
      String(
        format: "  %.0f microseconds of processor an entry",
        (Self.processorSeconds() - before) * 1e6 / Double(max(entries, 1))))
  }

  private static func processorSeconds() -> Double {
    var usage = rusage()
    getrusage(RUSAGE_SELF.rawValue, &usage)
    return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
      + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
  }

  private static func peakMemory() -> Int {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM") } ?? ""
    return (Int(line.filter(\.isNumber)) ?? 0) / 1024
  }
}
