import StrictJSON
import Testing

@testable import Gateway

@Suite struct OpenAPIDocumentTests {
  let document: JSONValue

  init() throws { document = try JSONValue.parse(OpenAPIDocument.text) }

  /// Every `$ref` below a value.
  private static func references(_ value: JSONValue) -> [String] {
    if let items = value.array { return items.flatMap(references) }
    return (value.members ?? []).flatMap { member in
      member.name == "$ref" ? [member.value.string ?? ""] : references(member.value)
    }
  }

  @Test func `what is named is there, and what is there is named`() throws {
    let named = Set(Self.references(document))
    var present: Set<String> = []
    for kind in ["schemas", "parameters", "responses"] {
      for member in document["components"]?[kind]?.members ?? [] {
        present.insert("#/components/\(kind)/\(member.name)")
      }
    }
    #expect(named.subtracting(present).isEmpty, "\(named.subtracting(present))")
    #expect(present.subtracting(named).isEmpty, "\(present.subtracting(named))")
  }

  @Test func `no operation is told twice, and each has a summary`() {
    let operations = OpenAPIDocument.operations
    let names = operations.map { "\($0.method) \($0.path)" }
    #expect(Set(names).count == names.count)
    #expect(operations.allSatisfy { !$0.summary.isEmpty })
  }

  @Test func `creating routes take an idempotency key`() {
    let creating = OpenAPIDocument.operations.filter {
      $0.method == .post && $0.parameters.contains("idempotencyKey")
    }.map(\.path)
    #expect(
      Set(creating) == [
        "/v1/videos", "/v1/videos/{id}/remix", "/v1/videos/edits", "/v1/videos/extensions",
        "/v1/videos/characters", "/v1/images/generations", "/v1/images/edits", "/v1/audio/speech",
        "/v1/audio/transcriptions", "/v1/consents", "/v1/webhook_endpoints",
      ])
  }
}
