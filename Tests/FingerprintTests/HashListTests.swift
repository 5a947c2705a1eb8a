import Fingerprint
import Testing

struct HashListTests {
  private let one = String(repeating: "0f", count: 32)
  private let two = String(repeating: "a5", count: 32)

  @Test func everyShapeOfALineIsRead() throws {
    let list = try HashList(
      parsing: """
        hash,quality,label,source
        # known pictures
        \(one)
        pdq \(two)

        \(two),77,"logo",own
        HASH_PDQ \(one)\r
        """)
    #expect(list.entries.map(\.hash.description) == [one, two, two, one])
    #expect(list.entries[2].quality == 77)
    #expect(list.entries[2].source == "own")
  }

  @Test(arguments: [
    ("zz", 1), ("\nmd5 d41d8cd98f00b204e9800998ecf8427e", 2),
    (String(repeating: "0", count: 63), 1), (String(repeating: "0", count: 64) + ",101", 1),
  ])
  func aLineThatIsNotUnderstoodIsNamed(_ text: String, _ line: Int) {
    let failure = #expect(throws: HashList.Failure.self) { try HashList(parsing: text) }
    #expect(failure?.line == line)
  }
}
