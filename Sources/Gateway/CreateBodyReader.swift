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

  let workspace: Workspace
  /// Where the upload is spooled: `workspace.upload(job, …)`.
  let job: String

  /// The fields, and the part `input_reference` if it came as a file.
  func read(_ request: Request) async throws -> (fields: FormFields, file: SpooledFile?) {
    if let length = request.headers[.contentLength].flatMap({ Int($0) }),
      length > CreateBodyReader.maximumBodyBytes
    {
      throw CreateBodyReader.bodyTooLarge
    }
    let type = request.headers[.contentType] ?? ""
    switch HeaderParameters(type).value {
    case "multipart/form-data":
      return try await readForm(MultipartReader(request.body, contentType: type))
    case "application/json":
      return (try await readJSON(request.body), nil)
    default:
      throw APIError(
        .unsupportedMediaType,
        "Unsupported Content-Type\(type.isEmpty ? " (none was sent)" : ""). Send "
          + "'multipart/form-data' or 'application/json'.", code: "unsupported_media_type")
    }
  }

  private static let bodyTooLarge = APIError.tooLarge(
    nil, "The request body is larger than \(maximumBodyBytes) bytes.")

  private func readJSON(_ body: RequestBody) async throws -> FormFields {
    var text: [UInt8] = []
    for try await chunk in body {
      guard text.count + chunk.readableBytes <= CreateBodyReader.maximumBodyBytes else {
        throw CreateBodyReader.bodyTooLarge
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
  ) async throws -> (FormFields, SpooledFile?) where Body.Element == ByteBuffer {
    var fields = FormFields()
    var file: SpooledFile?
    var part = Part.none
    var total = 0
    for try await event in reader {
      switch event {
      case .head(let head):
        part = try open(head, hasFile: file != nil)
      case .chunk(let chunk):
        total += chunk.readableBytes
        guard total <= CreateBodyReader.maximumBodyBytes else {
          throw CreateBodyReader.bodyTooLarge
        }
        try await part.append(chunk)
      case .end:
        switch part {
        case .text(let name, let bytes): try fields.add(try Part.decode(bytes, of: name), as: name)
        case .file(let writer, let type, let count) where count > 0:
          try await writer.finish()
          file = SpooledFile(path: writer.path, byteCount: count, declaredMediaType: type)
        case .file, .emptyFile, .none: break
        }
        part = .none
      }
    }
    return (fields, file)
  }

  private func open(_ head: MultipartHead, hasFile: Bool) throws -> Part {
    guard head.filename != nil else { return .text(name: head.name, bytes: []) }
    guard head.name == "input_reference" else { return .emptyFile(name: head.name) }
    guard !hasFile else {
      throw APIError.invalid(
        head.name, "'input_reference' is given twice; this server takes one image.",
        code: "duplicate_field")
    }
    let path = workspace.upload(job, name: CreateBodyReader.uploadName)
    return .file(
      try SpoolWriter(path: path), type: head.contentType ?? "application/octet-stream", count: 0)
  }

  /// The part that is being read.
  private enum Part {
    case none
    case text(name: String, bytes: [UInt8])
    case file(SpoolWriter, type: String, count: Int)
    /// A file field that Assay does not know: clients send empty ones for options not used.
    case emptyFile(name: String)

    mutating func append(_ chunk: ByteBuffer) async throws {
      switch self {
      case .none: break
      case .text(let name, var bytes):
        // Emptied first, so that the array is grown in place.
        self = .none
        bytes.append(contentsOf: chunk.readableBytesView)
        let limit =
          name == "input_reference[image_url]"
          ? CreateVideoBody.maximumImageURLCharacters : CreateBodyReader.maximumTextBytes
        guard bytes.count <= limit else {
          throw APIError.tooLarge(name, "The field '\(name)' is larger than \(limit) bytes.")
        }
        self = .text(name: name, bytes: bytes)
      case .file(let writer, let type, let count):
        let count = count + chunk.readableBytes
        guard count <= CreateBodyReader.maximumFileBytes else {
          throw APIError.tooLarge(
            "input_reference",
            "The file 'input_reference' is larger than \(CreateBodyReader.maximumFileBytes) bytes.")
        }
        try await writer.write(chunk)
        self = .file(writer, type: type, count: count)
      case .emptyFile(let name):
        throw APIError.invalid(
          name, "The file field '\(name)' is not known; this server takes 'input_reference'.",
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
