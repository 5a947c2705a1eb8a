import MediaJobs
import Moderation

/// A decoded `POST /v1/images/generations` or `/edits`, before anything of it is judged.
struct ImageBody: Equatable, Sendable {
  static let defaultModel = "gpt-image-1"
  static let maximumCount = 10
  static let defaultSide = 1024
  /// What the built-in renderer draws and what models make today.
  static let sides = 64...4096
  static let maximumPixels = 3840 * 2160
  static let maximumRatio = 3
  static let maximumReferences = 16

  let prompt: String
  let model: String
  let count: Int
  let size: FrameSize
  let format: StillRequest.Format
  let compression: Int
  /// By address instead of base64.
  let wantsURL: Bool
  let isStreamed: Bool
  let endUser: String?
  /// `quality`, `style` and what Assay does not know: passed to the core, judged like the prompt.
  let extras: [String: String]
  let quality: String
  /// Data URLs of a JSON edit, in order.
  let inline: [DataURL]

  /// The last two are of the models before gpt-image-1.
  private static let qualities = ["auto", "low", "medium", "high", "standard", "hd"]

  init(_ fields: FormFields) throws(APIError) {
    var fields = fields
    prompt = try CreateVideoBody.prompt(&fields)
    model = try CreateVideoBody.model(&fields) ?? Self.defaultModel
    count = try Self.number("n", in: 1...Self.maximumCount, &fields) ?? 1
    size = try Self.size(&fields)
    format =
      try Self.choice(
        "output_format", of: StillRequest.Format.allCases.map(\.rawValue), &fields
      ).flatMap(StillRequest.Format.init) ?? .png
    compression = try Self.number("output_compression", in: 0...100, &fields) ?? 100
    wantsURL = try Self.choice("response_format", of: ["b64_json", "url"], &fields) == "url"
    isStreamed = try Self.flag("stream", &fields) ?? false
    // A partial picture is an output too, and nobody has looked at it: the API allows none.
    _ = try Self.number("partial_images", in: 0...3, &fields)
    _ = try Self.choice("moderation", of: ["auto", "low"], &fields)
    if try Self.choice("background", of: ["auto", "opaque", "transparent"], &fields)
      == "transparent"
    {
      throw .invalid(
        "background", "This server draws opaque pictures only.", code: "unsupported_value")
    }
    quality = try Self.choice("quality", of: Self.qualities, &fields) ?? "auto"
    endUser = try CreateVideoBody.endUser(&fields)
    inline = try Self.inline(&fields)
    extras = try fields.rest()
  }

  private static func inline(_ fields: inout FormFields) throws(APIError) -> [DataURL] {
    var images: [DataURL] = []
    for stem in ["image", "images"] {
      for place in ["[image_url]"] + (0..<maximumReferences).map({ "[\($0)][image_url]" }) {
        guard let url = try CreateVideoBody.text(stem + place, &fields) else { continue }
        do {
          guard let image = try DataURL(url) else {
            throw APIError.invalid(
              "image", "This server does not fetch addresses; send a file or a data URL.",
              code: "unsupported_image_url")
          }
          images.append(image)
        } catch let error as APIError {
          throw error
        } catch {
          throw .invalid("image", "Invalid 'image_url': not a base64 data URL.")
        }
      }
    }
    return images
  }

  static func number(
    _ name: String, in range: ClosedRange<Int>, _ fields: inout FormFields
  ) throws(APIError) -> Int? {
    guard let given = try fields.takeScalar(name) else { return nil }
    guard let number = Int(given.spelling), range.contains(number) else {
      throw .invalid(
        name,
        "Invalid '\(name)': give a whole number from \(range.lowerBound) to \(range.upperBound).")
    }
    return number
  }

  static func choice(
    _ name: String, of choices: [String], _ fields: inout FormFields
  ) throws(APIError) -> String? {
    guard let given = try CreateVideoBody.text(name, &fields) else { return nil }
    guard choices.contains(given) else {
      throw .invalid(name, CreateVideoBody.unsupported(given, of: choices))
    }
    return given
  }

  /// Forms know only text, so `true` comes as a word there.
  static func flag(_ name: String, _ fields: inout FormFields) throws(APIError) -> Bool? {
    switch try fields.takeScalar(name) {
    case nil: return nil
    case .literal("true"), .text("true"), .text("True"), .text("1"): return true
    case .literal("false"), .text("false"), .text("False"), .text("0"): return false
    default: throw .invalid(name, "Invalid '\(name)': give true or false.", code: "invalid_type")
    }
  }

  private static func size(_ fields: inout FormFields) throws(APIError) -> FrameSize {
    let square = FrameSize(width: defaultSide, height: defaultSide)
    guard let given = try CreateVideoBody.text("size", &fields), given != "auto" else {
      return square
    }
    guard let size = FrameSize(given), sides.contains(size.width), sides.contains(size.height),
      size.width % 16 == 0, size.height % 16 == 0, size.width * size.height <= maximumPixels,
      max(size.width, size.height) <= maximumRatio * min(size.width, size.height)
    else {
      throw .invalid(
        "size",
        "Invalid 'size': give 'auto' or WIDTHxHEIGHT, both divisible by 16 and at least "
          + "\(sides.lowerBound), at most 3:1 and \(maximumPixels) pixels.")
    }
    return size
  }
}
