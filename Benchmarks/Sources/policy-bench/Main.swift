import Evidence
import Glibc
import Policy

/// Times decisions and prints a table: median and 99th percentile in microseconds.
@main
struct PolicyBench {
  static let subject = Subject(tenant: "bench", ageBand: .adult)
  static let categories = [
    "unsafe", "sexual", "sexual/minors", "harassment", "harassment/threatening", "hate",
    "hate/threatening", "illicit", "illicit/violent", "self-harm", "self-harm/intent",
    "self-harm/instructions", "violence", "violence/graphic",
  ]

  static func main() throws {
    let folder = CommandLine.arguments.count > 1 ? CommandLine.arguments[1] : "Policies"
    let shipped = try PolicySet.load(
      directory: folder, names: ["default", "minors", "uploads", "likeness", "ip"])
    let lists = shipped.lexicons.map(\.list)
    let thousand = try PolicySet(layers: [try document(rules: 1000, floor: true)])

    var isMet = true
    func row(_ name: String, _ aim: Double?, _ body: () -> Outcome) {
      let (median, high) = time(body)
      if let aim, median >= aim { isMet = false }
      let verdict = aim.map { median < $0 ? "met" : "NOT MET (aim \(Int($0)) µs)" } ?? ""
      print(
        "\(pad(name, 58)) \(pad(tenths(median), 9)) \(pad(tenths(high), 9)) \(verdict)")
    }
    print("\(pad("", 58)) \(pad("p50 µs", 9)) \(pad("p99 µs", 9))")
    let calm = [text(.prompt, 0.02, lists)]
    row("prompt, \(shipped.effectiveRules.count) shipped rules, nothing fires", 100) {
      shipped.evaluate(stage: .screen, items: calm, subject: subject).outcome
    }
    let harsh = [text(.prompt, 0.97, lists)]
    row("prompt, \(shipped.effectiveRules.count) shipped rules, many fire", 100) {
      shipped.evaluate(stage: .screen, items: harsh, subject: subject).outcome
    }
    let clip = clipEvidence(lists, at: nil)
    row("clip of \(clip.count) items, shipped rules, nothing fires", nil) {
      shipped.evaluate(stage: .inspect, items: clip, subject: subject).outcome
    }
    row("clip of \(clip.count) items, 1000 rules, nothing fires", 1000) {
      thousand.evaluate(stage: .inspect, items: clip, subject: subject).outcome
    }
    let struck = clipEvidence(lists, at: 7)
    row("clip of \(struck.count) items, 1000 rules, one segment is bad", 1000) {
      thousand.evaluate(stage: .inspect, items: struck, subject: subject).outcome
    }
    if !isMet { exit(1) }
  }

  /// Twelve seconds: a frame each half second, a sentence each second, a scene, sound.
  static func clipEvidence(_ lists: [String], at bad: Int?) -> [EvidenceItem] {
    var items = [text(.scene, 0.03, lists)]
    for index in 0..<25 {
      let time = Double(index) / 2
      items.append(
        EvidenceItem(
          kind: .frame, time: time...time,
          signals: [Signal(name: "nudity", value: .score(0.02), check: "nudity")]))
    }
    for index in 0..<12 {
      items.append(
        text(
          .transcript, index == bad ? 0.97 : 0.04, lists,
          time: Double(index)...(Double(index) + 1)))
    }
    items.append(
      EvidenceItem(
        kind: .soundtrack,
        signals: [Signal(name: "speech", value: .score(0.8), check: "transcript")]))
    return items
  }

  static func text(
    _ kind: EvidenceItem.Kind, _ score: Double, _ lists: [String],
    time: ClosedRange<Double>? = nil
  ) -> EvidenceItem {
    EvidenceItem(
      kind: kind, time: time,
      signals: categories.map { Signal(name: $0, value: .score(score), check: "text") }
        + lists.map { Signal(name: "lexicon:\($0)", value: .score(0), check: "lexicon") })
  }

  /// Rules of three conditions each over prompts, scenes, speech and frames.
  static func document(rules: Int, floor: Bool) throws -> PolicyDocument {
    let written = (0..<rules).map { index in
      let on =
        index % 4 == 3
        ? "[\"frame\"]" : "[\"prompt\", \"scene\", \"transcript\", \"text_in_frame\"]"
      let first = index % 4 == 3 ? "nudity" : categories[index % categories.count]
      let second = index % 4 == 3 ? "nudity" : categories[(index + 3) % categories.count]
      let bound = 0.5 + Double(index % 40) / 100
      return """
        {"id": "r\(index)", "on": \(on), "when": {"all": [
          {"subject": "age_band", "in": ["adult", "unknown"]},
          {"score": "\(first)", "at_least": \(bound)},
          {"not": {"score": "\(second)", "at_most": 0.2}}]},
         "then": "review", "category": "c\(index % 50)"}
        """
    }
    let json = """
      {"policy": "floor", "version": "1", "rules": [\(written.joined(separator: ","))]}
      """
    return try PolicyDocument.parse(Array(json.utf8), file: "bench.json")
  }

  static func time(_ body: () -> Outcome) -> (median: Double, high: Double) {
    let clock = ContinuousClock()
    var samples: [Double] = []
    for round in 0..<2200 {
      let start = clock.now
      let outcome = body()
      let took = (clock.now - start) / .microseconds(1)
      precondition(Outcome.allCases.contains(outcome))
      if round >= 200 { samples.append(took) }
    }
    samples.sort()
    return (samples[samples.count / 2], samples[samples.count * 99 / 100])
  }

  static func pad(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  static func tenths(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }
}
