import COpenSSL

/// A private key that signs. Immutable; safe to share between threads.
public final class PrivateKey: Sendable {
  let handle: KeyHandle
  public let publicKey: PublicKey

  /// Type, and curve or modulus length.
  public var kind: KeyKind { publicKey.kind }

  private init(_ handle: KeyHandle) {
    self.handle = handle
    publicKey = PublicKey(handle.publicHalf)
  }

  /// A new key from the system's random generator.
  public static func generate(_ kind: KeyKind) throws(PKIError) -> PrivateKey {
    let context: OpaquePointer? =
      switch kind {
      case .p256, .p384, .p521: EVP_PKEY_CTX_new_from_name(nil, "EC", nil)
      case .ed25519: EVP_PKEY_CTX_new_from_name(nil, "ED25519", nil)
      case .rsa: EVP_PKEY_CTX_new_from_name(nil, "RSA", nil)
      case .rsaPSS: EVP_PKEY_CTX_new_from_name(nil, "RSA-PSS", nil)
      case .other: nil
      }
    guard let context else {
      throw .openSSL(.unsupportedKey, "no key of kind \(kind) is made here")
    }
    defer { EVP_PKEY_CTX_free(context) }
    guard EVP_PKEY_keygen_init(context) == 1 else {
      throw .openSSL(.unsupportedKey, "no key of kind \(kind) can be made")
    }
    let configured: Int32 =
      switch kind {
      case .p256: EVP_PKEY_CTX_set_group_name(context, "P-256")
      case .p384: EVP_PKEY_CTX_set_group_name(context, "P-384")
      case .p521: EVP_PKEY_CTX_set_group_name(context, "P-521")
      case .rsa(let bits), .rsaPSS(let bits):
        SignatureAlgorithm.rsaBits.contains(bits)
          ? EVP_PKEY_CTX_set_rsa_keygen_bits(context, Int32(bits)) : 0
      case .ed25519: 1
      case .other: 0
      }
    var key: OpaquePointer?
    guard configured == 1, EVP_PKEY_generate(context, &key) == 1, let key else {
      throw .openSSL(.unsupportedKey, "no key of kind \(kind) can be made")
    }
    return PrivateKey(KeyHandle(owning: key))
  }

  /// The first private key in a PEM text: PKCS#8 (plain or encrypted), SEC1 or PKCS#1.
  ///
  /// Never asks on the terminal: an encrypted key without a passphrase is an error.
  public convenience init(pem: [UInt8], passphrase: [UInt8]? = nil) throws(PKIError) {
    // With no callback libcrypto takes the user data as the passphrase, ended by a zero byte.
    var secret = (passphrase ?? []) + [0]
    ERR_clear_error()
    let key = withBIO(over: pem) { bio in
      secret.withUnsafeMutableBytes { PEM_read_bio_PrivateKey(bio, nil, nil, $0.baseAddress) }
    }
    secret.withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) }
    guard let key else {
      let isEncrypted = String(decoding: pem, as: UTF8.self).contains("ENCRYPTED")
      let problem =
        !isEncrypted
        ? "no PEM private key could be read"
        : passphrase == nil
          ? "the private key is encrypted; give its passphrase"
          : "the private key cannot be decrypted with this passphrase"
      throw .openSSL(isEncrypted ? .wrongPassphrase : .malformedKey, problem)
    }
    self.init(KeyHandle(owning: key))
  }

  /// The 32-byte seed of an Ed25519 key (RFC 8032).
  public convenience init(ed25519Seed seed: [UInt8]) throws(PKIError) {
    guard seed.count == 32,
      let key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, seed, seed.count)
    else {
      throw .openSSL(.malformedKey, "an Ed25519 seed has 32 bytes; \(seed.count) were given")
    }
    self.init(KeyHandle(owning: key))
  }

  /// PKCS#8 PEM, encrypted with AES-256 when there is a passphrase. Whoever stores it sets mode
  /// 0600.
  public func pem(passphrase: [UInt8]? = nil) -> [UInt8] {
    withMemoryBIO { bio in
      let cipher = passphrase == nil ? nil : EVP_aes_256_cbc()
      let secret = (passphrase ?? []).map { CChar(bitPattern: $0) }
      let written = PEM_write_bio_PKCS8PrivateKey(
        bio, handle.pointer, cipher, passphrase == nil ? nil : secret, Int32(secret.count), nil,
        nil)
      precondition(written == 1, "libcrypto cannot write the key")
      return contents(of: bio)
    }
  }

  /// The signature of `message`; ECDSA as raw `r || s` (IEEE P1363), as COSE carries it.
  public func sign(
    _ message: [UInt8], algorithm: SignatureAlgorithm
  ) throws(PKIError) -> [UInt8] {
    guard algorithm.fits(kind) else {
      throw PKIError(
        .algorithmMismatch, "a \(kind) key cannot sign with \(algorithm.rawValue)")
    }
    guard let context = EVP_MD_CTX_new() else {
      throw .openSSL(.signingFailed, "libcrypto is out of memory")
    }
    defer { EVP_MD_CTX_free(context) }
    var parameters: OpaquePointer?
    var length = 0
    guard
      EVP_DigestSignInit(
        context, &parameters, algorithm.hash?.implementation, nil, handle.pointer) == 1,
      algorithm.configure(parameters),
      EVP_DigestSign(context, nil, &length, message, message.count) == 1
    else { throw .openSSL(.signingFailed, "signing with \(algorithm.rawValue) failed") }
    var signature = [UInt8](repeating: 0, count: length)
    guard EVP_DigestSign(context, &signature, &length, message, message.count) == 1 else {
      throw .openSSL(.signingFailed, "signing with \(algorithm.rawValue) failed")
    }
    signature.removeLast(signature.count - length)
    guard let size = algorithm.coordinateByteCount else { return signature }
    guard let raw = ECDSASignature.raw(der: signature, coordinateByteCount: size) else {
      throw .openSSL(.signingFailed, "libcrypto wrote a signature that it cannot read")
    }
    return raw
  }
}

extension KeyHandle {
  /// A key object that holds the public half alone.
  fileprivate var publicHalf: KeyHandle {
    let der = encodeDER { i2d_PUBKEY(pointer, $0) }
    let key = der.withUnsafeBufferPointer { buffer -> OpaquePointer? in
      var cursor = buffer.baseAddress
      return d2i_PUBKEY(nil, &cursor, buffer.count)
    }
    guard let key else { preconditionFailure("libcrypto wrote a key that it cannot read") }
    return KeyHandle(owning: key)
  }
}
