public import MediaJobs
import PKI
public import Watermark

/// The secret that invisible marks are made and found with: at least 16 bytes, 32 as `assay keys init`
/// makes them.
///
/// Everything keyed follows from it by HMAC-SHA256 (RFC 2104); labels are ASCII without an end mark:
///
///     seed of carriers = HMAC(secret, "org.assay.tds.1/carriers")
///     seed of sync     = HMAC(secret, "org.assay.tds.1/sync")
///     seed of slots    = HMAC(secret, "org.assay.tds.1/slots")
///     seed of signs    = HMAC(secret, "org.assay.tds.1/signs")
///     tag of an id     = the first three bytes of
///                        HMAC(secret, "org.assay.tds.1/tag" || id as 8 bytes, big-endian)
///
/// `Watermark` draws carriers, phases, slots and signs from the seeds. To rotate a secret, mark with
/// the new one and give both to the search: it tries each and says which one it was.
public struct WatermarkSecret: Sendable {
  /// How manifests and reports name this kind of mark.
  public static let algorithm = "org.assay.tds.1"
  public static let minimumByteCount = 16

  public let key: WatermarkKey
  private let bytes: [UInt8]

  /// Nil when the secret is too short.
  public init?(_ bytes: [UInt8]) {
    guard bytes.count >= Self.minimumByteCount else { return nil }
    func derived(_ purpose: String, _ rest: [UInt8] = []) -> [UInt8] {
      HMAC.sha256(key: bytes, message: Array("\(Self.algorithm)/\(purpose)".utf8) + rest)
    }
    let seeds = WatermarkSeeds(
      carriers: derived("carriers"), sync: derived("sync"), slots: derived("slots"),
      signs: derived("signs"))
    let tag: @Sendable (UInt64) -> UInt32 = { id in
      let message = Array("\(Self.algorithm)/tag".utf8) + bigEndian(id)
      let digest = HMAC.sha256(key: bytes, message: message)
      return digest[..<3].reduce(0) { $0 << 8 | UInt32($1) }
    }
    guard let key = WatermarkKey(seeds: seeds, tag: tag) else { return nil }
    self.key = key
    self.bytes = bytes
  }

  /// The mark of one id, as it crosses into the media process.
  public func mark(
    id: UInt64, psnr: Double? = nil, emphasis: WatermarkEmphasis = .even
  ) -> InvisibleMark {
    InvisibleMark(
      tile: WatermarkTile(id: id, key: key, emphasis: emphasis).fixedPoint, psnr: psnr)
  }

  /// What decides the visible mark's path over a file that has a name of its own, such as a job's:
  /// HMAC(secret, "visible-path/v1" || 0 || name).
  public static func pathSeed(_ secret: [UInt8], of name: String) -> [UInt8] {
    HMAC.sha256(key: secret, message: Array("visible-path/v1\0\(name)".utf8))
  }

  public func pathSeed(of name: String) -> [UInt8] { Self.pathSeed(bytes, of: name) }

  /// The id of something that has a name of its own, such as a job: the first eight bytes of
  /// HMAC(secret, "org.assay.tds.1/id" || name), big-endian. It can be worked out again, and says
  /// nothing to anybody else.
  public func id(of name: String) -> UInt64 {
    HMAC.sha256(key: bytes, message: Array("\(Self.algorithm)/id\(name)".utf8))[..<8]
      .reduce(0) { $0 << 8 | UInt64($1) }
  }
}

/// The 64 bits of a mark's id as 16 hexadecimal digits, and as the bytes that manifests carry.
public enum WatermarkID {
  public static func text(_ id: UInt64) -> String {
    let digits = String(id, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// Nil unless the text is exactly 16 hexadecimal digits.
  public static func parse(_ text: String) -> UInt64? {
    guard text.utf8.count == 16, text.allSatisfy({ $0.isASCII && $0.isHexDigit }) else {
      return nil
    }
    return UInt64(text, radix: 16)
  }

  public static func bytes(_ id: UInt64) -> [UInt8] { bigEndian(id) }
}

private func bigEndian(_ value: UInt64) -> [UInt8] {
  (0..<8).map { UInt8(truncatingIfNeeded: value >> UInt64(56 - 8 * $0)) }
}
