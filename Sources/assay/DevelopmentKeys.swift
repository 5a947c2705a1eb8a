import Bytes
import Glibc
import MerkleLog
import PKI

/// The keys of one installation that is not yet anybody's official signer: made once, never
/// overwritten, and never part of the package.
struct DevelopmentKeys {
  /// `…/dev`; made with mode 0700.
  let directory: String
  /// Name of the log in its signed notes.
  let logName: String

  static let defaultLogName = "assay.local/log"

  /// Why keys were not made.
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// One line for a person: what is there and whether it is new.
  struct Item {
    let name: String
    let isNew: Bool
    let note: String
  }

  private static let rootDays = 3650
  private static let intermediateDays = 1825
  private static let leafDays = 825

  /// Makes what is missing. Files that are there stay as they are.
  func make(now: Int64) throws -> [Item] {
    try makeDirectories()
    return try makeClaimCredential(now: now) + makeLogKey() + makeMarkKey() + makePayloadKey()
  }

  private func path(_ name: String) -> String { "\(directory)/\(name)" }

  private func exists(_ name: String) -> Bool { access(path(name), F_OK) == 0 }

  private func makeDirectories() throws {
    var built = directory.hasPrefix("/") ? "" : "."
    for part in directory.split(separator: "/") {
      built += "/\(part)"
      guard mkdir(built, 0o700) == 0 || errno == EEXIST else {
        throw Failure(description: FileError(writing: built, errorNumber: errno).description)
      }
    }
  }

  private func write(_ name: String, _ bytes: [UInt8], isSecret: Bool) throws {
    let sink = try FileByteSink(path: path(name), mode: isSecret ? 0o600 : 0o644)
    try sink.write(bytes)
    try sink.commit()
  }

  /// Root, intermediate and leaf in one go. The authorities' own keys are forgotten at once: nobody
  /// can issue another certificate under this root.
  private func makeClaimCredential(now: Int64) throws -> [Item] {
    let names = ["root.pem", "claim.pem", "claim.key"]
    let present = names.filter { exists($0) }
    if present == names {
      return names.map { Item(name: $0, isNew: false, note: "kept") }
    }
    guard present.isEmpty else {
      throw Failure(
        description: "\(directory) holds \(present.joined(separator: ", ")) but not all of "
          + "\(names.joined(separator: ", ")): restore what is missing, or move these away")
    }
    func name(_ role: String) -> DistinguishedName {
      DistinguishedName(commonName: "Assay Development \(role)", organization: "Assay Development")
    }
    // An hour early, for clocks that are behind.
    let start = now - 3600
    let root = try CertificateIssuer.makeRoot(
      name: name("Root"), key: .generate(.p256), notBefore: start, days: Self.rootDays)
    let intermediate = try root.makeIntermediate(
      name: name("Intermediate"), key: .generate(.p256), notBefore: start,
      days: Self.intermediateDays)
    let key = try PrivateKey.generate(.p256)
    let leaf = try intermediate.issue(
      .claimSigner, name: name("Claim Signer"), publicKey: key.publicKey, notBefore: start,
      days: Self.leafDays)
    try write("claim.key", key.pem(), isSecret: true)
    try write("claim.pem", leaf.pem + intermediate.certificate.pem, isSecret: false)
    try write("root.pem", root.certificate.pem, isSecret: false)
    return [
      Item(name: "root.pem", isNew: true, note: "give this to whoever should trust you"),
      Item(name: "claim.pem", isNew: true, note: "signer and intermediate, \(Self.leafDays) days"),
      Item(name: "claim.key", isNew: true, note: "ES256 claim signing key, secret"),
    ]
  }

  private func makeLogKey() throws -> [Item] {
    let isNew = !exists("log.key")
    if isNew { try write("log.key", PrivateKey.generate(.ed25519).pem(), isSecret: true) }
    let key = try PrivateKey(pem: try FileByteSource.contents(of: path("log.key")))
    let verifierKey = try VerifierKey(name: logName, publicKey: key.publicKey).text
    let hasVerifierKey = exists("log.vkey")
    if !hasVerifierKey {
      try write("log.vkey", Array((verifierKey + "\n").utf8), isSecret: false)
    }
    return [
      Item(name: "log.key", isNew: isNew, note: "Ed25519 key of the audit log, secret"),
      Item(name: "log.vkey", isNew: !hasVerifierKey, note: verifierKey),
    ]
  }

  private func makeMarkKey() throws -> [Item] {
    let isNew = !exists("mark.key")
    if isNew {
      let digits = Hex.encode(SecureRandom.bytes(32))
      try write("mark.key", Array((digits + "\n").utf8), isSecret: true)
    }
    return [
      Item(name: "mark.key", isNew: isNew, note: "key of the visible and invisible marks, secret")
    ]
  }

  private func makePayloadKey() throws -> [Item] {
    let isNew = !exists("payload.key")
    if isNew {
      let digits = Hex.encode(SecureRandom.bytes(32))
      try write("payload.key", Array((digits + "\n").utf8), isSecret: true)
    }
    return [
      Item(
        name: "payload.key", isNew: isNew,
        note: "seals prompts and evidence beside the log, secret; lost, they never open again")
    ]
  }
}
