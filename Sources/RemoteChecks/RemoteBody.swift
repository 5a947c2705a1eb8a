import StrictJSON

/// A JSON body, of a request or of an answer.
struct RemoteBody: Equatable, Sendable {
  /// A classifier's answer is small; a page of HTML or a flood is none.
  static let byteLimit = 1 << 20

  let json: JSONValue

  var bytes: [UInt8] { Array(json.compact.utf8) }

  init(_ json: JSONValue) { self.json = json }

  init(parsing bytes: [UInt8]) throws(RemoteFault) {
    do {
      json = try JSONValue.parse(bytes, byteLimit: Self.byteLimit)
    } catch {
      throw RemoteFault(kind: .lasting, detail: "its answer is no JSON: \(error.reason)")
    }
  }
}

/// What is posted to a service.
struct RemoteRequest: Equatable, Sendable {
  let mediaType: String
  let bytes: [UInt8]

  init(_ body: RemoteBody) {
    mediaType = "application/json"
    bytes = body.bytes
  }

  /// `multipart/form-data` (RFC 7578): fields of text, and one file.
  ///
  /// - Parameter boundary: does not occur in any of them.
  init(
    fields: [(name: String, value: String)],
    file: (name: String, fileName: String, mediaType: String, bytes: [UInt8]), boundary: String
  ) {
    func head(_ disposition: String, _ more: String = "") -> [UInt8] {
      Array(
        "--\(boundary)\r\nContent-Disposition: form-data; \(disposition)\r\n\(more)\r\n".utf8)
    }
    var bytes: [UInt8] = []
    for field in fields {
      bytes += head("name=\"\(field.name)\"") + Array("\(field.value)\r\n".utf8)
    }
    bytes += head(
      "name=\"\(file.name)\"; filename=\"\(file.fileName)\"", "Content-Type: \(file.mediaType)\r\n")
    bytes += file.bytes + Array("\r\n--\(boundary)--\r\n".utf8)
    mediaType = "multipart/form-data; boundary=\(boundary)"
    self.bytes = bytes
  }
}
