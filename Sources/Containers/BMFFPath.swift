/// A box path of the XPath subset that C2PA uses in exclusions: absolute, one four-character code
/// a step, with an optional index that counts from 1 (C2PA 2.5 section 16.3.2). A step without an
/// index stands for every box of that type.
public struct BMFFPath: Equatable, Sendable {
  public struct Step: Equatable, Sendable {
    public let type: FourCC
    public let index: Int?
  }

  public let steps: [Step]

  /// Paths deeper than any container this library walks cannot match.
  private static let stepLimit = 16

  /// Nil unless `text` is `('/' 4cc ['[' n ']'])+`.
  public init?(_ text: String) {
    var steps: [Step] = []
    var rest = Array(text.unicodeScalars)[...]
    while let first = rest.first {
      guard first == "/", rest.count >= 5, steps.count < BMFFPath.stepLimit else { return nil }
      let code = rest.dropFirst().prefix(4)
      guard code.allSatisfy({ $0.value < 256 && !"/[]".unicodeScalars.contains($0) }) else {
        return nil
      }
      rest = rest.dropFirst(5)
      var index: Int?
      if rest.first == "[" {
        let digits = rest.dropFirst().prefix { $0 != "]" }
        guard !digits.isEmpty, digits.count <= 6, digits.allSatisfy({ ("0"..."9").contains($0) })
        else { return nil }
        guard rest.count > digits.count + 1 else { return nil }
        let value = digits.reduce(0) { $0 * 10 + Int($1.value - 48) }
        guard value > 0 else { return nil }
        index = value
        rest = rest.dropFirst(digits.count + 2)
      }
      steps.append(Step(type: FourCC(code.map { UInt8($0.value) }), index: index))
    }
    guard !steps.isEmpty else { return nil }
    self.steps = steps
  }
}

extension BMFFBoxTree {
  /// The boxes that `path` names, in file order.
  public func boxes(at path: BMFFPath) -> [BMFFBox] {
    var level = [roots]
    var found: [BMFFBox] = []
    for step in path.steps {
      found = []
      for siblings in level {
        let matching = siblings.filter { $0.type == step.type }
        if let index = step.index {
          if index <= matching.count { found.append(matching[index - 1]) }
        } else {
          found += matching
        }
      }
      level = found.map(\.children)
    }
    return found
  }

  /// The boxes that the text of a path names; nil when it is no path.
  public func boxes(at text: String) -> [BMFFBox]? { BMFFPath(text).map { boxes(at: $0) } }
}
