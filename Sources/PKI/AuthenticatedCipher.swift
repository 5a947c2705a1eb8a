import COpenSSL

/// AES-256 in Galois/Counter Mode (NIST SP 800-38D): what was changed does not open.
public enum AES256GCM {
  public static let keyByteCount = 32
  public static let nonceByteCount = 12
  public static let tagByteCount = 16

  /// The ciphertext with its 16-byte tag at the end. A key must never seal twice under one nonce.
  ///
  /// - Parameter context: bytes that are not kept in the result and must be the same at opening.
  public static func seal(
    _ plaintext: [UInt8], key: [UInt8], nonce: [UInt8], context: [UInt8] = []
  ) -> [UInt8] {
    precondition(key.count == keyByteCount && nonce.count == nonceByteCount)
    let cipher = CipherContext()
    var length: Int32 = 0
    var good = EVP_EncryptInit_ex2(cipher.pointer, Fetched.aes256GCM.pointer, key, nonce, nil) == 1
    good =
      good && EVP_EncryptUpdate(cipher.pointer, nil, &length, context, Int32(context.count)) == 1
    let sealed = [UInt8](unsafeUninitializedCapacity: plaintext.count + tagByteCount) {
      output, count in
      var last: Int32 = 0
      good =
        good
        && EVP_EncryptUpdate(
          cipher.pointer, output.baseAddress, &length, plaintext, Int32(plaintext.count)) == 1
        && EVP_EncryptFinal_ex(cipher.pointer, output.baseAddress! + Int(length), &last) == 1
        && EVP_CIPHER_CTX_ctrl(
          cipher.pointer, EVP_CTRL_AEAD_GET_TAG, Int32(tagByteCount),
          output.baseAddress! + plaintext.count) == 1
      count = plaintext.count + tagByteCount
    }
    precondition(good, "libcrypto has no AES-256-GCM")
    return sealed
  }

  /// The plaintext, or nil when key, nonce, context or any byte is not what it was.
  public static func open(
    _ sealed: [UInt8], key: [UInt8], nonce: [UInt8], context: [UInt8] = []
  ) -> [UInt8]? {
    guard key.count == keyByteCount, nonce.count == nonceByteCount, sealed.count >= tagByteCount
    else { return nil }
    let cipher = CipherContext()
    let size = sealed.count - tagByteCount
    var tag = Array(sealed[size...])
    var length: Int32 = 0
    var good =
      EVP_DecryptInit_ex2(cipher.pointer, Fetched.aes256GCM.pointer, key, nonce, nil) == 1
      && EVP_DecryptUpdate(cipher.pointer, nil, &length, context, Int32(context.count)) == 1
      && EVP_CIPHER_CTX_ctrl(
        cipher.pointer, EVP_CTRL_AEAD_SET_TAG, Int32(tagByteCount), &tag) == 1
    // One byte more, so that there is an address for an empty text too.
    let plaintext = [UInt8](unsafeUninitializedCapacity: size + 1) { output, count in
      var last: Int32 = 0
      good =
        good
        && EVP_DecryptUpdate(cipher.pointer, output.baseAddress, &length, sealed, Int32(size)) == 1
        && EVP_DecryptFinal_ex(cipher.pointer, output.baseAddress! + Int(length), &last) == 1
      count = good ? size : 0
    }
    return good ? plaintext : nil
  }

  private struct CipherContext: ~Copyable {
    let pointer: OpaquePointer

    init() {
      guard let pointer = EVP_CIPHER_CTX_new() else {
        preconditionFailure("libcrypto is out of memory")
      }
      self.pointer = pointer
    }

    deinit { EVP_CIPHER_CTX_free(pointer) }
  }

  /// An `EVP_CIPHER`, immutable after the fetch and kept for the life of the process.
  private struct Fetched: @unchecked Sendable {
    static let aes256GCM = Fetched("AES-256-GCM")

    let pointer: OpaquePointer

    init(_ name: String) {
      guard let pointer = EVP_CIPHER_fetch(nil, name, nil) else {
        preconditionFailure("libcrypto has no \(name)")
      }
      self.pointer = pointer
    }
  }
}
