import C2PA
import StrictJSON

/// The API as OpenAPI 3.1 describes it: a table of operations by area, and the shapes they name.
enum OpenAPIDocument {
  /// One method of one path.
  struct Operation: Sendable {
    enum Method: String, Sendable { case get, post, delete }

    enum Access: Sendable { case keys, auditors, anybody }

    /// Shapes by media type; a shape alone is JSON.
    struct Contents: ExpressibleByDictionaryLiteral, ExpressibleByStringLiteral, Sendable {
      let shapes: [(type: String, schema: String)]

      init(dictionaryLiteral elements: (String, String)...) {
        shapes = elements.map { ($0.0, $0.1) }
      }

      init(stringLiteral schema: String) { shapes = [("application/json", schema)] }

      var json: JSONValue {
        .object(
          shapes.map {
            .init($0.type, ["schema": ["$ref": .string("#/components/schemas/\($0.schema)")]])
          })
      }
    }

    let method: Method
    /// With its parameters in braces; each is described in `OpenAPIDocument.parameters`.
    let path: String
    let summary: String
    let note: String?
    let parameters: [String]
    let body: Contents?
    let answer: Contents
    /// Further statuses, and what they mean: 206 and 503 have the body of a 200.
    let further: [(status: Int, meaning: String)]
    /// What a failure has where it is more than the usual envelope.
    let failure: Contents?
    let access: Access

    init(
      _ method: Method, _ path: String, _ summary: String, parameters: [String] = [],
      takes body: Contents? = nil, gives answer: Contents,
      also further: KeyValuePairs<Int, String> = [:], fails failure: Contents? = nil,
      access: Access = .keys, note: String? = nil
    ) {
      self.method = method
      self.path = path
      self.summary = summary
      self.note = note
      self.parameters = parameters
      self.body = body
      self.answer = answer
      self.further = further.map { ($0.key, $0.value) }
      self.failure = failure
      self.access = access
    }

    /// Names of the path's own parameters.
    var pathParameters: [String] {
      path.split(separator: "{").dropFirst().map { String($0.prefix { $0 != "}" }) }
    }

    var json: JSONValue {
      var members: [JSONValue.Member] = [.init("summary", .string(summary))]
      if let note { members.append(.init("description", .string(note))) }
      let names = pathParameters + parameters
      if !names.isEmpty {
        members.append(
          .init(
            "parameters",
            .array(names.map { ["$ref": .string("#/components/parameters/\($0)")] })))
      }
      if let body {
        members.append(.init("requestBody", ["required": true, "content": body.json]))
      }
      var responses: [JSONValue.Member] = [
        .init("200", ["description": "Done.", "content": answer.json])
      ]
      for (status, meaning) in further {
        let description: JSONValue = .string(meaning)
        switch status {
        case 206, 503:
          responses.append(
            .init(String(status), ["description": description, "content": answer.json]))
        case 304: responses.append(.init(String(status), ["description": description]))
        default:
          let error: Contents = "Error"
          responses.append(
            .init(String(status), ["description": description, "content": error.json]))
        }
      }
      responses.append(
        .init(
          "default",
          failure.map { ["description": "What is wrong.", "content": $0.json] }
            ?? ["$ref": "#/components/responses/Error"]))
      members.append(.init("responses", .object(responses)))
      switch access {
      case .keys: break
      case .auditors: members.append(.init("security", [["auditor": []]]))
      case .anybody: members.append(.init("security", []))
      }
      return .object(members)
    }
  }

  static let operations =
    videos + pieces + judging + recovery + people + webhooks + log + service

  /// The document, ready to be served.
  static let text: String = JSONValue.object([
    .init("openapi", "3.1.0"),
    .init(
      "info",
      [
        "title": "Assay", "version": .string(assayVersion),
        "description": .string(
          "A provenance and moderation gateway for generated media. The routes under /v1 are those "
            + "of OpenAI's API where one exists; the rest is Assay's own. A refusal by policy is 400 "
            + "with code moderation_blocked and moderation_details."),
      ]),
    .init("security", [["key": []]]),
    .init("paths", .object(paths)),
    .init("components", components),
  ]).compact

  private static var paths: [JSONValue.Member] {
    var order: [String] = []
    var methods: [String: [JSONValue.Member]] = [:]
    for operation in operations {
      if methods[operation.path] == nil { order.append(operation.path) }
      methods[operation.path, default: []].append(
        .init(operation.method.rawValue, operation.json))
    }
    return order.map { .init($0, .object(methods[$0] ?? [])) }
  }

  private static var components: JSONValue {
    let bearer: JSONValue = ["type": "http", "scheme": "bearer"]
    return [
      "securitySchemes": ["key": bearer, "auditor": bearer],
      "schemas": .object(
        members(of: requests).map { .init($0.name, leavingOut($0.value)) } + members(of: answers)),
      "parameters": .object(members(of: parameters)),
      "responses": [
        "Error": [
          "description":
            "Anything else: what is wrong, in the envelope that OpenAI's clients read.",
          "content": ["application/json": ["schema": ["$ref": "#/components/schemas/Error"]]],
        ]
      ],
    ]
  }

  /// A shape in which null stands for a field that is left out, as clients write it that know fields by
  /// type.
  private static func leavingOut(_ shape: JSONValue) -> JSONValue {
    guard let properties = shape["properties"]?.members else { return shape }
    let required = Set((shape["required"]?.array ?? []).compactMap(\.string))
    return shape.setting(
      "properties",
      .object(
        properties.map { property in
          required.contains(property.name)
            ? property
            : .init(property.name, ["anyOf": [property.value, ["type": "null"]]])
        }))
  }

  /// The parts are written here, so that one that is no JSON is a mistake of ours at every start.
  private static func members(of text: String) -> [JSONValue.Member] {
    do {
      return try JSONValue.parse(text).members ?? []
    } catch {
      preconditionFailure("a part of the API's description is no JSON: \(error)")
    }
  }
}
