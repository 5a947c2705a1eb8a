import Bytes
import Classifiers
import Evidence
import Glibc
import HTTPTypes
import Hummingbird
import MediaClient
import MediaJobs
import Moderation
import NIOCore
import PKI
import Pixels
import Policy
import StrictJSON

/// `POST /v1/moderations` in OpenAI's shape, answered by our own classifiers. It answers a question
/// and decides nothing, so it leaves no leaf in the log.
struct ModerationRoutes: Sendable {
  /// A list of texts in one request; more are sent in several.
  static let maximumInputs = 256
  /// Pictures of one request.
  static let maximumImages = 8
  static let maximumBodyBytes = 32 << 20
  /// Texts in flight at the classifiers, which wait for one another behind it.
  static let width = 4
  /// Pictures are judged at this size.
  static let imageSide = 1024
  /// What is answered as `model`.
  static let model = "assay-moderation"

  private let policies: PolicyShelf
  private let text: any TextChecking
  private let frames: any FrameChecking
  private let reader: (any PictureReading)?
  private let picture: @Sendable (String) async throws(MediaFailure) -> RGBImage

  /// - Parameters:
  ///   - reader: reads what is written in pictures; nil reads nothing.
  ///   - picture: decodes the file at a path, outside this process.
  init(
    policies: PolicyShelf, text: any TextChecking, frames: any FrameChecking,
    reader: (any PictureReading)? = nil,
    picture: @escaping @Sendable (String) async throws(MediaFailure) -> RGBImage
  ) {
    self.policies = policies
    self.text = text
    self.frames = frames
    self.reader = reader
    self.picture = picture
  }

  func add(to group: RouterGroup<GatewayContext>) {
    group.serve("moderations", [.post: create])
  }

  private func create(_ request: Request, _ context: GatewayContext) async throws -> Response {
    let inputs = try ModerationInput.read(try await body(of: request))
    let moderation = PictureModeration(
      policy: policies.policy(for: context.tenant), text: text, frames: frames, reader: reader)
    let subject = Subject(tenant: context.tenant)
    let answers = await inOrder(inputs, width: Self.width) {
      await answer(to: $0, moderation, subject: subject)
    }
    return Response(
      json: .object([
        .init("id", .string("modr-\(Hex.encode(SecureRandom.bytes(16)))")),
        .init("model", .string(Self.model)),
        .init("results", .array(try answers.map { try $0.get() })),
      ]))
  }

  private func body(of request: Request) async throws -> [UInt8] {
    do {
      let buffer = try await request.body.collect(upTo: Self.maximumBodyBytes)
      return Array(buffer.readableBytesView)
    } catch is NIOTooManyBytesError {
      throw APIError.tooLarge(
        nil, "The request body is larger than \(Self.maximumBodyBytes) bytes.")
    }
  }

  private func answer(
    to input: ModerationInput, _ moderation: PictureModeration, subject: Subject
  ) async -> Result<JSONValue, APIError> {
    var items: [EvidenceItem] = []
    for content in input.texts {
      items.append(await moderation.item(for: content))
    }
    for image in input.images {
      do {
        items += await moderation.items(for: try await decoded(image))
      } catch {
        return .failure(error)
      }
    }
    // A number that was not measured would be read as "clean": better no answer than that one.
    let failed = items.contains { item in
      let check = item.kind == .frame ? "nudity" : "text"
      return !item.signals.contains { signal in
        if case .score = signal.value { signal.check == check } else { false }
      }
    }
    guard !failed else { return .failure(.classifierUnavailable) }
    let decision = moderation.policy.evaluate(stage: .inspect, items: items, subject: subject)
    return .success(ModerationResult(items: items, decision: decision).json)
  }

  private func decoded(_ image: DataURL) async throws(APIError) -> RGBImage {
    let path = "\(TemporaryPlace.folder)/assay-moderation-\(Hex.encode(SecureRandom.bytes(12)))"
    defer { unlink(path) }
    let bytes = image.bytes
    do {
      // Written with the rights of this user alone, and gone before the answer.
      let sink = try SpoolWriter(path: path)
      try await sink.write(ByteBuffer(bytes: bytes))
      try await sink.finish()
    } catch {
      throw .storageUnavailable
    }
    do {
      return try await picture(path)
    } catch {
      switch error {
      case .refused(let refusal):
        throw .invalid("input", refusal.sentence, code: "invalid_image_file")
      default:
        throw .invalid("input", "The image could not be decoded.", code: "invalid_image_file")
      }
    }
  }
}

/// One thing to judge: a text, or texts and pictures that belong together.
struct ModerationInput: Equatable, Sendable {
  var texts: [String] = []
  var images: [DataURL] = []

  /// `input` as clients send it: a text, a list of texts (one answer each), or a list of parts (one
  /// answer for all).
  static func read(_ body: [UInt8]) throws(APIError) -> [ModerationInput] {
    let json: JSONValue
    do {
      json = try JSONValue.parse(body, byteLimit: ModerationRoutes.maximumBodyBytes)
    } catch {
      throw APIError(
        .badRequest, "We could not parse the JSON body of your request: \(error.reason).",
        code: "invalid_json")
    }
    if let model = json["model"], model.string == nil, !model.isNull {
      throw .invalid("model", "Invalid type for 'model': expected a string.", code: "invalid_type")
    }
    guard let input = json["input"] else {
      throw .invalid(
        "input", "Missing required parameter: 'input'.", code: "missing_required_parameter")
    }
    if let text = input.string { return [ModerationInput(texts: [text])] }
    guard let entries = input.array, !entries.isEmpty else {
      throw .invalid(
        "input", "Invalid 'input': give a string, a list of strings, or a list of parts.")
    }
    guard entries.count <= ModerationRoutes.maximumInputs else {
      throw .invalid(
        "input",
        "Invalid 'input': \(entries.count) entries; at most \(ModerationRoutes.maximumInputs).")
    }
    let texts = entries.compactMap(\.string)
    if texts.count == entries.count { return texts.map { ModerationInput(texts: [$0]) } }
    var whole = ModerationInput()
    for (index, entry) in entries.enumerated() { try whole.add(entry, at: index) }
    guard whole.images.count <= ModerationRoutes.maximumImages else {
      throw .invalid(
        "input",
        "Invalid 'input': \(whole.images.count) images; at most \(ModerationRoutes.maximumImages).")
    }
    return [whole]
  }

  private mutating func add(_ part: JSONValue, at index: Int) throws(APIError) {
    let name = "input[\(index)]"
    switch part["type"]?.string {
    case "text":
      guard let text = part["text"]?.string else {
        throw .invalid("\(name).text", "Missing 'text' of a text part.")
      }
      texts.append(text)
    case "image_url":
      guard let url = part["image_url"]?["url"]?.string else {
        throw .invalid("\(name).image_url", "Missing 'image_url.url' of an image part.")
      }
      let decoded: DataURL?
      do {
        decoded = try DataURL(url)
      } catch {
        throw .invalid(
          "\(name).image_url",
          "Invalid 'url': a data URL is 'data:TYPE;base64,' with padded base64.",
          code: "invalid_image_url")
      }
      guard let decoded, !decoded.bytes.isEmpty else {
        throw .invalid(
          "\(name).image_url",
          "Invalid 'url': this server fetches no addresses. Send the image as a data URL.",
          code: "unsupported_image_url")
      }
      images.append(decoded)
    default:
      throw .invalid(
        "\(name).type", "Invalid part: give strings only, or parts of type text and image_url.")
    }
  }
}

/// The three maps of one answer. All 13 names are always there; what else the policy names, such as
/// `likeness`, stands beside them.
struct ModerationResult: Sendable {
  let items: [EvidenceItem]
  let decision: Decision

  /// The one category that a picture check speaks to.
  private static let ofImages = (signal: "nudity", category: "sexual")

  var json: JSONValue {
    var scores: [String: Double] = [:]
    var sources: [String: Set<String>] = [:]
    for item in items {
      let source = item.kind == .prompt ? "text" : "image"
      for signal in item.signals {
        let name = signal.name == Self.ofImages.signal ? Self.ofImages.category : signal.name
        guard case .score(let score) = signal.value, TextClassifier.categories.contains(name) else {
          continue
        }
        scores[name] = max(scores[name] ?? 0, score)
        sources[name, default: []].insert(source)
      }
    }
    // What fired for want of an age or a check is no statement about the content.
    let firing = decision.fired.filter {
      !$0.isShadow && $0.outcome >= .review && $0.unknown == nil
    }
    var names = TextClassifier.categories
    for rule in firing where !names.contains(rule.category) {
      names.append(rule.category)
      sources[rule.category] = [rule.evidence == .prompt ? "text" : "image"]
      scores[rule.category] = rule.score ?? 1
    }
    let flagged = Set(firing.map(\.category))
    return .object([
      .init("flagged", .bool(!flagged.isEmpty)),
      .init(
        "categories", .object(names.map { .init($0, .bool(flagged.contains($0))) })),
      .init(
        "category_scores", .object(names.map { .init($0, .real(scores[$0] ?? 0)) })),
      .init(
        "category_applied_input_types",
        .object(
          names.map { name in
            .init(name, .array((sources[name] ?? []).sorted().reversed().map { .string($0) }))
          })),
    ])
  }
}

extension APIError {
  /// The classifiers have no answer: their models are missing, or too much waits for them.
  static let classifierUnavailable = APIError(
    .serviceUnavailable,
    "The classifiers have no answer now, so nothing is said of this input.",
    type: "server_error", code: "classifier_unavailable")
}
