import ArgumentParser
import VerifyCommands

/// Provenance and moderation for generated media.
@main
struct Assay: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "assay",
    abstract:
      "Tests generated media against a policy, marks and signs what passes, logs every decision.",
    subcommands: [
      ServeCommand.self, VerifyCommand.self, SignCommand.self, PolicyCommand.self,
      AuditCommand.self, KeysCommand.self,
    ])
}
