/// A note, key, checkpoint or proof file is not what its format asks for.
public struct NoteError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Stable words for programs.
  public enum Code: String, Sendable {
    case malformedNote = "note_malformed"
    case malformedKey = "vkey_malformed"
    case malformedCheckpoint = "checkpoint_malformed"
    case malformedProof = "proof_malformed"
    case malformedTile = "tile_malformed"
    case malformedRequest = "witness_request_malformed"
    case malformedPolicy = "witness_policy_malformed"
    case signingFailed = "note_signing_failed"
  }

  public let code: Code
  public let detail: String

  public init(_ code: Code, _ detail: String) {
    self.code = code
    self.detail = detail
  }

  public var description: String { detail }
}

/// ASCII decimal without sign or leading zeros, up to 2^63 - 1, as all of these formats write
/// numbers.
func parseDecimal(_ text: some StringProtocol) -> UInt64? {
  let digits = Array(text.utf8)
  guard !digits.isEmpty, digits.count <= 19, digits.allSatisfy({ 0x30...0x39 ~= $0 }),
    digits.count == 1 || digits[0] != 0x30
  else { return nil }
  // 19 digits always fit 64 bits.
  let value = digits.reduce(UInt64(0)) { $0 * 10 + UInt64($1 - 0x30) }
  return value <= MerkleProof.sizeLimit ? value : nil
}

/// The lines of a text that ends with a newline, without their newlines; nil when it does not end
/// so. Bytes, because `Character` would take "\r\n" for one newline.
func lines(_ bytes: ArraySlice<UInt8>) -> [ArraySlice<UInt8>]? {
  guard bytes.last == 0x0A else { return bytes.isEmpty ? [] : nil }
  return bytes.dropLast().split(separator: 0x0A, omittingEmptySubsequences: false)
}
