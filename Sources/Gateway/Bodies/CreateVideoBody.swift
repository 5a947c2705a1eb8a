import Moderation

/// A decoded `POST /v1/videos`, before anything of it is judged.
struct CreateVideoBody: Equatable, Sendable {
  static let maximumPromptCharacters = 32_000
  /// OpenAI's limit for `image_url`, in characters; a data URL is the longest thing it can be.
  static let maximumImageURLCharacters = 20_971_520
  /// OpenAI asks callers for a hashed identifier; 512 leaves room for any.
  static let maximumIdentifierLength = 512
  static let defaultModel = "sora-2"
  static let durations = [4, 8, 12]
  static let sizes = ["720x1280", "1280x720", "1024x1792", "1792x1024"]

  /// The image to start from, as it came.
  enum Reference: Equatable, Sendable {
    case file(SpooledFile)
    case inline(DataURL)
  }

  let prompt: String
  let model: String
  let seconds: Int
  let size: FrameSize
  let reference: Reference?
  /// `safety_identifier`, or the older `user`.
  let endUser: String?
  /// What is none of the above, by its form name.
  let extras: [String: String]

  /// - Parameter file: the part `input_reference`, if it came as a file. An empty file is none.
  /// - Throws: 400 with `param` naming the field.
  init(_ fields: FormFields, file: SpooledFile?) throws(APIError) {
    var fields = fields
    prompt = try CreateVideoBody.prompt(&fields)
    model = try CreateVideoBody.model(&fields) ?? CreateVideoBody.defaultModel
    seconds = try CreateVideoBody.seconds(&fields)
    size = try CreateVideoBody.size(&fields)
    reference = try CreateVideoBody.reference(&fields, file: file)
    endUser = try CreateVideoBody.endUser(&fields)
    extras = try fields.rest()
  }

  static func model(_ fields: inout FormFields) throws(APIError) -> String? {
    guard let model = try text("model", &fields) else { return nil }
    guard (1...200).contains(model.utf8.count), model.utf8.allSatisfy({ 0x20...0x7E ~= $0 }) else {
      throw .invalid("model", "Invalid 'model': give a name of 1 to 200 ASCII characters.")
    }
    return model
  }

  static func prompt(_ fields: inout FormFields) throws(APIError) -> String {
    guard let prompt = try text("prompt", &fields) else {
      throw .invalid(
        "prompt", "Missing required parameter: 'prompt'.", code: "missing_required_parameter")
    }
    let count = prompt.unicodeScalars.count
    guard (1...maximumPromptCharacters).contains(count) else {
      throw .invalid(
        "prompt",
        "Invalid 'prompt': it has \(count) characters; give 1 to \(maximumPromptCharacters).",
        code: count == 0 ? "string_below_min_length" : "string_above_max_length")
    }
    guard !prompt.unicodeScalars.contains("\0") else {
      throw .invalid("prompt", "Invalid 'prompt': it holds a NUL character.")
    }
    return prompt
  }

  private static func seconds(_ fields: inout FormFields) throws(APIError) -> Int {
    guard let given = try fields.takeScalar("seconds") else { return durations[0] }
    guard let seconds = durations.first(where: { String($0) == given.spelling }) else {
      throw .invalid("seconds", unsupported(given.spelling, of: durations.map(String.init)))
    }
    return seconds
  }

  private static func size(_ fields: inout FormFields) throws(APIError) -> FrameSize {
    let given = try text("size", &fields) ?? sizes[0]
    guard sizes.contains(given), let size = FrameSize(given) else {
      throw .invalid("size", unsupported(given, of: sizes))
    }
    return size
  }

  static func endUser(_ fields: inout FormFields) throws(APIError) -> String? {
    let preferred = try text("safety_identifier", &fields)
    let legacy = try text("user", &fields)
    guard let endUser = [preferred, legacy].compactMap({ $0 }).first(where: { !$0.isEmpty }) else {
      return nil
    }
    guard endUser.unicodeScalars.count <= maximumIdentifierLength else {
      throw .invalid(
        "safety_identifier",
        "Invalid 'safety_identifier': at most \(maximumIdentifierLength) characters are taken.")
    }
    return endUser
  }

  static func reference(
    _ fields: inout FormFields, file: SpooledFile?
  ) throws(APIError) -> Reference? {
    let name = "input_reference"
    let url = try text("\(name)[image_url]", &fields)
    let fileID = try text("\(name)[file_id]", &fields)
    if let plain = fields.take(name), !plain.spelling.isEmpty {
      throw .invalid(
        name,
        "Invalid 'input_reference': send a file part, or an object with 'image_url' "
          + "(in a form: a text part named 'input_reference[image_url]').")
    }
    if let unknown = fields.values.keys.sorted().first(where: { $0.hasPrefix("\(name)[") }) {
      throw .invalid(name, "Unknown field '\(unknown)': 'input_reference' takes 'image_url' only.")
    }
    let file = file.flatMap { $0.byteCount > 0 ? $0 : nil }
    let sources = [file != nil, url != nil, fileID != nil].count { $0 }
    guard sources <= 1 else {
      throw .invalid(name, "'input_reference' has \(sources) sources; give exactly one.")
    }
    if fileID != nil {
      throw .invalid(
        name, "This server has no Files API: send the image itself or a data URL, not 'file_id'.",
        code: "unsupported_parameter")
    }
    if let url { return .inline(try inline(url)) }
    return file.map(Reference.file)
  }

  private static func inline(_ url: String) throws(APIError) -> DataURL {
    let name = "input_reference"
    guard url.utf8.count <= maximumImageURLCharacters else {
      throw .invalid(
        name,
        "Invalid 'image_url': \(url.utf8.count) characters; at most \(maximumImageURLCharacters).",
        code: "string_above_max_length")
    }
    let decoded: DataURL?
    do {
      decoded = try DataURL(url)
    } catch {
      throw .invalid(
        name,
        error == .notBase64
          ? "Invalid 'image_url': a data URL must be base64 ('data:image/png;base64,…')."
          : "Invalid 'image_url': the data URL is not 'data:TYPE;base64,' with padded base64.",
        code: "invalid_image_url")
    }
    guard let decoded else {
      throw .invalid(
        name,
        "Invalid 'image_url': this server does not fetch addresses yet. Send the image as a file "
          + "part or as a data URL.", code: "unsupported_image_url")
    }
    guard !decoded.bytes.isEmpty else {
      throw .invalid(name, "Invalid 'image_url': the data URL is empty.", code: "invalid_image_url")
    }
    return decoded
  }

  static func text(_ name: String, _ fields: inout FormFields) throws(APIError) -> String? {
    switch try fields.takeScalar(name) {
    case nil: return nil
    case .text(let text): return text
    case .literal:
      throw .invalid(name, "Invalid type for '\(name)': expected a string.", code: "invalid_type")
    }
  }

  static func unsupported(_ given: String, of supported: [String]) -> String {
    let list = supported.map { "'\($0)'" }.joined(separator: ", ")
    let shown = given.utf8.count <= 40 ? "Invalid value: '\(given)'." : "Invalid value."
    return "\(shown) Supported values are: \(list)."
  }
}
