import ArgumentParser
import AuditStore
import Bytes
import C2PA
import MerkleLog
import PKI
import VerifyCommands

/// `audit erase`: forgets a payload and logs that.
struct AuditEraseCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "erase",
    abstract: "Delete a decision's payload; its entry and every proof stay.",
    discussion: "Needs the log for itself: stop the gateway first.")

  @OptionGroup var options: AuditOptions
  @Argument(help: "The id of the decision.") var id: String
  @Option(name: .long, help: "The legal ground, such as gdpr.art17; it is logged for good.")
  var ground: String
  @Option(
    name: .long,
    help: "The log's signing key. (default: dev/log.key in $ASSAY_KEYS, or in Keys)")
  var key: String?

  func run() async throws {
    try await AuditConsole.reportingFailures {
      let path = key ?? "\(AuditConsole.environment("ASSAY_KEYS") ?? "Keys")/dev/log.key"
      let signingKey = try PrivateKey(pem: try FileByteSource.contents(of: path, limit: 1 << 16))
      // The origin stands in the key that the log itself recorded.
      let origin = try await options.reader().verifierKey().name
      guard let payloadKeys = try options.payloadKeys() else {
        AuditConsole.complain("there is no payload key; name its file with --payload-key")
        throw ExitCode(ExitStatus.cannotRead)
      }
      let log = try await AuditLog.open(
        directory: options.directory, origin: origin, signingKey: signingKey,
        payloadKeys: payloadKeys)
      let index = try await log.erase(id: id, ground: ground)
      try await log.close()
      print("the payload of \(DisplayText.neutralised(id)) is erased; entry \(index) says so")
    }
  }
}
