import Bytes
import CJansson

/// Why a text is not acceptable JSON, with the place in it. Lines and columns count from 1.
public struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
  public let line: Int
  public let column: Int
  public let reason: String

  public init(line: Int, column: Int, reason: String) {
    self.line = line
    self.column = column
    self.reason = reason
  }

  public var description: String { "line \(line), column \(column): \(reason)" }
}

extension JSONValue {
  /// Texts above this are refused before they are parsed: no document that Assay reads is larger.
  public static let defaultByteLimit = 16 << 20

  /// Parses untrusted JSON: UTF-8 only, duplicate keys refused, nesting capped by jansson (2048),
  /// integers must fit 64 bits.
  ///
  /// - Throws: `JSONError` with the line and column of the first mistake.
  public static func parse(
    _ text: [UInt8], byteLimit: Int = defaultByteLimit
  ) throws(JSONError) -> JSONValue {
    guard text.count <= byteLimit else {
      throw JSONError(
        line: 1, column: 1,
        reason: "the text has \(text.count) bytes; at most \(byteLimit) are read")
    }
    var failure = json_error_t()
    let flags = Int(JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL | JSON_DECODE_ANY)
    let root = text.withUnsafeBytes { buffer in
      json_loadb(buffer.baseAddress, buffer.count, flags, &failure)
    }
    guard let root else {
      let reason = withUnsafeBytes(of: &failure.text) { raw in
        String(decoding: raw.prefix { $0 != 0 }, as: UTF8.self)
      }
      throw JSONError(
        line: Int(max(failure.line, 1)), column: Int(max(failure.column, 1)), reason: reason)
    }
    defer { json_decref(root) }
    return JSONValue(borrowing: root)
  }

  public static func parse(_ text: String) throws(JSONError) -> JSONValue {
    try parse(Array(text.utf8))
  }

  private init(borrowing node: UnsafeMutablePointer<json_t>) {
    switch node.pointee.type {
    case JSON_OBJECT:
      var members: [Member] = []
      members.reserveCapacity(json_object_size(node))
      var iterator = json_object_iter(node)
      while let current = iterator {
        let name = String(cString: json_object_iter_key(current))
        members.append(Member(name, JSONValue(borrowing: json_object_iter_value(current))))
        iterator = json_object_iter_next(node, current)
      }
      self = .object(members)
    case JSON_ARRAY:
      self = .array(
        (0..<json_array_size(node)).map { JSONValue(borrowing: json_array_get(node, $0)) })
    case JSON_STRING:
      let length = json_string_length(node)
      let characters = UnsafeRawBufferPointer(start: json_string_value(node), count: length)
      self = .string(String(decoding: characters, as: UTF8.self))
    case JSON_INTEGER: self = .integer(Int(json_integer_value(node)))
    case JSON_REAL: self = .real(json_real_value(node))
    case JSON_TRUE: self = .bool(true)
    case JSON_FALSE: self = .bool(false)
    default: self = .null
    }
  }
}
