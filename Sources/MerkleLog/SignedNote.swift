import Bytes
import PKI

/// A text with signature lines (C2SP signed-note v1.0.0).
public struct SignedNote: Equatable, Sendable {
  /// A line `— name base64`; what follows the key id is the algorithm's.
  public struct Signature: Equatable, Sendable {
    public let name: String
    public let keyID: UInt32
    public let payload: [UInt8]

    /// As it stands in a note, with its newline.
    public var line: [UInt8] {
      var encoded: [UInt8] = []
      encoded.appendBigEndian(keyID)
      encoded += payload
      return Array("— \(name) \(Base64.encode(encoded))\n".utf8)
    }
  }

  /// Larger notes are refused unread: a checkpoint with 32 witnesses has 5 KiB.
  public static let byteLimit = 64 << 10
  /// The specification asks for 16 at least.
  public static let signatureLimit = 64

  /// What is signed; ends in a newline.
  public let text: String
  public private(set) var signatures: [Signature]

  /// A text without signatures yet. It must end in a newline and hold no other control character.
  public init(text: String) throws(NoteError) {
    guard text.utf8.last == 0x0A, SignedNote.isClean(text.utf8) else {
      throw NoteError(
        .malformedNote, "a note's text ends in a newline and has no other control character")
    }
    self.text = text
    signatures = []
  }

  public init(parsing bytes: [UInt8]) throws(NoteError) {
    guard bytes.count <= SignedNote.byteLimit else {
      throw NoteError(.malformedNote, "the note has more than \(SignedNote.byteLimit) bytes")
    }
    guard let whole = String(validating: bytes, as: UTF8.self), SignedNote.isClean(whole.utf8)
    else {
      throw NoteError(.malformedNote, "the note is no UTF-8 or holds control characters")
    }
    // The last empty line divides; the text may contain others.
    guard bytes.last == 0x0A,
      let divide = bytes.indices.dropLast().last(where: {
        bytes[$0] == 0x0A && bytes[$0 + 1] == 0x0A
      }),
      let rows = lines(bytes[(divide + 2)...]), !rows.isEmpty
    else { throw NoteError(.malformedNote, "the note has no signature lines") }
    guard rows.count <= SignedNote.signatureLimit else {
      throw NoteError(
        .malformedNote, "the note has more than \(SignedNote.signatureLimit) signature lines")
    }
    var signatures: [Signature] = []
    for row in rows { signatures.append(try SignedNote.signature(row)) }
    text = String(decoding: bytes[...divide], as: UTF8.self)
    self.signatures = signatures
  }

  /// The note as it is stored and sent.
  public var bytes: [UInt8] {
    var out = Array(text.utf8) + [0x0A]
    for signature in signatures { out += signature.line }
    return out
  }

  /// Adds a signature line.
  public mutating func sign(_ signer: NoteSigner) throws(NoteError) {
    signatures.append(try signer.signature(over: text))
  }

  /// Adds signature lines that somebody else made, such as a witness's answer. They are read, not
  /// verified.
  public mutating func add(signatureLines bytes: [UInt8]) throws(NoteError) {
    guard bytes.count <= SignedNote.byteLimit, let rows = lines(bytes[...]), !rows.isEmpty,
      rows.count + signatures.count <= SignedNote.signatureLimit
    else { throw NoteError(.malformedNote, "these are no signature lines") }
    for row in rows { signatures.append(try SignedNote.signature(row)) }
  }

  private static func signature(_ row: ArraySlice<UInt8>) throws(NoteError) -> Signature {
    let dash: [UInt8] = [0xE2, 0x80, 0x94, 0x20]
    let parts = row.dropFirst(dash.count)
      .split(separator: 0x20, omittingEmptySubsequences: false)
    guard row.starts(with: dash), parts.count == 2 else {
      throw NoteError(.malformedNote, "a signature line reads: em dash, space, name, space, base64")
    }
    let name = String(decoding: parts[0], as: UTF8.self)
    guard VerifierKey.isValid(name: name),
      let payload = Base64.decode(String(decoding: parts[1], as: UTF8.self)), payload.count > 4
    else { throw NoteError(.malformedNote, "a signature line has a bad name or bad base64") }
    return Signature(
      name: name, keyID: payload[..<4].reduce(0) { $0 << 8 | UInt32($1) },
      payload: Array(payload[4...]))
  }

  private static func isClean(_ utf8: String.UTF8View) -> Bool {
    utf8.allSatisfy { $0 >= 0x20 || $0 == 0x0A }
  }
}

/// What checking a note with the keys in hand came to.
public enum NoteVerdict: Equatable, Sendable {
  /// At least one known key signed, and no line of a known key is bad.
  case verified([VerifiedSignature])
  case rejected(reason: String)

  public struct VerifiedSignature: Equatable, Sendable {
    public let name: String
    /// POSIX seconds; for cosignatures only.
    public let time: UInt64?

    public init(name: String, time: UInt64?) {
      self.name = name
      self.time = time
    }
  }
}

extension SignedNote {
  /// Lines of unknown keys are passed over. A line whose name and key id are known must be good.
  public func verify(_ keys: [VerifierKey]) -> NoteVerdict {
    var verified: [NoteVerdict.VerifiedSignature] = []
    for line in signatures {
      let known = keys.first {
        $0.keyID == line.keyID && $0.name.utf8.elementsEqual(line.name.utf8)
      }
      guard let known else { continue }
      guard let good = known.check(line, text: text) else {
        return .rejected(reason: "the signature of \(line.name) is bad")
      }
      verified.append(good)
    }
    return verified.isEmpty
      ? .rejected(reason: "no signature by a known key") : .verified(verified)
  }
}

extension VerifierKey {
  fileprivate func check(
    _ line: SignedNote.Signature, text: String
  ) -> NoteVerdict.VerifiedSignature? {
    switch algorithm {
    case .ed25519:
      let good = publicKey.verify(
        signature: line.payload, message: Array(text.utf8), algorithm: .ed25519)
      return good ? .init(name: name, time: nil) : nil
    case .cosignature:
      guard line.payload.count == 72 else { return nil }
      let time = line.payload[..<8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      let good = publicKey.verify(
        signature: Array(line.payload[8...]),
        message: NoteSigner.cosignedMessage(text: text, time: time), algorithm: .ed25519)
      return good ? .init(name: name, time: time) : nil
    }
  }
}
