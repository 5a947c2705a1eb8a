import StrictXML
import Testing

@Suite struct XMLScannerTests {
  private func tokens(_ text: String) throws -> [String] {
    var scanner = XMLScanner(Array(text.utf8))
    var found: [String] = []
    while let token = try scanner.next() {
      switch token {
      case .start(let name, _, let attributes, let isEmpty):
        let pairs = attributes.map { " {\($0.name.namespace)}\($0.name.local)=\($0.value)" }
        found.append("<{\(name.namespace)}\(name.local)\(pairs.joined())\(isEmpty ? "/" : "")>")
      case .end(let name): found.append("</\(name.local)>")
      case .text(let text): found.append(text)
      }
    }
    return found
  }

  @Test func namespacesAndEntitiesAreResolved() throws {
    let text = """
      <?xml version="1.0"?><!-- <no> --><a xmlns="urn:1" xmlns:p='urn:2' x="1" p:y="&lt;&#65;"><p:b/>\
      t&amp;&#x42;<![CDATA[<&]]><c xmlns=""/></a>
      """
    #expect(
      try tokens(text) == [
        "<{urn:1}a {}x=1 {urn:2}y=<A>", "<{urn:2}b/>", "t&B", "<&", "<{}c/>", "</a>",
      ])
  }

  @Test(arguments: [
    "<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>", "<a>&e;</a>", "<a></b>", "<a",
    "<a b='1'c='2'/>",
    "<a b=1/>", "</a>", "<a><!-- </a>", "<a>", String(repeating: "<a>", count: 65),
  ])
  func whatIsNotSimpleIsRefused(text: String) {
    #expect(throws: XMLError.self) { try tokens(text) }
  }

  @Test func everyCutIsRefused() throws {
    let whole = Array("<a x=\"1\">t<b><![CDATA[c]]></b></a>".utf8)
    for count in 1..<whole.count {
      #expect(throws: XMLError.self) {
        try tokens(String(decoding: whole[..<count], as: UTF8.self))
      }
    }
  }
}
