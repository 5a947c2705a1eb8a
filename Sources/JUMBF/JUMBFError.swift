import Bytes

/// Why bytes are no JUMBF within the budgets. Offsets count from the start of the bytes handed in.
public enum JUMBFError: Error, Equatable, Sendable, CustomStringConvertible {
  case truncated(offset: Int)
  /// A box shorter than its header, or one that leaves its parent.
  case invalidBoxLength(offset: Int)
  /// A superbox that does not begin with a description box.
  case missingDescription(offset: Int)
  case invalidDescription(offset: Int)
  case notASuperbox(offset: Int)
  case tooDeep(offset: Int)
  case tooManyBoxes(offset: Int)

  public var code: String {
    switch self {
    case .truncated: "jumbf.truncated"
    case .invalidBoxLength: "jumbf.invalidBoxLength"
    case .missingDescription: "jumbf.missingDescription"
    case .invalidDescription: "jumbf.invalidDescription"
    case .notASuperbox: "jumbf.notASuperbox"
    case .tooDeep: "jumbf.tooDeep"
    case .tooManyBoxes: "jumbf.tooManyBoxes"
    }
  }

  public var description: String {
    switch self {
    case .truncated(let offset): "the JUMBF data ends inside the box at byte \(offset)"
    case .invalidBoxLength(let offset): "the box at byte \(offset) has an impossible length"
    case .missingDescription(let offset): "the superbox at byte \(offset) has no description box"
    case .invalidDescription(let offset): "the description box at byte \(offset) is malformed"
    case .notASuperbox(let offset): "no JUMBF superbox at byte \(offset)"
    case .tooDeep(let offset): "boxes nested deeper than the limit at byte \(offset)"
    case .tooManyBoxes(let offset): "more boxes than the limit at byte \(offset)"
    }
  }
}
