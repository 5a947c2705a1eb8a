import Bytes

/// A fingerprint as lists of known media exchange it.
public enum KnownHash: Hashable, Sendable {
  case pdq(PDQHash)
  case md5([UInt8])
  case sha1([UInt8])
  case sha256([UInt8])
  /// TMK+PDQF of a video: kept, and compared by other programs.
  case tmk(String)

  /// Reads a hash of the kind that `name` says in any list's words; nil when it is no such hash.
  init?(kind name: String, text: String) {
    let bytes = Hex.decode(text)
    switch name.lowercased() {
    case "pdq", "hash_pdq", "imagepdq":
      guard let hash = PDQHash(hex: text) else { return nil }
      self = .pdq(hash)
    case "md5", "hash_md5", "hash_video_md5", "videomd5", "video_md5":
      guard let bytes, bytes.count == 16 else { return nil }
      self = .md5(bytes)
    case "sha1", "hash_sha1":
      guard let bytes, bytes.count == 20 else { return nil }
      self = .sha1(bytes)
    case "sha256", "hash_sha256":
      guard let bytes, bytes.count == 32 else { return nil }
      self = .sha256(bytes)
    case "tmk_pdqf", "hash_tmk", "videotmk":
      guard !text.isEmpty else { return nil }
      self = .tmk(text)
    default: return nil
    }
  }

  /// How a bank's files number the kinds.
  enum Kind: UInt8 {
    case pdq = 1
    case md5, sha1, sha256, tmk
  }

  var kind: Kind {
    switch self {
    case .pdq: .pdq
    case .md5: .md5
    case .sha1: .sha1
    case .sha256: .sha256
    case .tmk: .tmk
    }
  }

  /// The hash's bytes; of a TMK its text.
  var value: [UInt8] {
    switch self {
    case .pdq(let hash): hash.bytes
    case .md5(let bytes), .sha1(let bytes), .sha256(let bytes): bytes
    case .tmk(let text): Array(text.utf8)
    }
  }

  init?(kind: Kind, value: [UInt8]) {
    switch kind {
    case .pdq:
      guard let hash = PDQHash(bytes: value) else { return nil }
      self = .pdq(hash)
    case .md5 where value.count == 16: self = .md5(value)
    case .sha1 where value.count == 20: self = .sha1(value)
    case .sha256 where value.count == 32: self = .sha256(value)
    case .tmk: self = .tmk(String(decoding: value, as: UTF8.self))
    default: return nil
    }
  }

  /// `pdq HEX` and so on: a line of a list.
  public var line: String {
    switch self {
    case .pdq(let hash): "pdq \(hash)"
    case .md5(let bytes): "md5 \(Hex.encode(bytes))"
    case .sha1(let bytes): "sha1 \(Hex.encode(bytes))"
    case .sha256(let bytes): "sha256 \(Hex.encode(bytes))"
    case .tmk(let text): "tmk_pdqf \(text)"
    }
  }
}

/// What a list says of one piece of media: that it is known, by these fingerprints, or that it is no
/// longer to be looked for.
public struct KnownMediaUpdate: Equatable, Sendable {
  /// The list's own name for it; a later update with the same replaces it.
  public let id: String
  /// Empty where the list took it back.
  public let hashes: [KnownHash]
  /// The list's classification: `A1`, a tag; nil where it gives none.
  public let label: String?

  public init(id: String, hashes: [KnownHash], label: String? = nil) {
    self.id = id
    self.hashes = hashes
    self.label = label
  }

  public var isRemoval: Bool { hashes.isEmpty }
}

/// A page of a list of known media, in whichever form it came.
public struct KnownMediaPage: Equatable, Sendable {
  public var updates: [KnownMediaUpdate] = []
  /// Where the next page is, in the list's own words; nil on the last.
  public var next: String?
  /// Kinds of fingerprints that were passed over, with how many: PhotoDNA and other closed ones.
  public var passedOver: [String: Int] = [:]

  public init() {}

  mutating func take(_ name: String, _ text: String, into hashes: inout [KnownHash]) {
    if let hash = KnownHash(kind: name, text: text) {
      hashes.append(hash)
    } else {
      passedOver[name, default: 0] += 1
    }
  }
}

/// Why a page cannot be used. A list with holes would be taken for a whole one, so nothing of it is.
public struct KnownMediaFailure: Error, Equatable, Sendable, CustomStringConvertible {
  public let format: String
  public let reason: String

  public var code: String { "hash_list.\(format)" }
  public var description: String { "this is no \(format) list of known media: \(reason)" }
}
