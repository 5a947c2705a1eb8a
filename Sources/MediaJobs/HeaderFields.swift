import StrictJSON

/// Typed reading of a header's members: a member that is missing or of the wrong kind is an error
/// that names it.
struct HeaderFields {
  let header: JSONValue

  init(_ header: JSONValue) { self.header = header }

  func integer(_ name: String, in range: ClosedRange<Int> = 0...Int.max) throws(MediaWireError)
    -> Int
  {
    guard let value = header[name]?.integer, range.contains(value) else { throw wrong(name) }
    return value
  }

  func number(_ name: String) throws(MediaWireError) -> Double {
    guard let value = header[name]?.number, value.isFinite else { throw wrong(name) }
    return value
  }

  func text(_ name: String) throws(MediaWireError) -> String {
    guard let value = header[name]?.string else { throw wrong(name) }
    return value
  }

  func bool(_ name: String) throws(MediaWireError) -> Bool {
    guard let value = header[name]?.bool else { throw wrong(name) }
    return value
  }

  func texts(_ name: String) throws(MediaWireError) -> [String] {
    var list: [String] = []
    for item in try array(name) {
      guard let text = item.string else { throw wrong(name) }
      list.append(text)
    }
    return list
  }

  func array(_ name: String) throws(MediaWireError) -> [JSONValue] {
    guard let values = header[name]?.array else { throw wrong(name) }
    return values
  }

  func object(_ name: String) throws(MediaWireError) -> HeaderFields {
    guard let value = header[name], value.members != nil else { throw wrong(name) }
    return HeaderFields(value)
  }

  func has(_ name: String) -> Bool { header[name].map { !$0.isNull } ?? false }

  func optionalText(_ name: String) throws(MediaWireError) -> String? {
    has(name) ? try text(name) : nil
  }

  func optionalNumber(_ name: String) throws(MediaWireError) -> Double? {
    has(name) ? try number(name) : nil
  }

  func optionalInteger(_ name: String) throws(MediaWireError) -> Int? {
    has(name) ? try integer(name) : nil
  }

  func wrong(_ name: String) -> MediaWireError {
    MediaWireError("the header's member \"\(name)\" is missing or not what it must be")
  }
}

/// Null members are written as absent ones.
func headerObject(_ members: [(String, JSONValue?)]) -> JSONValue {
  .object(members.compactMap { name, value in value.map { JSONValue.Member(name, $0) } })
}
