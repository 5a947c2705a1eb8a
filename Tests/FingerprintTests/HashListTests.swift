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
    #expect(list.entries.map(\.hash.line) == [one, two, two, one].map { "pdq \($0)" })
    #expect(list.entries[2].label == "logo")
    #expect(list.entries[2].quality == 77)
    #expect(list.entries[2].source == "own")
  }

  @Test func kindIsTakenFromTheDigitsTheWordOrTheColumn() throws {
    let md5 = String(repeating: "0a", count: 16)
    let sha1 = String(repeating: "0b", count: 20)
    let list = try HashList(parsing: "\(md5)\n\(sha1)\nsha256 \(one)\nHASH_MD5 \(md5)\n")
    #expect(
      list.entries.map(\.hash.line)
        == ["md5 \(md5)", "sha1 \(sha1)", "sha256 \(one)", "md5 \(md5)"])
    let named = try HashList(parsing: "id,type,indicator,tag\n7,HASH_SHA256,\(two),A1\n")
    #expect(named.entries[0].hash.line == "sha256 \(two)")
    #expect(named.entries[0].id == "7" && named.entries[0].label == "A1")
  }

  @Test(arguments: [
    ("zz", 1), ("\npdna d41d8cd98f00b204e9800998ecf8427e", 2), ("md5 00", 1),
    (String(repeating: "0", count: 63), 1), (String(repeating: "0", count: 64) + ",101", 1),
  ])
  func aLineThatIsNotUnderstoodIsNamed(_ text: String, _ line: Int) {
    let failure = #expect(throws: HashList.Failure.self) { try HashList(parsing: text) }
    #expect(failure?.line == line)
  }
}
