import NIOCore
import Testing

@testable import Gateway

@Suite struct MultipartReaderTests {
  static let body = """
    ignored preamble\r
    --XX\r
    Content-Disposition: form-data; name="prompt"\r
    \r
    a fox\r\n--X runs\r
    --XX  \r
    Content-Disposition: form-data; name="input_reference"; filename="a; \\"b\\".png"\r
    Content-Type: image/png\r
    \r
    \r\n\r\n--XY\r
    --XX\r
    Content-Disposition: form-data; name="empty"\r
    \r
    \r
    --XX--\r
    epilogue
    """

  struct Part: Equatable {
    var head: MultipartHead
    var text = ""
  }

  static func parts(
    of body: String, chunk: Int, type: String = "multipart/form-data; boundary=XX"
  ) async throws -> [Part] {
    let bytes = Array(body.utf8)
    let stream = AsyncStream<ByteBuffer> { continuation in
      for start in stride(from: 0, to: bytes.count, by: chunk) {
        continuation.yield(ByteBuffer(bytes: bytes[start..<min(start + chunk, bytes.count)]))
      }
      continuation.finish()
    }
    var parts: [Part] = []
    for try await event in try MultipartReader(stream, contentType: type) {
      switch event {
      case .head(let head): parts.append(Part(head: head))
      case .chunk(let chunk): parts[parts.count - 1].text += String(buffer: chunk)
      case .end: break
      }
    }
    return parts
  }

  @Test(arguments: [1, 2, 3, 7, 64, 100_000])
  func `parts are the same however the body is cut`(chunk: Int) async throws {
    let parts = try await Self.parts(of: Self.body, chunk: chunk)
    #expect(parts.map(\.head.name) == ["prompt", "input_reference", "empty"])
    #expect(parts.map(\.text) == ["a fox\r\n--X runs", "\r\n\r\n--XY", ""])
    #expect(parts[1].head.filename == "a; \"b\".png")
    #expect(parts[1].head.contentType == "image/png")
    #expect(parts[0].head.filename == nil)
  }

  @Test func `a quoted boundary is read`() async throws {
    let parts = try await Self.parts(
      of: "--a b\r\nContent-Disposition: form-data; name=x\r\n\r\n1\r\n--a b--", chunk: 5,
      type: "multipart/form-data; charset=utf-8; boundary=\"a b\"")
    #expect(parts.map(\.text) == ["1"])
  }

  @Test(arguments: [1, 4096])
  func `a cut-off body is an error`(chunk: Int) async {
    let whole = Self.body
    for length in [20, 60, 80, 120, 250] {
      await #expect(throws: MultipartError.self) {
        _ = try await Self.parts(of: String(whole.prefix(length)), chunk: chunk)
      }
    }
  }

  @Test func `mistakes have their own names`() async {
    await #expect(throws: MultipartError.noBoundary) {
      _ = try await Self.parts(of: Self.body, chunk: 64, type: "multipart/form-data")
    }
    await #expect(throws: MultipartError.noFirstBoundary) {
      _ = try await Self.parts(of: "--YY\r\n", chunk: 64)
    }
    await #expect(throws: MultipartError.malformedBoundary) {
      _ = try await Self.parts(of: "--XXjunk\r\n", chunk: 64)
    }
    await #expect(throws: MultipartError.malformedHeader("a line has no colon")) {
      _ = try await Self.parts(of: "--XX\r\nnonsense\r\n\r\n", chunk: 64)
    }
    await #expect(throws: MultipartError.headerTooLarge) {
      let long = String(repeating: "a", count: 20_000)
      _ = try await Self.parts(of: "--XX\r\nX: \(long)\r\n\r\n", chunk: 1000)
    }
    await #expect(throws: MultipartError.tooManyParts) {
      let part = "--XX\r\nContent-Disposition: form-data; name=x\r\n\r\n1\r\n"
      _ = try await Self.parts(of: String(repeating: part, count: 101) + "--XX--", chunk: 4096)
    }
  }
}
