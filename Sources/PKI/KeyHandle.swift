import COpenSSL

/// Owns one reference to an `EVP_PKEY`, whose count is atomic and which nothing here changes after
/// it was made.
final class KeyHandle: @unchecked Sendable {
  let pointer: OpaquePointer

  /// Takes over the caller's reference.
  init(owning pointer: OpaquePointer) { self.pointer = pointer }

  deinit { EVP_PKEY_free(pointer) }

  var kind: KeyKind {
    let bits = Int(EVP_PKEY_get_bits(pointer))
    if EVP_PKEY_is_a(pointer, "ED25519") == 1 { return .ed25519 }
    if EVP_PKEY_is_a(pointer, "RSA") == 1 { return .rsa(bits: bits) }
    if EVP_PKEY_is_a(pointer, "RSA-PSS") == 1 { return .rsaPSS(bits: bits) }
    if EVP_PKEY_is_a(pointer, "EC") == 1 {
      var name = [CChar](repeating: 0, count: 80)
      var length = 0
      guard EVP_PKEY_get_group_name(pointer, &name, name.count, &length) == 1 else {
        return .other(name: "EC", bits: bits)
      }
      let curve = String(
        decoding: name[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
      switch curve {
      case "prime256v1", "P-256": return .p256
      case "secp384r1", "P-384": return .p384
      case "secp521r1", "P-521": return .p521
      default: return .other(name: curve, bits: bits)
      }
    }
    let name = EVP_PKEY_get0_type_name(pointer).map { String(cString: $0) } ?? "unknown"
    return .other(name: name, bits: bits)
  }
}

/// A memory BIO for the length of `body`.
func withMemoryBIO<Result, Failure: Error>(
  _ body: (OpaquePointer) throws(Failure) -> Result
) throws(Failure) -> Result {
  guard let bio = BIO_new(BIO_s_mem()) else { preconditionFailure("libcrypto is out of memory") }
  defer { BIO_free(bio) }
  return try body(bio)
}

/// Everything that was written to a memory BIO.
func contents(of bio: OpaquePointer) -> [UInt8] {
  let pending = BIO_ctrl_pending(bio)
  return [UInt8](unsafeUninitializedCapacity: pending) { output, count in
    count = pending == 0 ? 0 : Int(max(BIO_read(bio, output.baseAddress, Int32(pending)), 0))
  }
}

/// A read-only BIO over `bytes` for the length of `body`.
func withBIO<Result>(over bytes: [UInt8], _ body: (OpaquePointer) -> Result) -> Result {
  bytes.withUnsafeBytes { buffer in
    let length = Int32(clamping: buffer.count)
    guard let bio = BIO_new_mem_buf(buffer.baseAddress ?? UnsafeRawPointer(bitPattern: 1), length)
    else { preconditionFailure("libcrypto is out of memory") }
    defer { BIO_free(bio) }
    return body(bio)
  }
}

/// The DER that an `i2d_…` function writes: first call for the length, second for the bytes.
func encodeDER(_ write: (UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?) -> Int32) -> [UInt8] {
  let length = Int(write(nil))
  guard length > 0 else { return [] }
  return [UInt8](unsafeUninitializedCapacity: length) { output, count in
    var cursor = output.baseAddress
    count = Int(max(write(&cursor), 0))
  }
}
