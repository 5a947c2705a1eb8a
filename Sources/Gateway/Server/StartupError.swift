/// Why the gateway does not start: a sentence that says what to do, and the exit code.
public struct StartupError: Error, Equatable, Sendable, CustomStringConvertible {
  /// As in `sysexits.h`: 64 usage, 66 cannot read, 70 internal, 75 try again later.
  public enum Code: Int32, Sendable {
    case usage = 64
    case cannotRead = 66
    case internalFault = 70
    case tryAgain = 75
  }

  public let code: Code
  public let message: String

  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  public var exitCode: Int32 { code.rawValue }
  public var description: String { message }
}
