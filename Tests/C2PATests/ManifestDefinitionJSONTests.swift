import C2PA
import CBOR
import StrictJSON
import Testing

struct ManifestDefinitionJSONTests {
  private static let text = """
    {"title": "From a file", "claim_generator_info": [{"name": "demo", "version": "2"}],
     "assertions": [
       {"label": "c2pa.actions.v2", "data": {"actions": [
         {"action": "c2pa.created", "when": "2026-11-01T00:00:00Z", "softwareAgent": "model",
          "digitalSourceType": "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia",
          "parameters": {"ingredientIds": ["prompt"], "org.example.seed": 7}}]}},
       {"label": "org.example.note", "data": {"a": [1, true, null]}},
       {"label": "org.example.text", "kind": "Json", "created": false, "data": {"x": "y"}}],
     "ingredients": [{"label": "prompt", "relationship": "inputTo", "format": "text/plain",
       "data_types": [{"type": "c2pa.types.generator.prompt"}],
       "data": {"format": "text/plain", "identifier": "prompt.txt"}}]}
    """

  private func definition(_ text: String) throws -> ManifestDefinition {
    try ManifestDefinition(json: JSONValue.parse(text)) { Array("<\($0)>".utf8) }
  }

  @Test func `The reference library's form is read`() throws {
    let definition = try definition(Self.text)
    #expect(definition.title == "From a file")
    #expect(definition.generator.name == "demo")
    #expect(definition.allActionsIncluded)
    let action = try #require(definition.actions.first)
    #expect(action.softwareAgent?.name == "model")
    #expect(action.ingredients == ["prompt"])
    #expect(action.parameters == [.init("org.example.seed", 7)])
    #expect(definition.assertions.map(\.label) == ["org.example.note", "org.example.text"])
    #expect(definition.assertions.map(\.isGathered) == [false, true])
    #expect(definition.assertions[0].content == .cbor(["a": [1, true, .null]]))
    #expect(definition.assertions[1].content == .json(Array(#"{"x":"y"}"#.utf8)))
    let ingredient = try #require(definition.ingredients.first)
    #expect(ingredient.relationship == .inputTo)
    #expect(
      ingredient.data == .embedded(mediaType: "text/plain", bytes: Array("<prompt.txt>".utf8)))
  }

  @Test(arguments: [
    (#"{}"#, "claim_generator_info"),
    (#"{"claim_generator_info": [{"name": "x"}], "colour": 1}"#, "colour"),
    (
      #"{"claim_generator_info": [{"name": "x"}], "assertions": [{"data": {}}]}"#,
      "assertions[0].label"
    ),
    (
      #"{"claim_generator_info": [{"name": "x"}], "ingredients": [{"relationship": "uncle"}]}"#,
      "ingredients[0].relationship"
    ),
    (#"{"claim_generator_info": [{"name": "x"}], "title": 3}"#, "title"),
  ])
  func `What cannot be carried is named, not dropped`(text: String, place: String) throws {
    let error = #expect(throws: SigningError.self) { try definition(text) }
    #expect(error?.description.contains(place) == true, "\(String(describing: error))")
  }
}
