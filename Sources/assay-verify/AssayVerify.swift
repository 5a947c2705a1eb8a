import ArgumentParser
import VerifyCommands

/// The small program for a receiver or an auditor: the same verification as `assay verify`, without
/// the gateway.
@main
struct AssayVerify: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "assay-verify",
    abstract: "Verify Content Credentials, without a network and without the gateway.",
    subcommands: [VerifyCommand.self], defaultSubcommand: VerifyCommand.self)
}
