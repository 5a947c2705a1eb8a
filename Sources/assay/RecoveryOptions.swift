import ArgumentParser
import Bytes
import Gateway
import Glibc
import OutputStore
import Provenance
import VerifyCommands

/// Where delivered files are looked up, and whose marks are read: shared by the commands that find out
/// whose a file is.
struct RecoveryOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The data folder of the gateway whose records of delivered files are looked up. (default: "
        + "$ASSAY_DATA, or .assay, if it has records)", valueName: "folder"))
  var store: String?

  @Option(
    help: ArgumentHelp(
      "Ask this soft binding resolution API (C2PA) instead. The file is sent there; a key for it "
        + "stands in ASSAY_RECOVER_KEY.", valueName: "url"))
  var recover: String?

  @Option(
    name: .customLong("mark-key"),
    help: ArgumentHelp(
      "A file with the secret of invisible marks; several may be named. (default: dev/mark.key in "
        + "$ASSAY_KEYS, or in Keys, if it is there)", valueName: "file"))
  var markKeys: [String] = []

  func validate() throws {
    if store != nil, recover != nil {
      throw ValidationError("choose one of --store and --recover")
    }
    if let recover, ResolutionClient(url: recover, key: nil) == nil {
      throw ValidationError("--recover takes an http or https address, not \(recover)")
    }
  }

  /// Nil where nothing is named and nothing is there.
  func lookup() throws -> (any OutputLookup)? {
    if let recover {
      return ResolutionClient(url: recover, key: Self.environment("ASSAY_RECOVER_KEY"))
    }
    return try records()
  }

  /// The records on this machine; nil where none are named and none are there.
  func records() throws -> OutputStore? {
    let folder = store ?? Self.environment("ASSAY_DATA") ?? ".assay"
    let path = "\(folder)/\(OutputStore.fileName)"
    guard store != nil || access(path, F_OK) == 0 else { return nil }
    do {
      return try OutputStore(path: path, isReadOnly: true)
    } catch {
      throw CommandFailure(
        ExitStatus.cannotRead,
        "\(path) cannot be opened: \(error). It is made by 'assay serve' in its data folder.")
    }
  }

  /// None where none is named and none is there.
  func secrets() throws -> [WatermarkSecret] { try Self.secrets(named: markKeys) }

  static func secrets(named paths: [String]) throws -> [WatermarkSecret] {
    let installed = "\(environment("ASSAY_KEYS") ?? "Keys")/dev/mark.key"
    let paths = paths.isEmpty ? (access(installed, F_OK) == 0 ? [installed] : []) : paths
    return try paths.map(SecretFile.read)
  }

  static func environment(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }
}

/// A file with the secret of invisible marks.
enum SecretFile {
  /// 64 hexadecimal digits, or at least 16 bytes of any kind.
  static func read(_ path: String) throws -> WatermarkSecret {
    let bytes: [UInt8]
    do {
      bytes = try FileByteSource.contents(of: path, limit: 4096)
    } catch {
      SigningFiles.complain("\(error)")
      throw ExitCode(66)
    }
    let line = bytes.prefix { $0 > 0x20 && $0 < 0x7F }
    let digits = Hex.decode(String(decoding: line, as: UTF8.self))
    guard let secret = WatermarkSecret(digits.flatMap { $0.count == 32 ? $0 : nil } ?? bytes)
    else {
      SigningFiles.complain("\(path) is too short for a secret; it needs 64 hexadecimal digits")
      throw ExitCode(66)
    }
    return secret
  }
}
