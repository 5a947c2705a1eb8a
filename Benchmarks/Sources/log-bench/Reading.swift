import AuditStore
import Policy

extension Bench {
  /// What people and replays do with a whole log.
  mutating func reading() async throws {
    let reader = try AuditReader.open(directory: "\(folder)/log", payloadKeys: keys)
    let clock = ContinuousClock()
    var start = clock.now
    func seconds() -> Double { (clock.now - start) / .seconds(1) }

    var read = 0
    for try await page in try await reader.leaves() { read += page.count { $0.decision() != nil } }
    expect("\(read) leaves read as decisions, for a replay", seconds(), "s", 0...60)
    start = clock.now
    var whole = 0
    for try await page in try await reader.leaves(withPayloads: true) {
      whole += page.count { $0.decision()?.isSummary == false }
    }
    expect("\(whole) of them with all evidence, payloads opened", seconds(), "s", 0...60)

    start = clock.now
    let judged = try await replay(reader)
    expect("\(judged) decisions judged again, as policy replay does", seconds(), "s", 0...60)
    start = clock.now
    let statistics = try await reader.statistics()
    expect("statistics over \(statistics.decisions) decisions", seconds(), "s", 0...60)

    start = clock.now
    try await reader.updateIndex()
    expect("the first index", seconds(), "s", 0...120)
    for (name, filter) in [
      ("a rule", LogFilter(rule: "default.violence")),
      ("a subject", LogFilter(subject: "3f2a3f2a3f2a3f2a3f2a3f2a3f2a1007")),
      (
        "a subject, a category and a time",
        LogFilter(
          subject: "3f2a3f2a3f2a3f2a3f2a3f2a3f2a1005", category: "violence",
          since: 1_795_341_600_000 + 1000)
      ),
      ("what is not there", LogFilter(rule: "default.nothing")),
    ] {
      start = clock.now
      let found = try await reader.list(filter, limit: 50)
      expect("list by \(name): \(found.count) found", seconds() * 1000, "ms", 0...200)
    }
  }

  /// Pages side by side, as the command does it.
  private func replay(_ reader: AuditReader) async throws -> Int {
    let blank = PolicyReplay(policy: try PolicySet.load(directory: "Policies"))
    return try await withThrowingTaskGroup(of: Int.self) { group in
      var (running, judged) = (0, 0)
      for try await page in try await reader.leaves(withPayloads: true) {
        if running == 5 { judged += try await group.next() ?? 0 } else { running += 1 }
        group.addTask {
          var replay = blank
          for past in page.lazy.compactMap({ $0.decision() }) {
            _ = replay.replay(
              try RecordedDecision(
                id: past.facts.id, stage: past.stage, outcome: past.outcome,
                rules: Set(past.facts.rules.map(\.rule)), subject: past.subject,
                items: past.items))
          }
          return replay.judged
        }
      }
      for try await count in group { judged += count }
      return judged
    }
  }
}
