import MerkleLog
import PKI
import Testing

let threeHundred = tree((0..<300).map { Array("entry-\($0)".utf8) })

let checkpointNote = """
  gateway.example/moderation-log
  300
  rrsCfVw90Ihx7lJXemH8gxItDRQ1J5GUNjm9TBLTaUM=

  — gateway.example/moderation-log JgQjwGlMn0S2K3pOO5M/vVtEyPxtxZEwfAywiuSyPsYYlPyJsqx9Y4ni6llod6zMCIXZrV/XFh4Fx67StxOiaEEYBQk=
  — witness.example/w1 3xwKNQAAAABlU/EAmDRGAV5Qhq2xL6LnU1Ay/kKezJIbqD7kegG3aV4+je9uwW3jHkeO/5Dk7zPp9aoU8o7WazdH61EwiwLeuOvUDw==

  """

struct CheckpointTests {
  @Test func `a log of 300 entries with its witness, byte for byte`() throws {
    let checkpoint = Checkpoint(origin: origin, size: 300, root: threeHundred.root)
    var note = try checkpoint.signed(by: NoteSigner(name: origin, key: logKey))
    try note.sign(
      NoteSigner(witness: "witness.example/w1", key: witnessKey, time: 1_700_000_000))
    #expect(String(decoding: note.bytes, as: UTF8.self) == checkpointNote)

    let parsed = try SignedNote(parsing: Array(checkpointNote.utf8))
    let log = try VerifierKey(logVerifierKey)
    let witness = try VerifierKey(witnessVerifierKey)
    #expect(
      parsed.verify([log, witness])
        == .verified([
          .init(name: origin, time: nil), .init(name: "witness.example/w1", time: 1_700_000_000),
        ]))
    #expect(parsed.checkpoint(signedBy: log) == .verified(checkpoint))
  }

  @Test func `the empty log, byte for byte`() throws {
    let note = try Checkpoint(origin: origin, size: 0, root: .empty)
      .signed(by: NoteSigner(name: origin, key: logKey))
    #expect(
      String(decoding: note.bytes, as: UTF8.self) == """
        gateway.example/moderation-log
        0
        47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=

        — gateway.example/moderation-log JgQjwIYs0vjoA8gJImTjulU7Nxr9uMRNVFjKpeLak16hXvpOKThzU2JqY7b0o+2qporvTe5ip4YX8pPoTSTf6fsviQg=

        """)
  }

  @Test(arguments: [
    "", "o\n1\n", "o\n\nrrsCfVw90Ihx7lJXemH8gxItDRQ1J5GUNjm9TBLTaUM=\n",
    "o\n01\nrrsCfVw90Ihx7lJXemH8gxItDRQ1J5GUNjm9TBLTaUM=\n",
    "o\n+1\nrrsCfVw90Ihx7lJXemH8gxItDRQ1J5GUNjm9TBLTaUM=\n",
    "o\n9223372036854775808\nrrsCfVw90Ihx7lJXemH8gxItDRQ1J5GUNjm9TBLTaUM=\n",
    "o\n99999999999999999999\nrrsCfVw90Ihx7lJXemH8gxItDRQ1J5GUNjm9TBLTaUM=\n",
    "o\n1\nrrsCfVw90Ihx7lJXemH8gxItDRQ1J5GUNjm9TBLTaUM\n",
    "o\n1\nrrsCfVw90Ihx7lJXemH8gxItDRQ1J5GUNjm9TBLTaUN=\n",
    "o\n0\nrrsCfVw90Ihx7lJXemH8gxItDRQ1J5GUNjm9TBLTaUM=\n",
    "\n1\nrrsCfVw90Ihx7lJXemH8gxItDRQ1J5GUNjm9TBLTaUM=\n",
    "o\n1\nrrsCfVw90Ihx7lJXemH8gxItDRQ1J5GUNjm9TBLTaUM=",
  ])
  func `what is no checkpoint is refused`(text: String) {
    let error = #expect(throws: NoteError.self) { try Checkpoint(text: text) }
    #expect(error?.code == .malformedCheckpoint)
  }

  @Test func `a checkpoint of another origin under this key is rejected`() throws {
    let signer = try NoteSigner(name: origin, key: logKey)
    let note = try Checkpoint(origin: "other.example", size: 0, root: .empty).signed(by: signer)
    #expect(
      note.checkpoint(signedBy: signer.verifierKey)
        == .rejected(reason: "the checkpoint is of another log: other.example"))
  }
}
