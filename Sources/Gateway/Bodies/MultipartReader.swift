import Glibc
import NIOCore

/// A piece of a `multipart/form-data` body (RFC 7578), in the order in which it arrives.
enum MultipartEvent: Equatable, Sendable {
  case head(MultipartHead)
  case chunk(ByteBuffer)
  case end
}

/// The headers of one part.
struct MultipartHead: Equatable, Sendable {
  let name: String
  /// Set, possibly empty, when the part is a file.
  let filename: String?
  let contentType: String?
}

/// What is wrong with a multipart body, in words for whoever wrote the client.
enum MultipartError: Error, Equatable, Sendable, CustomStringConvertible {
  case noBoundary
  case noFirstBoundary
  case malformedBoundary
  case malformedHeader(String)
  case headerTooLarge
  case tooManyParts
  case truncated

  var description: String {
    switch self {
    case .noBoundary:
      "the Content-Type header has no usable boundary (1 to 70 characters, RFC 2046 section 5.1.1)"
    case .noFirstBoundary:
      "the body does not contain the boundary that the Content-Type header announces"
    case .malformedBoundary: "a boundary is followed by something other than a line end or '--'"
    case .malformedHeader(let why): "a part has a malformed header: \(why)"
    case .headerTooLarge:
      "a part's headers are larger than \(MultipartReader<EmptyBody>.maximumHeaderBytes) bytes"
    case .tooManyParts:
      "the body has more than \(MultipartReader<EmptyBody>.maximumParts) parts"
    case .truncated:
      "the body ends before its closing boundary; it was cut off or the boundary is wrong"
    }
  }
}

/// Only names a type for the constants above.
typealias EmptyBody = AsyncStream<ByteBuffer>

/// Streaming reader: nothing is held beyond one chunk, one boundary and a capped header block, so
/// that a body costs no memory however it is cut.
struct MultipartReader<Body: AsyncSequence>: AsyncSequence where Body.Element == ByteBuffer {
  typealias Element = MultipartEvent

  /// A create request has a dozen fields; a hundred leaves room for `metadata[...]`.
  static var maximumParts: Int { 100 }
  /// Two header lines; browsers' longest file names stay far below.
  static var maximumHeaderBytes: Int { 16 << 10 }

  private let body: Body
  private let delimiter: [UInt8]

  init(_ body: Body, contentType: String) throws(MultipartError) {
    guard
      let boundary = HeaderParameters(contentType)["boundary"],
      (1...70).contains(boundary.utf8.count)
    else { throw .noBoundary }
    self.body = body
    delimiter = Array("\r\n--\(boundary)".utf8)
  }

  func makeAsyncIterator() -> Iterator {
    // A line end in front makes the first delimiter look like every other.
    Iterator(
      source: body.makeAsyncIterator(), buffer: ByteBuffer(bytes: [13, 10]), delimiter: delimiter)
  }

  struct Iterator: AsyncIteratorProtocol {
    private enum State { case preamble, afterDelimiter, headers, data, done }

    private var source: Body.AsyncIterator
    private var buffer: ByteBuffer
    private let delimiter: [UInt8]
    private var state = State.preamble
    private var parts = 0

    init(source: Body.AsyncIterator, buffer: ByteBuffer, delimiter: [UInt8]) {
      self.source = source
      self.buffer = buffer
      self.delimiter = delimiter
    }

    mutating func next() async throws -> MultipartEvent? {
      while true {
        switch state {
        case .done: return nil
        case .preamble: try await skipPreamble()
        case .afterDelimiter: try await readDelimiterTail()
        case .headers:
          state = .data
          return .head(try await readHead())
        case .data:
          if let place = find(delimiter) {
            if place > 0, let chunk = buffer.readSlice(length: place) { return .chunk(chunk) }
            buffer.moveReaderIndex(forwardBy: delimiter.count)
            state = .afterDelimiter
            return .end
          }
          // All but a possible beginning of the delimiter is data.
          let safe = buffer.readableBytes - (delimiter.count - 1)
          if safe > 0, let chunk = buffer.readSlice(length: safe) { return .chunk(chunk) }
          try await readMore()
        }
      }
    }

    private mutating func skipPreamble() async throws {
      while true {
        if let place = find(delimiter) {
          buffer.moveReaderIndex(forwardBy: place + delimiter.count)
          state = .afterDelimiter
          return
        }
        guard buffer.readableBytes <= MultipartReader.maximumHeaderBytes else {
          throw MultipartError.noFirstBoundary
        }
        guard try await readMore(orEnd: ()) else { throw MultipartError.noFirstBoundary }
      }
    }

    /// `--` ends the body; otherwise optional padding and a line end (RFC 2046 section 5.1.1).
    private mutating func readDelimiterTail() async throws {
      while buffer.readableBytes < 2 { try await readMore() }
      if buffer.readableBytesView.starts(with: [45, 45]) {
        state = .done
        while try await source.next() != nil {}
        return
      }
      var padding = 0
      while let byte = buffer.readInteger(as: UInt8.self), byte != 13 {
        padding += 1
        guard byte == 32 || byte == 9, padding <= 64 else {
          throw MultipartError.malformedBoundary
        }
        while buffer.readableBytes < 1 { try await readMore() }
      }
      while buffer.readableBytes < 1 { try await readMore() }
      guard buffer.readInteger(as: UInt8.self) == 10 else {
        throw MultipartError.malformedBoundary
      }
      parts += 1
      guard parts <= MultipartReader.maximumParts else { throw MultipartError.tooManyParts }
      state = .headers
    }

    private mutating func readHead() async throws -> MultipartHead {
      while true {
        if let place = find([13, 10, 13, 10]) {
          guard place <= MultipartReader.maximumHeaderBytes else {
            throw MultipartError.headerTooLarge
          }
          let text = buffer.readString(length: place) ?? ""
          buffer.moveReaderIndex(forwardBy: 4)
          return try MultipartHead(parsing: text)
        }
        guard buffer.readableBytes <= MultipartReader.maximumHeaderBytes else {
          throw MultipartError.headerTooLarge
        }
        try await readMore()
      }
    }

    private mutating func readMore() async throws {
      guard try await readMore(orEnd: ()) else { throw MultipartError.truncated }
    }

    private mutating func readMore(orEnd: Void) async throws -> Bool {
      guard var more = try await source.next() else { return false }
      buffer.discardReadBytes()
      buffer.writeBuffer(&more)
      return true
    }

    private func find(_ needle: [UInt8]) -> Int? {
      buffer.withUnsafeReadableBytes { bytes in
        var start = 0
        while bytes.count - start >= needle.count {
          guard
            let hit = memchr(
              bytes.baseAddress! + start, Int32(needle[0]), bytes.count - start - needle.count + 1)
          else { return nil }
          let place = UnsafeRawPointer(hit) - bytes.baseAddress!
          if bytes[place..<(place + needle.count)].elementsEqual(needle) { return place }
          start = place + 1
        }
        return nil
      }
    }
  }
}

extension MultipartHead {
  /// Parses the header lines of one part; only `Content-Disposition` and `Content-Type` are read.
  init(parsing text: String) throws(MultipartError) {
    var disposition: HeaderParameters?
    var type: String?
    for line in text.split(separator: "\r\n") {
      guard let colon = line.firstIndex(of: ":") else {
        throw .malformedHeader("a line has no colon")
      }
      let value = String(line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" })
      switch line[..<colon].lowercased() {
      case "content-disposition": disposition = HeaderParameters(value)
      case "content-type": type = value
      default: break
      }
    }
    guard let disposition, disposition.value == "form-data" else {
      throw .malformedHeader("there is no 'Content-Disposition: form-data'")
    }
    guard let name = disposition["name"], !name.isEmpty else {
      throw .malformedHeader("Content-Disposition has no name")
    }
    self.init(
      name: name, filename: disposition["filename"] ?? disposition["filename*"], contentType: type)
  }
}

/// A header's value with its parameters: `form-data; name="prompt"`. Quoted strings may hold
/// semicolons and backslash escapes (RFC 9110 section 5.6.6).
struct HeaderParameters: Equatable, Sendable {
  /// The part in front of the first semicolon, lower case.
  let value: String
  private let parameters: [String: String]

  init(_ header: String) {
    var pieces: [String] = []
    var piece = ""
    var isQuoted = false
    var isEscaped = false
    for character in header {
      if isEscaped {
        piece.append(character)
        isEscaped = false
      } else if isQuoted, character == "\\" {
        isEscaped = true
      } else if character == "\"" {
        isQuoted.toggle()
      } else if character == ";", !isQuoted {
        pieces.append(piece)
        piece = ""
      } else {
        piece.append(character)
      }
    }
    pieces.append(piece)
    value = HeaderParameters.trim(pieces[0]).lowercased()
    var parameters: [String: String] = [:]
    for piece in pieces.dropFirst() {
      guard let equals = piece.firstIndex(of: "=") else { continue }
      let name = HeaderParameters.trim(String(piece[..<equals])).lowercased()
      guard parameters[name] == nil else { continue }
      parameters[name] = HeaderParameters.trim(String(piece[piece.index(after: equals)...]))
    }
    self.parameters = parameters
  }

  subscript(name: String) -> String? { parameters[name] }

  private static func trim(_ text: String) -> String {
    var slice = text[...]
    while slice.first == " " || slice.first == "\t" { slice.removeFirst() }
    while slice.last == " " || slice.last == "\t" { slice.removeLast() }
    return String(slice)
  }
}
