import Labels
import Testing

@Suite struct AIGCLabelTests {
  private static let text =
    #"{"Label":"1","ContentProducer":"00119144030071526726XG00000","ProduceID":"clip-7","#
    + #""ReservedCode1":"","ContentPropagator":"","PropagateID":"","ReservedCode2":""}"#

  @Test func sevenKeysAreWrittenInTheStandardsOrder() throws {
    let label = AIGCLabel(
      contentProducer: "00119144030071526726XG00000", produceID: "clip-7")
    #expect(label.text == Self.text)
    #expect(try AIGCLabel(parsing: Self.text) == label)
  }

  @Test func wrappedFormIsRead() throws {
    #expect(try AIGCLabel(parsing: "{\"AIGC\": \(Self.text)}").produceID == "clip-7")
  }

  @Test func otherScriptsAreEscaped() throws {
    let label = AIGCLabel(contentProducer: "检测 🎬", produceID: "ü")
    #expect(label.text.utf8.allSatisfy { $0 < 0x80 })
    #expect(try AIGCLabel(parsing: label.text) == label)
  }

  @Test func everyFaultIsNamed() {
    let failure = #expect(throws: LabelError.self) {
      try AIGCLabel(parsing: #"{"Label":"4","ContentProducer":7,"Extra":"x"}"#)
    }
    let text = failure?.description ?? ""
    for part in ["ProduceID is missing", "ContentProducer is no string", "Extra is no key"] {
      #expect(text.contains(part))
    }
    #expect(throws: LabelError.self) { try AIGCLabel(parsing: "AI") }
    #expect(throws: LabelError.self) {
      try AIGCLabel(parsing: Self.text.replacing("\"1\"", with: "\"4\""))
    }
  }

  @Test func propagatorMayBeAddedAndNothingElse() {
    let first = AIGCLabel(contentProducer: "A", produceID: "1")
    var second = first
    second.contentPropagator = "B"
    second.propagateID = "2"
    #expect(first.isContinued(by: second))
    #expect(!second.isContinued(by: first))
    second.contentProducer = "C"
    #expect(!first.isContinued(by: second))
  }
}
