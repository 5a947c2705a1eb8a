import HTTPTypes
import Hummingbird
import NIOCore
import Testing

@testable import Gateway

struct QueryFieldsTests {
  private enum Format: String, CaseIterable { case json, csv }

  private func fields(_ query: String) throws -> QueryFields {
    let head = HTTPRequest(method: .get, scheme: nil, authority: nil, path: "/a?\(query)")
    return try QueryFields(Request(head: head, body: .init(buffer: ByteBuffer())))
  }

  @Test func whatIsLeftOutHasItsUsualValueAndUnknownNamesDoNoHarm() throws {
    let query = try fields("utm_source=mail")
    #expect(try query.choice("format", default: Format.json) == .json)
    #expect(try query.flag("payloads") == false)
    #expect(try query.number("limit", in: 1...9) == nil)
    #expect(query["after"] == nil)
  }

  @Test func valuesAreRead() throws {
    let query = try fields("format=csv&payloads=true&limit=9&after=video%5F1")
    #expect(try query.choice("format", default: Format.json) == .csv)
    #expect(try query.flag("payloads"))
    #expect(try query.number("limit", in: 1...9) == 9)
    #expect(query["after"] == "video_1")
  }

  @Test(arguments: ["format=xml", "format=", "payloads=1", "limit=0", "limit=10", "limit=1e1"])
  func aValueOfAnotherKindIsRefusedByName(text: String) throws {
    let query = try fields(text)
    let error = #expect(throws: APIError.self) {
      _ = try query.choice("format", default: Format.json)
      _ = try query.flag("payloads")
      _ = try query.number("limit", in: 1...9)
    }
    #expect(error?.status == .badRequest)
    #expect(error?.parameter == text.split(separator: "=").first.map(String.init))
  }

  @Test func whatIsSaidTwiceIsRefused() {
    let error = #expect(throws: APIError.self) { _ = try fields("limit=1&limit=2") }
    #expect(error?.parameter == "limit")
  }
}
