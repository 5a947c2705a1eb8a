import HTTPTypes
import Hummingbird
import Moderation
import NIOCore
import StrictJSON

/// Reads the body of a create request, form or JSON, with caps on everything.
struct CreateBodyReader: Sendable {
  /// A data URL of the greatest length, escaped, with a long prompt; or a file with its form.
  static let maximumBodyBytes = 24 << 20
  /// OpenAI's limit for a reference image; video models scale it down to a frame anyway.
  static let maximumFileBytes = 20_971_520
  /// 32 000 characters of four bytes, and room.
  static let maximumTextBytes = 256 << 10
  /// Name of the spooled upload in the job's quarantine folder; the client's own is never used.
  static let uploadName = "reference"

  /// A clip to edit or a recording to hear; an hour of speech as WAV is larger and is not taken.
  static let maximumClipBytes = 100 << 20

  /// Files by the form's field, in the order in which they came.
  typealias Files = [String: [SpooledFile]]

  let workspace: Workspace
  /// Where uploads are spooled: `workspace.upload(job, …)`.
  let job: String
  /// The file fields that are known, each with how many files it takes.
  var fileFields = ["input_reference": 1]
  var fileLimit = CreateBodyReader.maximumFileBytes

  private var bodyLimit: Int {
    CreateBodyReader.maximumBodyBytes - CreateBodyReader.maximumFileBytes
      + fileLimit * fileFields.values.reduce(0, +)
  }

  /// The fields, and the part `input_reference` if it came as a file.
  func read(_ request: Request) async throws -> (fields: FormFields, file: SpooledFile?) {
    let (fields, files) = try await readAll(request)
    return (fields, files["input_reference"]?.first)
  }

  /// The fields, and all files that are not empty.
  func readAll(_ request: Request) async throws -> (fields: FormFields, files: Files) {
    if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > bodyLimit {
      throw bodyTooLarge
    }
    let type = request.headers[.contentType] ?? ""
    switch HeaderParameters(type).value {
    case "multipart/form-data":
      return try await readForm(MultipartReader(request.body, contentType: type))
    case "application/json":
      return (try await readJSON(request.body), [:])
    default:
      throw APIError(
        .unsupportedMediaType,
        "Unsupported Content-Type\(type.isEmpty ? " (none was sent)" : ""). Send "
          + "'multipart/form-data' or 'application/json'.", code: "unsupported_media_type")
    }
  }

  private var bodyTooLarge: APIError {
    APIError.tooLarge(nil, "The request body is larger than \(bodyLimit) bytes.")
  }

  private func readJSON(_ body: RequestBody) async throws -> FormFields {
    var text: [UInt8] = []
    for try await chunk in body {
      guard text.count + chunk.readableBytes <= CreateBodyReader.maximumBodyBytes else {
        throw bodyTooLarge
      }
      text.append(contentsOf: chunk.readableBytesView)
    }
    do {
      let value = try JSONValue.parse(text, byteLimit: CreateBodyReader.maximumBodyBytes)
      return try FormFields(json: value)
    } catch let error as JSONError {
      throw APIError(
        .badRequest, "The JSON body is not valid at \(error).", code: "invalid_json")
    }
  }

  private func readForm<Body: AsyncSequence>(
    _ reader: MultipartReader<Body>
  ) async throws -> (FormFields, Files) where Body.Element == ByteBuffer {
    var fields = FormFields()
    var files: Files = [:]
    var part = Part.none
    var total = 0
    for try await event in reader {
      switch event {
      case .head(let head):
        part = try open(head, files)
      case .chunk(let chunk):
        total += chunk.readableBytes
        guard total <= bodyLimit else {
          throw bodyTooLarge
        }
        try await part.append(chunk, fileLimit: fileLimit, known: fileFields.keys.sorted())
      case .end:
        switch part {
        case .text(let name, let bytes): try fields.add(try Part.decode(bytes, of: name), as: name)
        case .file(let name, let writer, let type, let count) where count > 0:
          try await writer.finish()
          files[name, default: []].append(
            SpooledFile(path: writer.path, byteCount: count, declaredMediaType: type))
        case .file, .emptyFile, .none: break
        }
        part = .none
      }
    }
    return (fields, files)
  }

  private func open(_ head: MultipartHead, _ files: Files) throws -> Part {
    guard head.filename != nil else { return .text(name: head.name, bytes: []) }
    let name = head.name.hasSuffix("[]") ? String(head.name.dropLast(2)) : head.name
    guard let limit = fileFields[name] else { return .emptyFile(name: head.name) }
    let count = files[name]?.count ?? 0
    guard count < limit else {
      throw APIError.invalid(
        name,
        limit == 1
          ? "'\(name)' is given twice; this server takes one file."
          : "'\(name)' has more than \(limit) files.", code: "duplicate_field")
    }
    let before = files.values.reduce(0) { $0 + $1.count }
    let suffix = before == 0 ? "" : "-\(before + 1)"
    let path = workspace.upload(job, name: CreateBodyReader.uploadName + suffix)
    return .file(
      name: name, try SpoolWriter(path: path), type: head.contentType ?? "application/octet-stream",
      count: 0)
  }

  /// The part that is being read.
  private enum Part {
    case none
    case text(name: String, bytes: [UInt8])
    case file(name: String, SpoolWriter, type: String, count: Int)
    /// A file field that Assay does not know: clients send empty ones for options not used.
    case emptyFile(name: String)

    mutating func append(_ chunk: ByteBuffer, fileLimit: Int, known: [String]) async throws {
      switch self {
      case .none: break
      case .text(let name, var bytes):
        // Emptied first, so that the array is grown in place.
        self = .none
        bytes.append(contentsOf: chunk.readableBytesView)
        let limit =
          name.hasSuffix("[image_url]")
          ? CreateVideoBody.maximumImageURLCharacters : CreateBodyReader.maximumTextBytes
        guard bytes.count <= limit else {
          throw APIError.tooLarge(name, "The field '\(name)' is larger than \(limit) bytes.")
        }
        self = .text(name: name, bytes: bytes)
      case .file(let name, let writer, let type, let count):
        let count = count + chunk.readableBytes
        guard count <= fileLimit else {
          throw APIError.tooLarge(name, "The file '\(name)' is larger than \(fileLimit) bytes.")
        }
        try await writer.write(chunk)
        self = .file(name: name, writer, type: type, count: count)
      case .emptyFile(let name):
        let takes = known.map { "'\($0)'" }.joined(separator: ", ")
        throw APIError.invalid(
          name,
          takes.isEmpty
            ? "The file field '\(name)' is not known here."
            : "The file field '\(name)' is not known; this route takes \(takes).",
          code: "unknown_parameter")
      }
    }

    static func decode(_ bytes: [UInt8], of name: String) throws(APIError) -> String {
      guard let text = String(validating: bytes, as: UTF8.self) else {
        throw .invalid(name, "The field '\(name)' is not UTF-8 text.", code: "invalid_encoding")
      }
      return text
    }
  }
}
