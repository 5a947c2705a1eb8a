import Bytes
import Evidence
public import Moderation
public import Pixels
import StrictJSON

/// A vision-language model behind `POST /v1/chat/completions` that says what a picture shows. Its
/// words are judged like any text: what no local model sees in pixels, the rules for text may.
public struct RemoteDescriber: PictureDescribing {
  private let service: RemoteService
  private let model: String

  init(_ service: RemoteService, model: String) {
    self.service = service
    self.model = model
  }

  public var check: String { service.settings.name }

  public func describe(_ image: RGBImage) async -> PictureDescription {
    let png = Base64.encode(PlainPNG.encode(image.within(CombinedFrameChecks.side)))
    let body = RemoteBody([
      "model": .string(model), "temperature": 0, "max_tokens": 300,
      "messages": [
        [
          "role": "user",
          "content": [
            ["type": "text", "text": .string(Self.instruction)],
            ["type": "image_url", "image_url": ["url": .string("data:image/png;base64,\(png)")]],
          ],
        ]
      ],
    ])
    do {
      return .text(try await service.ask(RemoteRequest(body), Self.description))
    } catch {
      return .unknown(service.reason(of: error))
    }
  }

  /// It is asked for facts and not for a judgement: judging is the policy's.
  private static let instruction = """
    Describe in at most five plain sentences what this picture shows: people, their apparent age, \
    dress and what they do; bare skin; weapons, wounds, blood; drugs; symbols and flags; known \
    people, characters and brands; writing, word for word. Name what is there and do not judge it. \
    Begin with "The picture shows".
    """

  private static let beginning = "the picture shows"

  /// Models also decline in plain words, which would pass for a harmless description: only what
  /// begins as was asked for is one.
  static func description(_ answer: RemoteBody) throws(RemoteFault) -> String {
    let content = try ChatAnswer(answer).content
    var text = content.drop { $0.isWhitespace || "\"*".contains($0) }
    while text.last?.isWhitespace == true { text.removeLast() }
    guard text.lowercased().hasPrefix(beginning), text.utf8.count > beginning.utf8.count + 2 else {
      throw RemoteFault(kind: .lasting, detail: "it did not describe the picture")
    }
    return String(text)
  }
}
