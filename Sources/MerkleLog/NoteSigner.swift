import Bytes
public import PKI

/// Makes signature lines with an Ed25519 key: a log's own, or a witness's with its time.
public struct NoteSigner: Sendable {
  public let verifierKey: VerifierKey
  private let key: PrivateKey
  private let time: UInt64?

  /// A log's signer. Its name should equal the log's origin.
  public init(name: String, key: PrivateKey) throws(NoteError) {
    verifierKey = try VerifierKey(name: name, publicKey: key.publicKey)
    self.key = key
    time = nil
  }

  /// A witness's signer for one instant (C2SP tlog-cosignature); `time` in POSIX seconds.
  public init(witness name: String, key: PrivateKey, time: UInt64) throws(NoteError) {
    verifierKey = try VerifierKey(
      name: name, publicKey: key.publicKey, algorithm: .cosignature)
    self.key = key
    self.time = time
  }

  func signature(over text: String) throws(NoteError) -> SignedNote.Signature {
    let message = time.map { NoteSigner.cosignedMessage(text: text, time: $0) } ?? Array(text.utf8)
    var payload: [UInt8] = []
    if let time { payload.appendBigEndian(time) }
    do throws(PKIError) {
      payload += try key.sign(message, algorithm: .ed25519)
    } catch {
      throw NoteError(.signingFailed, error.detail)
    }
    return SignedNote.Signature(
      name: verifierKey.name, keyID: verifierKey.keyID, payload: payload)
  }

  static func cosignedMessage(text: String, time: UInt64) -> [UInt8] {
    Array("cosignature/v1\ntime \(time)\n\(text)".utf8)
  }
}
