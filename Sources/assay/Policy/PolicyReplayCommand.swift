import ArgumentParser
import AuditStore
import C2PA
import Evidence
import Policy
import StrictJSON
import VerifyCommands

/// `policy replay`: past decisions judged again.
struct PolicyReplayCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Judge past decisions again: how many come out otherwise, which, and why.",
    discussion: """
      NEW is a policy file, put on the floor of --policies, or a folder of policies; without it \
      the policies in force. It reads what the checks said at the time, out of the log's payloads, \
      which --payload-key opens; nothing is changed. Exit codes: 0 replayed, 2 there was nothing to replay, 64 usage, 66 something \
      cannot be read.
      """)

  @OptionGroup var layers: PolicyLayers
  @Argument(help: "A policy file or folder.") var new: String?
  @OptionGroup var log: AuditOptions
  @Option(name: .long, help: "Only from this moment on (RFC 3339).") var since: String?
  @Option(name: .long, help: "Only before this moment (RFC 3339).") var until: String?
  @Option(name: .long, help: "List at most this many decisions that change.") var show = 20
  @Flag(name: .long, help: "Print one JSON object a decision that changes, and one in the end.")
  var json = false

  /// Pages of the log that are in memory at a time: one for each processor of a small machine, and
  /// one that is being read.
  private static let pagesAtOnce = 5

  func validate() throws {
    for moment in [since, until].compactMap(\.self) where InstantText.parse(moment) == nil {
      throw ValidationError("\(moment) is no moment such as 2026-11-22T10:00:00Z")
    }
  }

  func run() async throws {
    let set: PolicySet
    do {
      set = try new.map { path throws(PolicyLoadError) in try layers.load(path) } ?? layers.load()
    } catch {
      complain(policy: "\(error)")
      throw ExitCode(ExitStatus.cannotRead)
    }
    var replay = PolicyReplay(policy: set)
    do {
      try await judge(with: &replay)
    } catch let error as AuditError {
      complain(policy: "\(error)")
      throw ExitCode(ExitStatus.cannotRead)
    }
    summarise(replay)
    if replay.judged == 0 { throw ExitCode(ExitStatus.nothingFound) }
  }

  private func judge(with replay: inout PolicyReplay) async throws {
    let filter = LogFilter(
      since: since.flatMap(InstantText.parse).map { $0 * 1000 },
      until: until.flatMap(InstantText.parse).map { $0 * 1000 })
    let blank = PolicyReplay(policy: replay.policy)
    var shown = 0
    // Each page is judged on a processor of its own while the next is read; they are counted and
    // shown in the order of the log.
    try await withThrowingTaskGroup(of: Part.self) { group in
      var pages = try await log.reader().leaves(withPayloads: true).makeAsyncIterator()
      var (started, finished) = (0, 0)
      var waiting: [Int: Part] = [:]
      var isAtEnd = false
      while true {
        while !isAtEnd, started < finished + Self.pagesAtOnce {
          guard let page = try await pages.next() else {
            isAtEnd = true
            break
          }
          let number = started
          group.addTask { Self.judge(page, filter, number: number, from: blank) }
          started += 1
        }
        guard let part = try await group.next() else { return }
        waiting[part.number] = part
        while let part = waiting.removeValue(forKey: finished) {
          finished += 1
          replay.merge(part.replay)
          for flip in part.flips where shown < show {
            shown += 1
            print(line(flip))
          }
        }
      }
    }
  }

  /// What one page came to.
  private struct Part: Sendable {
    let number: Int
    var replay: PolicyReplay
    var flips: [PolicyReplay.Flip] = []
  }

  private static func judge(
    _ page: [StreamedLeaf], _ filter: LogFilter, number: Int, from blank: PolicyReplay
  ) -> Part {
    var part = Part(number: number, replay: blank)
    for leaf in page where filter.includes(time: leaf.time) {
      guard let past = leaf.decision() else { continue }
      do throws(RecordedDecision.Skip) {
        if let flip = part.replay.replay(try RecordedDecision(past)) { part.flips.append(flip) }
      } catch {
        part.replay.skip(error)
      }
    }
    return part
  }

  private func line(_ flip: PolicyReplay.Flip) -> String {
    guard json else {
      return "\(flip.was.rawValue) → \(flip.becomes.rawValue)  \(flip.id)  "
        + "\(flip.isStricter ? "by" : "for want of") \(flip.rules.joined(separator: ", "))"
    }
    return DisplayText.escapedJSON(
      JSONValue.object([
        .init("id", .string(flip.id)), .init("stage", .string(flip.stage.rawValue)),
        .init("was", .string(flip.was.rawValue)), .init("becomes", .string(flip.becomes.rawValue)),
        .init("rules", .array(flip.rules.map { .string($0) })),
      ]).compact)
  }

  private func summarise(_ replay: PolicyReplay) {
    let turns = replay.turns.sorted { left, right in
      (left.value, left.key.was.rawValue) > (right.value, right.key.was.rawValue)
    }
    let causes = replay.causes.sorted { ($0.value, $1.key) > ($1.value, $0.key) }
    let skipped = replay.skipped.sorted { $0.key.rawValue < $1.key.rawValue }
    if json {
      print(
        DisplayText.escapedJSON(
          JSONValue.object([
            .init("judged", .integer(replay.judged)), .init("changed", .integer(replay.flipCount)),
            .init(
              "turns",
              .array(
                turns.map {
                  [
                    "was": .string($0.key.was.rawValue),
                    "becomes": .string($0.key.becomes.rawValue), "count": .integer($0.value),
                  ]
                })),
            .init("rules", .object(causes.map { .init($0.key, .integer($0.value)) })),
            .init("skipped", .object(skipped.map { .init($0.key.rawValue, .integer($0.value)) })),
          ]).compact))
      return
    }
    print("\(replay.judged) decisions judged again, \(replay.flipCount) come out otherwise")
    for (turn, count) in turns {
      print("  \(turn.was.rawValue) → \(turn.becomes.rawValue)  \(count)")
    }
    for (rule, count) in causes.prefix(10) { print("  \(rule)  \(count)") }
    for (reason, count) in skipped { print("  not judged, \(reason.rawValue): \(count)") }
  }
}

extension RecordedDecision {
  fileprivate init(_ past: LoggedDecision) throws(Skip) {
    guard !past.isUnreadable else { throw .unreadable }
    try self.init(
      id: past.facts.id, stage: past.stage, outcome: past.outcome,
      rules: Set(past.facts.rules.lazy.filter { !$0.isShadow }.map(\.rule)),
      subject: past.subject, items: past.isSummary ? nil : past.items)
  }
}
