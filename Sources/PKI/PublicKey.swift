import Bytes
import COpenSSL

/// A public key that can check signatures. Immutable; safe to share between threads.
public final class PublicKey: Sendable {
  let handle: KeyHandle
  /// Type, and curve or modulus length.
  public let kind: KeyKind
  /// DER SubjectPublicKeyInfo (RFC 5280 section 4.1).
  public let spkiDER: [UInt8]

  init(_ handle: KeyHandle) {
    self.handle = handle
    kind = handle.kind
    spkiDER = encodeDER { i2d_PUBKEY(handle.pointer, $0) }
  }

  /// A key whose encoding is at hand: libcrypto 3 takes longer to encode one than to verify with it.
  init(_ handle: KeyHandle, spkiDER: [UInt8]) {
    self.handle = handle
    kind = handle.kind
    self.spkiDER = spkiDER
  }

  /// The 32 bytes of an Ed25519 public key (RFC 8032).
  public convenience init(rawEd25519 bytes: [UInt8]) throws(PKIError) {
    guard bytes.count == 32,
      let key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nil, bytes, bytes.count)
    else {
      throw .openSSL(
        .malformedKey, "an Ed25519 public key has 32 bytes; \(bytes.count) were given")
    }
    self.init(KeyHandle(owning: key))
  }

  public convenience init(spkiDER bytes: [UInt8]) throws(PKIError) {
    let key = bytes.withUnsafeBufferPointer { buffer -> OpaquePointer? in
      var cursor = buffer.baseAddress
      return d2i_PUBKEY(nil, &cursor, buffer.count)
    }
    guard let key else { throw .openSSL(.malformedKey, "no DER SubjectPublicKeyInfo") }
    self.init(KeyHandle(owning: key))
  }

  /// PEM `PUBLIC KEY`.
  public convenience init(pem: [UInt8]) throws(PKIError) {
    guard let key = withBIO(over: pem, { PEM_read_bio_PUBKEY($0, nil, nil, nil) }) else {
      throw .openSSL(.malformedKey, "no PEM public key")
    }
    self.init(KeyHandle(owning: key))
  }

  /// PEM `PUBLIC KEY`.
  public var pem: [UInt8] {
    withMemoryBIO { bio in
      precondition(PEM_write_bio_PUBKEY(bio, handle.pointer) == 1)
      return contents(of: bio)
    }
  }

  /// The 32 bytes of an Ed25519 key; nil for another kind.
  public var rawEd25519: [UInt8]? {
    guard kind == .ed25519 else { return nil }
    var bytes = [UInt8](repeating: 0, count: 32)
    var count = bytes.count
    guard EVP_PKEY_get_raw_public_key(handle.pointer, &bytes, &count) == 1, count == 32 else {
      return nil
    }
    return bytes
  }

  /// Whether `signature` over `message` is good. ECDSA signatures are raw `r || s` (IEEE P1363), as
  /// COSE carries them; a signature of another length, or an algorithm that does not fit the key,
  /// is not good.
  public func verify(
    signature: [UInt8], message: [UInt8], algorithm: SignatureAlgorithm
  ) -> Bool {
    guard algorithm.fits(kind), let context = EVP_MD_CTX_new() else { return false }
    defer {
      EVP_MD_CTX_free(context)
      ERR_clear_error()
    }
    var encoded = signature
    if let size = algorithm.coordinateByteCount {
      guard let der = ECDSASignature.der(raw: signature, coordinateByteCount: size) else {
        return false
      }
      encoded = der
    }
    var parameters: OpaquePointer?
    guard
      EVP_DigestVerifyInit(
        context, &parameters, algorithm.hash?.implementation, nil, handle.pointer) == 1,
      algorithm.configure(parameters)
    else { return false }
    return EVP_DigestVerify(context, encoded, encoded.count, message, message.count) == 1
  }
}

extension SignatureAlgorithm {
  /// RFC 8230 section 2: the salt is as long as the hash, and MGF1 uses the same hash.
  func configure(_ parameters: OpaquePointer?) -> Bool {
    switch self {
    case .es256, .es384, .es512, .ed25519: true
    case .ps256, .ps384, .ps512:
      EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) == 1
        && EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, RSA_PSS_SALTLEN_DIGEST) == 1
        && EVP_PKEY_CTX_set_rsa_mgf1_md(parameters, hash?.implementation) == 1
    }
  }
}

/// Between COSE's `r || s` and the DER that libcrypto speaks (RFC 3279 section 2.2.3).
enum ECDSASignature {
  static func der(raw: [UInt8], coordinateByteCount size: Int) -> [UInt8]? {
    guard raw.count == 2 * size, let signature = ECDSA_SIG_new() else { return nil }
    defer { ECDSA_SIG_free(signature) }
    let taken = raw.withUnsafeBufferPointer { buffer in
      ECDSA_SIG_set0(
        signature, BN_bin2bn(buffer.baseAddress, Int32(size), nil),
        BN_bin2bn(buffer.baseAddress! + size, Int32(size), nil))
    }
    guard taken == 1 else { return nil }
    return encodeDER { i2d_ECDSA_SIG(signature, $0) }
  }

  static func raw(der: [UInt8], coordinateByteCount size: Int) -> [UInt8]? {
    let signature = der.withUnsafeBufferPointer { buffer -> OpaquePointer? in
      var cursor = buffer.baseAddress
      return d2i_ECDSA_SIG(nil, &cursor, buffer.count)
    }
    guard let signature else { return nil }
    defer { ECDSA_SIG_free(signature) }
    var raw = [UInt8](repeating: 0, count: 2 * size)
    let width = Int32(size)
    let good = raw.withUnsafeMutableBufferPointer { buffer in
      BN_bn2binpad(ECDSA_SIG_get0_r(signature), buffer.baseAddress, width) == width
        && BN_bn2binpad(ECDSA_SIG_get0_s(signature), buffer.baseAddress! + size, width) == width
    }
    return good ? raw : nil
  }
}
