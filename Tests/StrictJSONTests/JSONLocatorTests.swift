import StrictJSON
import Testing

@Suite struct JSONLocatorTests {
  let text = """
    {
      "a": [1, {"tricky \\" , } name": "x,]}"}, [2, 3]],
      "größe": {"b":   true},
      "c": null
    }
    """

  private func place(_ path: [JSONStep], ofName: Bool = false) -> [Int] {
    let found = JSONLocator(Array(text.utf8)).position(of: path, ofName: ofName)
    return [found.line, found.column]
  }

  @Test func findsValuesAndNames() {
    #expect(place([]) == [1, 1])
    #expect(place([.member("a")]) == [2, 8])
    #expect(place([.member("a"), .element(0)]) == [2, 9])
    #expect(place([.member("a"), .element(1), .member("tricky \" , } name")]) == [2, 35])
    #expect(place([.member("a"), .element(2), .element(1)]) == [2, 48])
    #expect(place([.member("c")]) == [4, 8])
    #expect(place([.member("c")], ofName: true) == [4, 3])
  }

  @Test func columnsCountCharactersNotBytes() {
    #expect(place([.member("größe")], ofName: true) == [3, 3])
    #expect(place([.member("größe"), .member("b")]) == [3, 20])
  }

  @Test func pathThatLeadsNowhereStopsAtTheLastValue() {
    #expect(place([.member("c"), .member("d")]) == [4, 8])
    #expect(place([.member("a"), .element(9)]) == [2, 8])
  }

  @Test func otherTextsStayInside() {
    for text in ["", "{", "{\"a\"", "[", "\"", "{\"a\\", "{\"a\":"] {
      let found = JSONLocator(Array(text.utf8)).position(of: [.member("a"), .element(0)])
      #expect(found.line == 1)
    }
  }
}
