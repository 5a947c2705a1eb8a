import ArgumentParser
import Policy
import VerifyCommands

/// `policy diff`: what two policies say differently.
struct PolicyDiffCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Compare two policies by what they say, not by how they are written.",
    discussion: """
      OLD and NEW are policy files, each put on the floor of --policies, or folders of policies. \
      Order, notes and nesting do not count. Exit codes: 0 the same, 1 different, 64 usage, 66 \
      something cannot be read.
      """)

  @OptionGroup var layers: PolicyLayers
  @Argument(help: "A policy file or folder.") var old: String
  @Argument(help: "A policy file or folder.") var new: String

  func run() async throws {
    let difference: PolicyDifference
    do {
      difference = PolicyDifference(from: try layers.load(old), to: try layers.load(new))
    } catch {
      complain(policy: "\(error)")
      throw ExitCode(ExitStatus.cannotRead)
    }
    if difference.isEmpty {
      print("no difference")
      return
    }
    for change in difference.changes {
      let subject =
        switch change.subject {
        case .rule(let id): "rule \(id)"
        case .check(let name): "check \(name)"
        case .marking: "marking"
        case .lexicon(let list): "word list \(list)"
        }
      print("\(subject): \(change.direction.rawValue)")
      for detail in change.details { print("  \(detail)") }
    }
    throw ExitCode(ExitStatus.refused)
  }
}
