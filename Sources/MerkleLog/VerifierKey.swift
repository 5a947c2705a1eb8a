import Bytes
public import PKI

/// A key that checks lines of a signed note, as C2SP signed-note encodes it:
/// `<name>+<key id>+<base64 of type and key>`.
public struct VerifierKey: Equatable, Sendable {
  /// The type byte. Post-quantum cosignatures (0x06) come here when libcrypto has ML-DSA.
  public enum Algorithm: UInt8, Sendable {
    case ed25519 = 0x01
    /// Ed25519 over a checkpoint and a time: a witness's line (C2SP tlog-cosignature).
    case cosignature = 0x04
  }

  public let name: String
  public let algorithm: Algorithm
  public let keyID: UInt32
  public let publicKey: PublicKey
  private let rawKey: [UInt8]

  /// - Throws: `.malformedKey` for a name that notes cannot carry and for a key that is not Ed25519.
  public init(
    name: String, publicKey: PublicKey, algorithm: Algorithm = .ed25519
  ) throws(NoteError) {
    guard VerifierKey.isValid(name: name) else {
      throw NoteError(
        .malformedKey, "a key name must not be empty nor contain white space or a plus sign")
    }
    guard let raw = publicKey.rawEd25519 else {
      throw NoteError(.malformedKey, "signed notes need an Ed25519 key, not \(publicKey.kind)")
    }
    self.name = name
    self.algorithm = algorithm
    self.publicKey = publicKey
    rawKey = raw
    let digest = HashAlgorithm.sha256.digest(
      Array(name.utf8) + [0x0A, algorithm.rawValue] + raw)
    keyID = digest[..<4].reduce(0) { $0 << 8 | UInt32($1) }
  }

  /// Reads the `name+id+key` form; white space around it is passed over.
  public init(_ text: String) throws(NoteError) {
    // Base64 may contain "+" itself, so only the first two divide.
    let trimmed = text.unicodeScalars.drop { $0.properties.isWhitespace }.reversed()
      .drop { $0.properties.isWhitespace }.reversed()
    let parts = trimmed.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
      .map { part in
        var text = ""
        text.unicodeScalars.append(contentsOf: part)
        return text
      }
    guard parts.count == 3, parts[1].utf8.count == 8, let identifier = Hex.decode(parts[1]),
      let encoded = Base64.decode(parts[2]), let type = encoded.first
    else {
      throw NoteError(.malformedKey, "a verifier key reads name+8 hexadecimal digits+base64")
    }
    guard let algorithm = Algorithm(rawValue: type) else {
      throw NoteError(.malformedKey, "verifier keys of type \(type) are not supported")
    }
    let key: PublicKey
    do throws(PKIError) {
      key = try PublicKey(rawEd25519: Array(encoded.dropFirst()))
    } catch {
      throw NoteError(.malformedKey, error.detail)
    }
    try self.init(name: parts[0], publicKey: key, algorithm: algorithm)
    guard identifier.reduce(0, { $0 << 8 | UInt32($1) }) == keyID else {
      throw NoteError(.malformedKey, "the verifier key's id does not match its name and key")
    }
  }

  /// The `name+id+key` form.
  public var text: String {
    "\(name)+\(VerifierKey.hexadecimal(keyID))+\(Base64.encode([algorithm.rawValue] + rawKey))"
  }

  public static func == (left: VerifierKey, right: VerifierKey) -> Bool {
    left.name.utf8.elementsEqual(right.name.utf8) && left.algorithm == right.algorithm
      && left.rawKey == right.rawKey
  }

  static func isValid(name: String) -> Bool {
    !name.isEmpty
      && name.unicodeScalars.allSatisfy {
        !$0.properties.isWhitespace && $0 != "+" && $0.value >= 0x20
      }
  }

  private static func hexadecimal(_ value: UInt32) -> String {
    var bytes: [UInt8] = []
    bytes.appendBigEndian(value)
    return Hex.encode(bytes)
  }
}
