import Policy
import Testing

@Suite struct PolicyLexiconTests {
  private func parse(_ text: String) throws(PolicyLoadError) -> PolicyLexicon {
    try PolicyLexicon.parse(Array(text.utf8), file: "words.json")
  }

  @Test func readsAList() throws {
    let lexicon = try parse(
      #"{"list": "words", "version": "1", "source": "own", "terms": ["one", "two words"]}"#)
    #expect(lexicon.terms == ["one", "two words"])
    #expect(lexicon.sha256.count == 64)
  }

  @Test func everyMistakeAtItsPlace() {
    let found = diagnostics { () throws(PolicyLoadError) in
      _ = try parse(
        """
        {"list": "words", "version": "1",
         "terms": ["One", " two", "three", "three", 4, " "], "term": []}
        """)
    }
    #expect(
      found.map { "\($0.line):\($0.column) \($0.code)" } == [
        "1:1 missing", "2:12 bad-name", "2:19 bad-name", "2:36 duplicate-term",
        "2:45 wrong-type", "2:48 out-of-range", "2:54 unknown-member",
      ])
  }
}
