import HTTPTypes
import Moderation
import StrictJSON
import Testing

@testable import Gateway

@Suite struct CreateVideoBodyTests {
  static func body(_ json: JSONValue, file: SpooledFile? = nil) throws -> CreateVideoBody {
    try CreateVideoBody(try FormFields(json: json), file: file)
  }

  static let file = SpooledFile(path: "/x", byteCount: 3, declaredMediaType: "image/png")

  @Test func `a prompt alone is enough`() throws {
    let body = try Self.body(["prompt": "a fox"])
    #expect(body.prompt == "a fox")
    #expect(body.model == "sora-2")
    #expect(body.seconds == 4)
    #expect(body.size == FrameSize(width: 720, height: 1280))
    #expect(body.reference == nil && body.endUser == nil && body.extras.isEmpty)
  }

  @Test func `seconds may be a number or a string`() throws {
    #expect(try Self.body(["prompt": "a", "seconds": 8]).seconds == 8)
    #expect(try Self.body(["prompt": "a", "seconds": "12"]).seconds == 12)
  }

  @Test func `unknown fields are kept under their form names`() throws {
    let body = try Self.body([
      "prompt": "a", "caption": "Hi", "fps": 24, "nothing": nil,
      "metadata": ["a": true, "b": ["x", "y"]], "safety_identifier": "u1", "user": "u2",
    ])
    #expect(
      body.extras == [
        "caption": "Hi", "fps": "24", "metadata[a]": "true", "metadata[b][0]": "x",
        "metadata[b][1]": "y",
      ])
    #expect(body.endUser == "u1")
  }

  @Test func `an image comes as a file, a data URL or not at all`() throws {
    #expect(try Self.body(["prompt": "a"], file: Self.file).reference == .file(Self.file))
    let empty = SpooledFile(path: "/x", byteCount: 0, declaredMediaType: "image/png")
    #expect(try Self.body(["prompt": "a"], file: empty).reference == nil)
    let inline = try Self.body([
      "prompt": "a", "input_reference": ["image_url": "data:image/PNG;base64,AAEC"],
    ])
    guard case .inline(let image) = inline.reference else {
      Issue.record("no inline image")
      return
    }
    #expect(image.mediaType == "image/png")
    #expect(image.bytes == [0, 1, 2])
  }

  @Test(
    arguments: [
      (["seconds": "4"], "prompt", "missing_required_parameter"),
      (["prompt": ""], "prompt", "string_below_min_length"),
      (["prompt": 5], "prompt", "invalid_type"),
      (
        ["prompt": .string(String(repeating: "a", count: 32_001))], "prompt",
        "string_above_max_length"
      ),
      (["prompt": "a", "seconds": 5], "seconds", "invalid_value"),
      (["prompt": "a", "size": "640x480"], "size", "invalid_value"),
      (["prompt": "a", "size": 3], "size", "invalid_type"),
      (["prompt": "a", "size": [:]], "size", "invalid_type"),
      (["prompt": "a", "seconds": ["4"]], "seconds", "invalid_type"),
      (["prompt": "a", "tags": [nil]], "tags", "invalid_type"),
      (["prompt": "a", "consents": [[:]]], "consents", "invalid_type"),
      (["prompt": "a", "consents": [:]], "consents", "invalid_type"),
      (["prompt": "a", "model": ""], "model", "invalid_value"),
      (["prompt": "a", "input_reference": "x"], "input_reference", "invalid_value"),
      (["prompt": "a", "input_reference": ["url": "x"]], "input_reference", "invalid_value"),
      (
        ["prompt": "a", "input_reference": ["file_id": "file-1"]], "input_reference",
        "unsupported_parameter"
      ),
      (
        ["prompt": "a", "input_reference": ["image_url": "https://example.com/a.png"]],
        "input_reference", "unsupported_image_url"
      ),
      (
        ["prompt": "a", "input_reference": ["image_url": "data:image/png,abc"]], "input_reference",
        "invalid_image_url"
      ),
      (
        ["prompt": "a", "input_reference": ["image_url": "data:image/png;base64,A"]],
        "input_reference", "invalid_image_url"
      ),
      (["prompt": "a", "m": [[[[["too deep"]]]]]], "m[0][0][0][0]", "invalid_value"),
    ] as [(JSONValue, String, String)])
  func `a bad field is named`(json: JSONValue, parameter: String, code: String) throws {
    let error = #expect(throws: APIError.self) { _ = try Self.body(json) }
    #expect(error?.status == .badRequest)
    #expect(error?.parameter == parameter)
    #expect(error?.code == code)
  }

  @Test func `two images are one too many`() throws {
    let error = #expect(throws: APIError.self) {
      _ = try Self.body(
        ["prompt": "a", "input_reference": ["image_url": "data:image/png;base64,AAEC"]],
        file: Self.file)
    }
    #expect(error?.parameter == "input_reference")
  }

  @Test func `a form may repeat only array fields`() throws {
    var fields = FormFields()
    try fields.add("1", as: "tags[]")
    try fields.add("2", as: "tags[]")
    try fields.add("a", as: "prompt")
    #expect(fields["tags[1]"] == .text("2"))
    #expect(throws: APIError.self) { try fields.add("b", as: "prompt") }
  }
}
