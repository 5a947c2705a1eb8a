import ArgumentParser
import AuditStore
import Bytes
import Gateway
import Glibc
import MerkleLog
import PKI
import VerifyCommands

/// `audit witness`: cosigns other people's logs.
struct AuditWitnessCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "witness",
    abstract: "Cosign the checkpoints of logs, as long as they only grow.",
    discussion: """
      Serves the C2SP tlog-witness protocol. The key is made at the first start; give the verifier \
      key that is printed to whoever asks for cosignatures.
      """)

  @Argument(help: "Verifier keys of the logs to watch: files, or the keys themselves.")
  var logs: [String]
  @Option(name: .long, help: "The witness's name, such as witness.example/w1.") var name: String
  @Option(name: .long, help: "Folder of the key and of what was seen.") var data = ".assay-witness"
  @Option(name: .long, help: "Where to listen.") var host = "127.0.0.1"
  @Option(name: .long, help: "0 lets the system choose.") var port = 8090

  func run() async throws {
    try await AuditConsole.reportingFailures {
      let keys = try logs.map { log in
        try VerifierKey(
          access(log, F_OK) == 0
            ? String(decoding: try FileByteSource.contents(of: log, limit: 4096), as: UTF8.self)
            : log)
      }
      guard mkdir(data, 0o700) == 0 || errno == EEXIST else {
        throw FileError(writing: data, errorNumber: errno)
      }
      let store = try WitnessStore(
        path: "\(data)/witness.sqlite", name: name, key: try signingKey(), logs: keys)
      let server = WitnessServer(
        store: store, host: host, port: port, now: { UInt64(time(nil)) },
        listening: { [host] port in
          print("witnessing on http://\(host):\(port)\n\(store.verifierKey.text)")
          fflush(nil)
        })
      try await server.run()
    }
  }

  private func signingKey() throws -> PrivateKey {
    let path = "\(data)/witness.key"
    if access(path, F_OK) != 0 {
      let sink = try FileByteSink(path: path, mode: 0o600)
      try sink.write(try PrivateKey.generate(.ed25519).pem())
      try sink.commit()
    }
    return try PrivateKey(pem: try FileByteSource.contents(of: path, limit: 1 << 16))
  }
}
