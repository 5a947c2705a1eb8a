import StrictJSON

extension DiagnosticCollector {
  /// An answer that takes longer than ten minutes is no answer to a request.
  static let timeoutLimit = 600_000

  mutating func checks(_ value: JSONValue, at path: [JSONStep]) -> [String: Check] {
    guard let members = object(value, at: path, what: "\"checks\"") else { return [:] }
    var checks: [String: Check] = [:]
    for member in members {
      let place = path + [.member(member.name)]
      guard let inner = object(member.value, at: place, what: "a check") else { continue }
      refuseUnknown(
        inner, at: place, known: ["timeout_ms", "on_error", "scores", "note"], in: "a check")
      let timeout = optionalInteger(
        member.value, "timeout_ms", at: place, in: 1...Self.timeoutLimit, unit: "milliseconds")
      let onError = member.value["on_error"].flatMap {
        word($0, at: place + [.member("on_error")], what: "\"on_error\"", Check.OnError.self)
      }
      _ = optionalString(member.value, "note", at: place)
      checks[member.name] = Check(
        timeoutMilliseconds: timeout, onError: onError,
        scores: scores(member.value, at: place))
    }
    return checks
  }

  private mutating func scores(_ value: JSONValue, at path: [JSONStep]) -> Set<String> {
    guard let list = value["scores"] else { return [] }
    let place = path + [.member("scores")]
    guard let elements = array(list, at: place, what: "\"scores\"") else { return [] }
    var names: Set<String> = []
    for (index, element) in elements.enumerated() {
      if let name = element.string, !name.isEmpty {
        names.insert(name)
      } else {
        report(
          "wrong-type", at: place + [.element(index)],
          "the name of a score is a text in quotes, and this is \(element.kindName)")
      }
    }
    return names
  }

  mutating func marking(_ value: JSONValue, at path: [JSONStep]) -> Marking {
    guard let members = object(value, at: path, what: "\"marking\"") else { return Marking() }
    refuseUnknown(
      members, at: path, known: ["visible", "creator_name", "watermark", "audible"],
      in: "\"marking\"")
    return Marking(
      visible: value["visible"].flatMap {
        word($0, at: path + [.member("visible")], what: "\"visible\"")
      },
      creatorName: optionalBool(value, "creator_name", at: path),
      watermark: value["watermark"].flatMap {
        word($0, at: path + [.member("watermark")], what: "\"watermark\"")
      },
      audible: value["audible"].flatMap {
        word($0, at: path + [.member("audible")], what: "\"audible\"")
      })
  }
}
