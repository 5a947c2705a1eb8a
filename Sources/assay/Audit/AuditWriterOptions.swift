import ArgumentParser
import AuditStore
import Bytes
import MerkleLog
import PKI

/// What a command needs that has the log for itself.
struct AuditWriterOptions: ParsableArguments {
  @OptionGroup var options: AuditOptions
  @Option(
    name: .long,
    help: "The log's signing key. (default: dev/log.key in $ASSAY_KEYS, or in Keys)")
  var key: String?

  /// Opens the log to write.
  ///
  /// - Parameter origin: for a log that is not there yet; nil takes the one that the log recorded.
  func open(origin: String? = nil) async throws -> AuditLog {
    let path = key ?? "\(AuditConsole.environment("ASSAY_KEYS") ?? "Keys")/dev/log.key"
    let signingKey = try PrivateKey(pem: try FileByteSource.contents(of: path, limit: 1 << 16))
    guard let payloadKeys = try options.payloadKeys() else {
      throw AuditError(.unreadable, "there is no payload key; name its file with --payload-key")
    }
    let known = try? await options.reader().verifierKey().name
    guard let origin = known ?? origin else {
      throw AuditError(.unreadable, "there is no log in \(options.directory)")
    }
    return try await AuditLog.open(
      directory: options.directory, origin: origin, signingKey: signingKey,
      payloadKeys: payloadKeys)
  }
}
