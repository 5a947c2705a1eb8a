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
///
/// The mark of sounds has seeds and tags of its own, derived in the same way under its own name:
/// `org.assay.tbp.1` in the place of `org.assay.tds.1`. Both carry the same id.
public struct WatermarkSecret: Sendable {
  /// How manifests and reports name this kind of mark.
  public static let algorithm = "org.assay.tds.1"
  /// The same for the mark of sounds.
  public static let soundAlgorithm = "org.assay.tbp.1"
  public static let minimumByteCount = 16

  public let key: WatermarkKey
  public let soundKey: SoundMarkKey
  private let bytes: [UInt8]

  /// Nil when the secret is too short.
  public init?(_ bytes: [UInt8]) {
    guard bytes.count >= Self.minimumByteCount else { return nil }
    guard
      let key = WatermarkKey(
        seeds: Self.seeds(bytes, Self.algorithm), tag: Self.tag(bytes, Self.algorithm)),
      let soundKey = SoundMarkKey(
        seeds: Self.seeds(bytes, Self.soundAlgorithm), tag: Self.tag(bytes, Self.soundAlgorithm))
    else { return nil }
    self.key = key
    self.soundKey = soundKey
    self.bytes = bytes
  }

  private static func seeds(_ secret: [UInt8], _ algorithm: String) -> WatermarkSeeds {
    func derived(_ purpose: String) -> [UInt8] {
      HMAC.sha256(key: secret, message: Array("\(algorithm)/\(purpose)".utf8))
    }
    return WatermarkSeeds(
      carriers: derived("carriers"), sync: derived("sync"), slots: derived("slots"),
      signs: derived("signs"))
  }

  private static func tag(
    _ secret: [UInt8], _ algorithm: String
  ) -> @Sendable (UInt64) -> UInt32 {
    { id in
      let message = Array("\(algorithm)/tag".utf8) + bigEndian(id)
      let digest = HMAC.sha256(key: secret, message: message)
      return digest[..<3].reduce(0) { $0 << 8 | UInt32($1) }
    }
  }

  /// The mark of one id, as it crosses into the media process.
  public func mark(
    id: UInt64, psnr: Double? = nil, emphasis: WatermarkEmphasis = .even
  ) -> InvisibleMark {
    InvisibleMark(
      tile: WatermarkTile(id: id, key: key, emphasis: emphasis).fixedPoint, psnr: psnr)
  }

  /// The mark of one id in a sound, as it crosses into the media process.
  public func soundMark(id: UInt64) -> SoundMarkRequest {
    SoundMarkRequest(codes: SoundMarkPattern(id: id, key: soundKey).codes)
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
