import C2PA
import StrictJSON
import Testing

@Suite struct DisplayTextTests {
  @Test func whatMovesOrReversesTheLineIsSpeltOut() {
    #expect(DisplayText.neutralised("a\u{1B}[2Jb") == "a\\u{1B}[2Jb")
    #expect(DisplayText.neutralised("exe.\u{202E}gpj") == "exe.\\u{202E}gpj")
    #expect(DisplayText.neutralised("a\nTRUSTED") == "a\\u{A}TRUSTED")
    #expect(DisplayText.neutralised("zero\u{200B}width\u{2066}") == "zero\\u{200B}width\\u{2066}")
  }

  @Test func lettersOfAllScriptsStay() {
    #expect(DisplayText.neutralised("Žluťoučký 写真 صورة 🎬") == "Žluťoučký 写真 صورة 🎬")
  }

  @Test func longTextsAreCut() {
    let text = DisplayText.neutralised(String(repeating: "x", count: 5000))
    #expect(text.count == DisplayText.lengthLimit + 1)
    #expect(text.hasSuffix("…"))
  }

  @Test func escapedJSONMeansTheSame() throws {
    let value: JSONValue = ["title": "a\u{202E}b\u{9B}c\u{E0001}d", "n": [1, 2]]
    for text in [value.compact, value.pretty] {
      let safe = DisplayText.escapedJSON(text)
      #expect(!safe.unicodeScalars.contains("\u{202E}"))
      #expect(try JSONValue.parse(safe) == value)
    }
  }
}
