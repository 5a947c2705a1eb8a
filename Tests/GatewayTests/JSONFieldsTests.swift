import HTTPTypes
import Hummingbird
import NIOCore
import Testing

@testable import Gateway

struct JSONFieldsTests {
  private func fields(_ json: String) async throws -> JSONFields {
    let head = HTTPRequest(method: .post, scheme: nil, authority: nil, path: "/")
    return try await JSONFields(
      Request(head: head, body: .init(buffer: ByteBuffer(string: json))))
  }

  @Test func valuesAreReadAndNullIsAsGoodAsAbsent() async throws {
    let body = try await fields(
      #"{"ground": "gdpr.art17", "dry_run": true, "n": 3, "until": null}"#)
    #expect(try body.requiredText("ground", limit: 10) == "gdpr.art17")
    #expect(try body.flag("dry_run"))
    #expect(try body.number("n", in: 1...3) == 3)
    #expect(try body.text("until", limit: 10) == nil)
    #expect(try body.flag("other") == false)
    #expect(throws: APIError.self) { _ = try body.requiredText("until", limit: 10) }
  }

  /// A rehearsal that is asked for in the wrong words must not become an erasure.
  @Test(arguments: [#""true""#, "1", "{}", "[true]"])
  func aFlagOfAnotherKindIsRefused(value: String) async throws {
    let body = try await fields(#"{"dry_run": \#(value)}"#)
    let error = #expect(throws: APIError.self) { _ = try body.flag("dry_run") }
    #expect(error?.parameter == "dry_run")
  }

  @Test(arguments: [#""""#, #""12345678901""#, "7", "{}", #""a\u0000""#])
  func aTextOfAnotherKindIsRefused(value: String) async throws {
    let body = try await fields(#"{"ground": \#(value)}"#)
    #expect(throws: (any Error).self) { _ = try body.text("ground", limit: 10) }
  }

  @Test(arguments: ["[]", "null", "7", "{", ""])
  func aBodyThatIsNoObjectIsRefused(json: String) async {
    let error = await #expect(throws: APIError.self) { _ = try await fields(json) }
    #expect(error?.code == "invalid_json")
  }
}
