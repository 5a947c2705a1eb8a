import ArgumentParser
import C2PA
import VerifyCommands

/// Provenance and moderation for generated media.
@main
struct Assay: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "assay",
    abstract:
      "Tests generated media against a policy, marks and signs what passes, logs every decision.",
    version: assayVersion,
    subcommands: [
      ServeCommand.self, DemoCommand.self, RecoveringVerifyCommand.self, SignCommand.self,
      DetectCommand.self, SearchCommand.self, LabelCommand.self, ComplianceCommand.self,
      WatermarkCommand.self, FingerprintCommand.self, BankCommand.self, ModerateCommand.self,
      PolicyCommand.self,
      EvalCommand.self, ModelsCommand.self, AuditCommand.self, KeysCommand.self,
      ConfigCommand.self,
    ])

  static func main() async {
    await RemoteStoreAccess.$current.withValue(FetchedStores()) { await main(nil) }
  }
}
