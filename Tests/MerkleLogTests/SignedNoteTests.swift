import MerkleLog
import PKI
import Testing

let logKey = try! PrivateKey(ed25519Seed: [UInt8](repeating: 1, count: 32))
let witnessKey = try! PrivateKey(ed25519Seed: [UInt8](repeating: 2, count: 32))
let origin = "gateway.example/moderation-log"
let logVerifierKey =
  "gateway.example/moderation-log+260423c0+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c"
let witnessVerifierKey =
  "witness.example/w1+df1c0a35+BIE5dw6ofRdfVqNUZsNMfszLjYqRtO43ol32D1uPybOU"

/// The note and key of the C2SP signed-note specification, and what others got wrong.
struct SignedNoteTests {
  static let key = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
  static let line =
    "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
  static let example = "This is an example message.\n\n" + line

  @Test func `the specification's example verifies`() throws {
    let note = try SignedNote(parsing: Array(Self.example.utf8))
    #expect(note.text == "This is an example message.\n")
    #expect(
      note.verify([try VerifierKey(Self.key)])
        == .verified([.init(name: "example.com/foo", time: nil)]))
    #expect(note.bytes == Array(Self.example.utf8))
  }

  @Test func `a verifier key reads and writes itself`() throws {
    for text in [Self.key, logVerifierKey, witnessVerifierKey] {
      #expect(try VerifierKey(text).text == text)
      #expect(try VerifierKey(text + "\n").text == text)
    }
    #expect(try NoteSigner(name: origin, key: logKey).verifierKey.text == logVerifierKey)
    #expect(
      try NoteSigner(witness: "witness.example/w1", key: witnessKey, time: 0).verifierKey.text
        == witnessVerifierKey)
  }

  @Test(arguments: [
    "", "example.com/foo", "example.com/foo+530d903a",
    "example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
    "example.com/bar+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
    "example.com/foo+530d903a+AukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
    "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2",
    "+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
  ])
  func `a bad verifier key is refused`(text: String) {
    let error = #expect(throws: NoteError.self) { try VerifierKey(text) }
    #expect(error?.code == .malformedKey)
  }

  @Test(arguments: [
    "", "\n", "\n\n", "text\n", "text\n\n", "text\n\nno dash\n", "text\n\n— name\n",
    "text\n\n— name AAAA\n", "text\n\n— name  AAAAAAAA\n", "text\n\n— na+me AAAAAAAA\n",
    "text\n\n— name AAAAAAAA", "text\r\n\n— name AAAAAAAA\n", "text\n\n— name AAAAAAAA\r\n",
    "text\n\n— name AAAAAAAA \n", "text\n\n— name AAAAAAB=\n", "text\u{1}\n\n— name AAAAAAAA\n",
  ])
  func `what is no signed note is refused`(text: String) {
    let error = #expect(throws: NoteError.self) { try SignedNote(parsing: Array(text.utf8)) }
    #expect(error?.code == .malformedNote)
  }

  @Test func `a changed text, an unknown key and a bad line are rejected`() throws {
    let key = try VerifierKey(Self.key)
    let changed = Self.example.replacing("example message", with: "example Message")
    #expect(
      try SignedNote(parsing: Array(changed.utf8)).verify([key])
        == .rejected(reason: "the signature of example.com/foo is bad"))
    let note = try SignedNote(parsing: Array(Self.example.utf8))
    #expect(
      note.verify([try VerifierKey(logVerifierKey)])
        == .rejected(reason: "no signature by a known key"))
    // One good line does not excuse a bad one of the same key; a stranger's line is passed over.
    let bad = Self.line.replacing("Uw2QOkn8", with: "Uw2QOkn9")
    let both = try SignedNote(parsing: Array((Self.example + bad).utf8))
    #expect(both.verify([key]) == .rejected(reason: "the signature of example.com/foo is bad"))
    let stranger = try SignedNote(parsing: Array((Self.example + "— other AAAAAAAA\n").utf8))
    #expect(stranger.verify([key]) == .verified([.init(name: "example.com/foo", time: nil)]))
  }

  @Test func `the last empty line divides, whatever the text holds`() throws {
    var note = try SignedNote(text: "a\n\n— example.com/foo AAAAAAAA\n")
    let signer = try NoteSigner(name: origin, key: logKey)
    try note.sign(signer)
    let again = try SignedNote(parsing: note.bytes)
    #expect(again == note)
    #expect(again.verify([signer.verifierKey]) == .verified([.init(name: origin, time: nil)]))
  }

  @Test func `too many lines or bytes are refused`() {
    let line = "— name AAAAAAAA\n"
    let many = "text\n\n" + String(repeating: line, count: SignedNote.signatureLimit + 1)
    #expect(throws: NoteError.self) { try SignedNote(parsing: Array(many.utf8)) }
    let long = String(repeating: "x", count: SignedNote.byteLimit) + "\n\n" + line
    #expect(throws: NoteError.self) { try SignedNote(parsing: Array(long.utf8)) }
  }
}
