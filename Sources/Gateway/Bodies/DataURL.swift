import Bytes

/// A decoded `data:` URL (RFC 2397), base64 form.
struct DataURL: Equatable, Sendable {
  let mediaType: String
  let bytes: [UInt8]

  enum Failure: Error, Equatable, Sendable {
    case notBase64
    case malformed
  }

  /// Nil when `text` is no data URL at all.
  init?(_ text: String) throws(Failure) {
    guard text.utf8.count >= 5, text.prefix(5).lowercased() == "data:" else { return nil }
    guard let comma = text.utf8.firstIndex(of: UInt8(ascii: ",")) else { throw .malformed }
    let head = text[text.index(text.startIndex, offsetBy: 5)..<comma]
    guard head.lowercased().hasSuffix(";base64") else { throw .notBase64 }
    guard let bytes = Base64.decode(String(text[text.utf8.index(after: comma)...])) else {
      throw .malformed
    }
    mediaType = String(head.dropLast(7)).lowercased()
    self.bytes = bytes
  }

  /// `bytes` as a URL, for bodies that take pictures as text.
  static func encode(_ bytes: [UInt8], type: String) -> String {
    "data:\(type);base64,\(Base64.encode(bytes))"
  }
}
