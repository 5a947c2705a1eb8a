import Testing

@testable import Gateway

struct VerifyPageTests {
  private func page(_ text: String) -> String {
    VerifyPage(
      form: .init(takesAddresses: true, limit: "100", problem: text),
      result: .init(
        tone: "bad", symbol: "✕", headline: text, sentence: text,
        pictures: [.init(caption: text, source: "data:image/png;base64,AA==")], hasPictures: true,
        facts: [.init(name: text, text: text)], hasFacts: true,
        marks: [.init(name: "m", text: text)],
        historyTitle: "History",
        history: [
          .init(
            title: text, notes: [text], steps: [text],
            children: [
              .init(
                title: text, notes: [], steps: [], children: [], hasSteps: false,
                hasChildren: false)
            ], hasSteps: true, hasChildren: true)
        ], hasHistory: true,
        checks: [.init(word: "failed", tone: "bad", code: text, text: text)], hasChecks: true,
        problems: [text], hasProblems: true)
    ).html
  }

  /// Manifests are written by anybody. The second text is a quotation mark with an accent: one
  /// character to Swift, still the end of an attribute to a browser.
  @Test(arguments: [
    "<script>alert(1)</script>", "\"\u{301} onmouseover=alert(1) x=\"", "<\u{338}img src=x>",
    "'><svg onload=alert(1)>", "</title><h1>", "&lt;{{form}}",
  ])
  func hostileTextsStayTexts(_ text: String) {
    let html = page(text)
    let before = page("MARKER").unicodeScalars
    for scalar: Unicode.Scalar in ["<", ">", "\""] {
      #expect(
        html.unicodeScalars.count { $0 == scalar } == before.count { $0 == scalar }, "\(scalar)")
    }
    #expect(html.components(of: "MARKER") == 0)
  }

  @Test func aChildShowsNothingOfItsParent() {
    let html = page("MARKER")
    #expect(html.components(of: "class=\"node\"") == 2)
    #expect(html.components(of: "<ol>") == 1)
  }

  @Test func theEmptyPageSaysWhetherAddressesAreFetched() {
    let closed = VerifyPage(form: .init(takesAddresses: false, limit: "100", problem: nil)).html
    #expect(closed.contains("fetches no files from addresses") && !closed.contains("name=\"url\""))
    let open = VerifyPage(form: .init(takesAddresses: true, limit: "100", problem: nil)).html
    #expect(open.contains("name=\"url\"") && open.contains("<html lang=\"en\">"))
    #expect(!open.contains("role=\"alert\""))
  }
}

extension String {
  fileprivate func components(of part: String) -> Int {
    var count = 0
    var rest = self[...]
    while let found = rest.firstRange(of: part) {
      count += 1
      rest = rest[found.upperBound...]
    }
    return count
  }
}
