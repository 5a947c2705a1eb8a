import StrictJSON

/// A request's or answer's body.
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
