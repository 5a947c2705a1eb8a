import Moderation

/// A decoded remix, edit or extension: a prompt, and the clip to start from.
struct DerivedVideoBody: Equatable, Sendable {
  enum Source: Equatable, Sendable {
    /// One of the caller's own videos.
    case video(String)
    case file(SpooledFile)
  }

  /// What OpenAI's API offers to add to a clip.
  static let extensionSeconds = [4, 8, 12, 16, 20]

  let prompt: String
  let model: String?
  /// Seconds to add; nil but for extensions.
  let addedSeconds: Int?
  let source: Source
  let endUser: String?
  let extras: [String: String]

  /// - Parameters:
  ///   - source: the id in a remix's path; edits and extensions name theirs in the body.
  ///   - file: the part `video`. An empty one is none: clients that send an id add it.
  init(
    _ fields: FormFields, file: SpooledFile?, operation: VideoOperation, source: String? = nil
  ) throws(APIError) {
    var fields = fields
    prompt = try CreateVideoBody.prompt(&fields)
    model = try CreateVideoBody.model(&fields)
    addedSeconds = operation == .extend ? try Self.seconds(&fields) : nil
    if let source {
      self.source = .video(source)
    } else {
      self.source = try Self.source(&fields, file: file)
    }
    endUser = try CreateVideoBody.endUser(&fields)
    extras = try fields.rest()
  }

  private static func seconds(_ fields: inout FormFields) throws(APIError) -> Int {
    guard let given = try fields.takeScalar("seconds") else { return extensionSeconds[0] }
    guard let seconds = extensionSeconds.first(where: { String($0) == given.spelling }) else {
      throw .invalid(
        "seconds",
        CreateVideoBody.unsupported(given.spelling, of: extensionSeconds.map(String.init)))
    }
    return seconds
  }

  private static func source(
    _ fields: inout FormFields, file: SpooledFile?
  ) throws(APIError) -> Source {
    let id = try CreateVideoBody.text("video[id]", &fields).flatMap { $0.isEmpty ? nil : $0 }
    if let plain = fields.take("video"), !plain.spelling.isEmpty {
      throw .invalid(
        "video",
        "Invalid 'video': send a file part, or an object with 'id' (in a form: a text part named "
          + "'video[id]').")
    }
    switch (id, file) {
    case (let id?, nil): return .video(id)
    case (nil, let file?): return .file(file)
    case (_?, _?):
      throw .invalid("video", "'video' has two sources, a file and an id; give exactly one.")
    case (nil, nil):
      throw .invalid(
        "video", "Missing required parameter: 'video'. Send a file, or an object with 'id'.",
        code: "missing_required_parameter")
    }
  }
}
