import Moderation
import StrictJSON
import Testing

@testable import Gateway

/// Answers in the shapes that these servers give, and what they mean.
@Suite struct UpstreamDialectTests {
  private static let wish = VideoRequest(
    prompt: "a fox {{seed}}", model: "m", seconds: 8, size: FrameSize(width: 1280, height: 720),
    extras: [
      "negative_prompt": "rain", "seed": "7", "user": "u1", "safety_identifier": "u1",
      "metadata[a]": "b", "style": "noir",
    ])
  private let veo = VeoDialect(base: "https://g.example/v1beta", model: "veo-3.1")
  private let fal = FalDialect(base: "https://queue.example/fal-ai/wan")
  private let replicate = ReplicateDialect(base: "https://r.example/v1", model: "acme/clip")

  private func json(_ text: String) throws -> JSONValue { try JSONValue.parse(text) }

  @Test func `Veo: a running operation, a clip, and the filter's three ways to say no`() throws {
    let call = try veo.create(Self.wish, image: ([1, 2], "image/png"))
    #expect(call.url == "https://g.example/v1beta/models/veo-3.1:predictLongRunning")
    #expect(call.body?["instances"]?.array?.first?["image"]?["mimeType"]?.string == "image/png")
    #expect(call.body?["parameters"]?["aspectRatio"]?.string == "16:9")
    #expect(call.body?["parameters"]?["negativePrompt"]?.string == "rain")
    let name = "models/veo-3.1/operations/abc"
    #expect(veo.handle(["name": .string(name)]) == name)
    #expect(veo.poll(name).url == "https://g.example/v1beta/\(name)")
    #expect(veo.state(try json(#"{"name": "x"}"#), of: name) == .running)
    let done = try json(
      #"{"done": true, "response": {"generateVideoResponse": {"generatedSamples": [{"video": {"uri": "https://g.example/f"}}]}}}"#
    )
    #expect(veo.state(done, of: name) == .done("https://g.example/f"))
    let filtered = try json(
      #"{"done": true, "response": {"generateVideoResponse": {"raiMediaFilteredCount": 1, "raiMediaFilteredReasons": ["x"]}}}"#
    )
    guard case .refused = veo.state(filtered, of: name),
      case .refused = veo.state(try json(#"{"done": true}"#), of: name),
      case .refused = veo.state(
        try json(#"{"done": true, "error": {"code": 3, "message": "violates safety policies"}}"#),
        of: name),
      case .failed = veo.state(
        try json(#"{"done": true, "error": {"code": 13, "message": "internal"}}"#), of: name)
    else {
      Issue.record("a filtered clip was not a refusal")
      return
    }
  }

  @Test func `fal: queue, result, and a refusal in the result`() throws {
    let call = try fal.create(Self.wish, image: nil)
    #expect(call.url == "https://queue.example/fal-ai/wan")
    #expect(call.body?["style"]?.string == "noir" && call.body?["seed"]?.string == "7")
    // Who asks is nobody's business upstream.
    #expect(call.body?["user"] == nil && call.body?["safety_identifier"] == nil)
    #expect(fal.state(try json(#"{"status": "IN_QUEUE"}"#), of: "r1") == .running)
    #expect(
      fal.state(try json(#"{"status": "COMPLETED"}"#), of: "r1")
        == .then(.get("https://queue.example/fal-ai/wan/requests/r1")))
    #expect(
      fal.state(try json(#"{"video": {"url": "https://f.example/a.mp4"}}"#), of: "r1")
        == .done("https://f.example/a.mp4"))
    let flagged = try json(
      #"{"video": {"url": "https://f.example/a.mp4"}, "has_nsfw_concepts": [true]}"#)
    #expect(fal.state(flagged, of: "r1") == .refused("has_nsfw_concepts"))
    let detail = try json(#"{"detail": [{"type": "content_policy_violation", "msg": "x"}]}"#)
    #expect(fal.isRefusal(status: 422, detail))
    #expect(!fal.isRefusal(status: 422, try json(#"{"detail": [{"type": "missing"}]}"#)))
  }

  @Test func `Replicate: success without an output is a refusal`() throws {
    #expect(
      try replicate.create(Self.wish, image: nil).url
        == "https://r.example/v1/models/acme/clip/predictions")
    #expect(replicate.poll("p1").url == "https://r.example/v1/predictions/p1")
    for word in ["starting", "processing"] {
      #expect(replicate.state(["status": .string(word)], of: "p1") == .running)
    }
    for output in [#""https://o.example/a.mp4""#, #"["https://o.example/a.mp4"]"#] {
      #expect(
        replicate.state(try json(#"{"status": "succeeded", "output": \#(output)}"#), of: "p1")
          == .done("https://o.example/a.mp4"))
    }
    guard
      case .refused = replicate.state(
        try json(#"{"status": "succeeded", "output": null}"#), of: "p1"),
      case .refused = replicate.state(
        try json(#"{"status": "failed", "error": "NSFW content detected"}"#), of: "p1"),
      case .failed = replicate.state(
        try json(#"{"status": "failed", "error": "CUDA out of memory"}"#), of: "p1"),
      case .failed = replicate.state(try json(#"{"status": "canceled"}"#), of: "p1")
    else {
      Issue.record("a filtered clip was not a refusal")
      return
    }
  }

  @Test func `ComfyUI: the graph is filled in once, and the clip is found in the history`() throws {
    let workflow = try json(
      #"{"3": {"inputs": {"text": "{{prompt}}, film", "w": "{{width}}", "seed": "{{seed}}"}}}"#)
    let comfy = ComfyUIDialect(base: "http://c.example:8188", workflow: workflow)
    let inputs = try comfy.create(Self.wish, image: nil).body?["prompt"]?["3"]?["inputs"]
    // A prompt that spells a place stays what it is.
    #expect(inputs?["text"]?.string == "a fox {{seed}}, film")
    #expect(inputs?["w"]?.integer == 1280)
    #expect(inputs?["seed"]?.integer != nil)
    #expect(comfy.state([:], of: "p1") == .running)
    let done = try json(
      #"{"p1": {"status": {"status_str": "success", "completed": true}, "outputs": {"9": {"gifs": [{"filename": "a b.mp4", "subfolder": "", "type": "output"}]}}}}"#
    )
    #expect(
      comfy.state(done, of: "p1")
        == .done("http://c.example:8188/view?filename=a%20b%2Emp4&subfolder=&type=output"))
    let failed = try json(#"{"p1": {"status": {"status_str": "error", "completed": false}}}"#)
    #expect(comfy.state(failed, of: "p1") == .failed("the graph failed"))
    #expect(throws: GenerationFailure.self) {
      try comfy.create(Self.wish, image: ([1], "image/png"))
    }
  }
}
