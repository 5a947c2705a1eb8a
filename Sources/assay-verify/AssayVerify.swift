import ArgumentParser
import VerifyCommands

/// The small program for a receiver or an auditor: the same verification as `assay verify`, without
/// the gateway.
@main
struct AssayVerify: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "assay-verify",
    abstract: "Verify Content Credentials and receipts of decisions, without a network.",
    subcommands: [VerifyCommand.self, LogCommand.self],
    defaultSubcommand: VerifyCommand.self)
}
