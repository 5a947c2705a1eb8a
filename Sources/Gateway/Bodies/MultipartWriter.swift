import Bytes
import NIOCore
import PKI

/// Builds a `multipart/form-data` body (RFC 7578) for an upstream.
struct MultipartWriter {
  private let boundary: String
  private(set) var buffer = ByteBuffer()

  /// 128 random bits: no content can hold the boundary on purpose or by chance.
  init() {
    boundary = "assay-\(Hex.encode(SecureRandom.bytes(16)))"
  }

  var contentType: String { "multipart/form-data; boundary=\(boundary)" }

  mutating func add(_ name: String, _ text: String) {
    begin("name=\"\(MultipartWriter.escape(name))\"")
    buffer.writeString("\r\n\(text)\r\n")
  }

  /// - Parameter contentType: a media type of ours, not a caller's.
  mutating func add(_ name: String, file bytes: [UInt8], filename: String, contentType: String) {
    begin("name=\"\(MultipartWriter.escape(name))\"; filename=\"\(filename)\"")
    buffer.writeString("Content-Type: \(contentType)\r\n\r\n")
    buffer.writeBytes(bytes)
    buffer.writeString("\r\n")
  }

  consuming func finish() -> ByteBuffer {
    buffer.writeString("--\(boundary)--\r\n")
    return buffer
  }

  private mutating func begin(_ parameters: String) {
    buffer.writeString("--\(boundary)\r\nContent-Disposition: form-data; \(parameters)\r\n")
  }

  /// As browsers do (HTML, "multipart form data"): a name cannot end its quotes or its line.
  private static func escape(_ name: String) -> String {
    var out = ""
    for scalar in name.unicodeScalars {
      switch scalar {
      case "\"": out += "%22"
      case "\r": out += "%0D"
      case "\n": out += "%0A"
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }
}
