public import Bytes
import Evidence

/// Runs the cases that lie beside the policies.
///
/// In `DIRECTORY/tests`, `NAME.json` holds cases, and `NAME_bad.json` is a twin of `../NAME.json`
/// with mistakes that must keep it from loading: each policy has both.
public struct PolicySuite: Sendable {
  public struct Result: Sendable {
    /// The file and, for a case, its name.
    public let title: String
    /// Why it failed, in sentences; empty when it passed.
    public let problems: [String]
  }

  public let results: [Result]

  public var failures: [Result] { results.filter { !$0.problems.isEmpty } }

  /// - Throws: `FileError` when a folder or file cannot be read at all.
  public static func run(directory: String) throws(FileError) -> PolicySuite {
    let tests = directory + "/tests"
    let files = try DirectoryListing.names(in: tests, suffix: ".json")
    var results: [Result] = []
    for file in files {
      if file.hasSuffix(twinSuffix) {
        results.append(twin(file: file, directory: directory))
      } else {
        let text = try FileByteSource.contents(of: tests + "/" + file)
        results += cases(text, file: file, directory: directory)
      }
    }
    for policy in try DirectoryListing.names(in: directory, suffix: ".json")
    where !policy.hasSuffix(".schema.json") {
      let name = policy.dropLast(".json".count)
      for wanted in [policy, name + twinSuffix] where !files.contains(wanted) {
        results.append(Result(title: policy, problems: ["tests/\(wanted) is not there"]))
      }
    }
    return PolicySuite(results: results)
  }

  private static let twinSuffix = "_bad.json"

  /// The twin is loaded in its original's place; that must fail.
  private static func twin(file: String, directory: String) -> Result {
    let path = "\(directory)/tests/\(file)"
    do {
      _ = try PolicySet.load(file: path, directory: directory)
      return Result(title: file, problems: ["this file is meant to be refused, and it loads"])
    } catch {
      let isOther = error.errors.allSatisfy { $0.file != path }
      return Result(title: file, problems: isOther ? ["another file is refused: \(error)"] : [])
    }
  }

  private static func cases(_ text: [UInt8], file: String, directory: String) -> [Result] {
    let cases: PolicyCases
    let set: PolicySet
    do {
      cases = try PolicyCases.parse(text, file: file)
      set = try PolicySet.load(directory: directory, names: cases.policies)
    } catch {
      return [Result(title: file, problems: error.errors.map(\.description))]
    }
    return cases.cases.map { one in
      Result(title: "\(file):\(one.line) \(one.name)", problems: one.problems(under: set))
    }
  }
}

extension PolicyCases.Case {
  /// What is not as wanted; empty when all is.
  func problems(under set: PolicySet) -> [String] {
    let decision = set.evaluate(
      stage: stage, items: items.map { $0.evidence(under: set, othersAreZero: othersAreZero) },
      subject: subject)
    var problems: [String] = []
    let fired = decision.fired.filter { !$0.isShadow }
    if decision.outcome != wantedOutcome {
      let deciding = fired.map { "\($0.rule) (\($0.outcome.rawValue))" }.joined(separator: ", ")
      problems.append(
        "the outcome is \(decision.outcome.rawValue) and not \(wantedOutcome.rawValue)"
          + (deciding.isEmpty ? "" : "; fired: \(deciding)"))
    }
    guard let wantedRules else { return problems }
    let rules = Set(fired.map(\.rule))
    let missing = Set(wantedRules).subtracting(rules).sorted()
    let extra = rules.subtracting(wantedRules).sorted()
    if !missing.isEmpty { problems.append("did not fire: \(missing.joined(separator: ", "))") }
    if !extra.isEmpty { problems.append("fired as well: \(extra.joined(separator: ", "))") }
    return problems
  }
}

extension PolicyCases.Item {
  func evidence(under set: PolicySet, othersAreZero: Bool) -> EvidenceItem {
    var values: [String: Signal.Value] = [:]
    if othersAreZero {
      for name in set.signalsRead(on: kind) { values[name] = .score(0) }
    }
    for (name, score) in scores { values[name] = .score(score) }
    for (name, reason) in unknown { values[name] = .unknown(reason) }
    let signals = values.sorted { $0.key < $1.key }.map { name, value in
      Signal(name: name, value: value, check: set.checkAnswering(for: name))
    }
    return EvidenceItem(kind: kind, time: time, signals: signals, upload: upload)
  }
}

extension PolicySet {
  /// The check that answers for a signal.
  func checkAnswering(for signal: String) -> String {
    checkOfScore[signal] ?? (signal.hasPrefix("lexicon:") ? "lexicon" : signal)
  }
}
