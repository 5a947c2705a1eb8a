import ArgumentParser
import AuditStore
import Bytes
import Glibc
import MerkleLog
import PKI
import StrictJSON
import VerifyCommands

/// `audit rotate`: ends a log and starts the next.
struct AuditRotateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rotate",
    abstract: "End the log with a signed last entry, and start the one that goes on.",
    discussion: """
      The last entry names the new log's key, the new log's first entry the old log's last \
      checkpoint. The old log moves to log-N beside it and stays verifiable. Needs the log for \
      itself: stop the gateway first, and give it the new key and name afterwards.
      """)

  @OptionGroup var writer: AuditWriterOptions
  @Option(name: .long, help: "Name of the new log; no two logs may share one.") var origin: String
  @Option(name: .customLong("new-key"), help: "The new log's Ed25519 key (PEM).") var newKey: String

  func run() async throws {
    try await AuditConsole.reportingFailures {
      let signingKey = try PrivateKey(pem: try FileByteSource.contents(of: newKey, limit: 1 << 16))
      let next = try VerifierKey(name: origin, publicKey: signingKey.publicKey)
      let log = try await writer.open()
      guard log.verifierKey.name != origin else {
        throw AuditError(.wrongKey, "the new log needs a name of its own")
      }
      var now = timespec()
      clock_gettime(CLOCK_REALTIME, &now)
      let time = Int64(now.tv_sec) * 1000
      let last = try Checkpoint(text: try await log.rotate(to: next, time: time).text)
      try await log.close()
      let directory = writer.options.directory
      var number = 1
      while access("\(directory)-\(number)", F_OK) == 0 { number += 1 }
      guard rename(directory, "\(directory)-\(number)") == 0 else {
        throw FileError(writing: "\(directory)-\(number)", errorNumber: errno)
      }
      guard let payloadKeys = try writer.options.payloadKeys() else { return }
      let successor = try await AuditLog.open(
        directory: directory, origin: origin, signingKey: signingKey, payloadKeys: payloadKeys)
      _ = try await successor.append(
        AuditEvent(
          id: "log.started", kind: .started, time: time,
          members: [
            .init(
              "previous",
              [
                "root": .string(last.root.base64), "size": .integer(Int(last.size)),
                "vkey": .string(log.verifierKey.text),
              ])
          ]))
      try await successor.close()
      print(
        "the old log ended with \(last.size) entries and lies in \(directory)-\(number)\n"
          + "the new log: \(next.text)")
    }
  }
}
