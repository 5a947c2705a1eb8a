import PKI

/// A payload as it is stored: nothing but ciphertext. Its data key exists once, wrapped by an
/// installation's payload key; forgetting the row forgets the payload, in every backup that does not
/// have the row.
struct SealedPayload: Equatable, Sendable {
  /// What a payload says and what opens the leaf's commitment.
  struct Opened: Equatable, Sendable {
    let salt: [UInt8]
    let bytes: [UInt8]
  }

  let keyID: String
  /// Nonce, then the data key under the payload key.
  let wrappedKey: [UInt8]
  /// Salt and payload under the data key.
  let sealed: [UInt8]

  init(keyID: String, wrappedKey: [UInt8], sealed: [UInt8]) {
    self.keyID = keyID
    self.wrappedKey = wrappedKey
    self.sealed = sealed
  }

  /// - Parameter id: the record's id; a payload does not open under another one's.
  init(_ payload: [UInt8], salt: [UInt8], id: String, keys: PayloadKeys) {
    let random = SecureRandom.bytes(AES256GCM.keyByteCount + AES256GCM.nonceByteCount)
    let dataKey = Array(random[..<AES256GCM.keyByteCount])
    let nonce = Array(random[AES256GCM.keyByteCount...])
    keyID = keys.newest.identifier
    wrappedKey =
      nonce
      + AES256GCM.seal(
        dataKey, key: keys.newest.secret, nonce: nonce, context: SealedPayload.context(id))
    sealed = AES256GCM.seal(
      salt + payload, key: dataKey, nonce: SealedPayload.onlyNonce,
      context: SealedPayload.context(id))
  }

  /// Nil when the key is not there or a byte was changed.
  func open(id: String, keys: PayloadKeys) -> Opened? {
    guard let key = keys.key(keyID), wrappedKey.count > AES256GCM.nonceByteCount,
      let dataKey = AES256GCM.open(
        Array(wrappedKey[AES256GCM.nonceByteCount...]), key: key.secret,
        nonce: Array(wrappedKey[..<AES256GCM.nonceByteCount]), context: SealedPayload.context(id)),
      let text = AES256GCM.open(
        sealed, key: dataKey, nonce: SealedPayload.onlyNonce, context: SealedPayload.context(id)),
      text.count >= LogLeaf.saltByteCount
    else { return nil }
    return Opened(
      salt: Array(text[..<LogLeaf.saltByteCount]), bytes: Array(text[LogLeaf.saltByteCount...]))
  }

  /// A data key seals one text, so its nonce need not vary (SP 800-38D section 8).
  private static let onlyNonce = [UInt8](repeating: 0, count: AES256GCM.nonceByteCount)

  private static func context(_ id: String) -> [UInt8] { Array("payload/v1\0\(id)".utf8) }
}
