import COpenSSL

/// Keyed digests (RFC 2104).
public enum HMAC {
  /// HMAC-SHA-256 of `message`, 32 bytes.
  public static func sha256(key: [UInt8], message: [UInt8]) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 32) { output, count in
      // A nil key means "the key of the last call" to libcrypto; an empty array may have no address.
      var length: UInt32 = 0
      let done = (key.isEmpty ? [0] : key).withUnsafeBytes { keyBytes in
        COpenSSL.HMAC(
          HashAlgorithm.sha256.implementation, keyBytes.baseAddress, Int32(key.count), message,
          message.count, output.baseAddress, &length)
      }
      precondition(done != nil && length == 32, "libcrypto has no HMAC-SHA-256")
      count = 32
    }
  }
}

/// The operating system's random generator as libcrypto seeds it.
public enum SecureRandom {
  /// `count` unpredictable bytes. A machine without randomness cannot sign anything: it traps.
  public static func bytes(_ count: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: count) { output, filled in
      precondition(
        count == 0 || RAND_bytes(output.baseAddress, Int32(count)) == 1, "no random bytes")
      filled = count
    }
  }
}

/// Whether two secrets are equal, in time that depends on their lengths only.
public func constantTimeEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
  left.count == right.count && CRYPTO_memcmp(left, right, left.count) == 0
}
