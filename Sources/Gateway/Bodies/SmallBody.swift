import Bytes
import Hummingbird
import StrictJSON

/// A JSON object of a few fields.
enum SmallBody {
  static let maximumBytes = 64 << 10

  static func json(_ request: Request) async throws -> JSONValue {
    var text: [UInt8] = []
    for try await chunk in request.body {
      guard text.count + chunk.readableBytes <= maximumBytes else {
        throw APIError.tooLarge(nil, "The request body is larger than \(maximumBytes) bytes.")
      }
      text.append(contentsOf: chunk.readableBytesView)
    }
    let body: JSONValue
    do {
      body = try JSONValue.parse(text, byteLimit: maximumBytes)
    } catch {
      throw APIError(.badRequest, "The JSON body is not valid at \(error).", code: "invalid_json")
    }
    guard body.members != nil else {
      throw APIError(.badRequest, "The JSON body must be an object.", code: "invalid_json")
    }
    return body
  }

  static func fields(_ request: Request) async throws -> FormFields {
    try FormFields(json: try await json(request))
  }
}

/// A file that is there, and how large it is.
struct SizedFile: Sendable {
  let byteCount: Int

  init(_ path: String) throws { byteCount = try FileByteSource(path: path).count }
}
