import FoundationEssentials
import Glibc
public import Logging
import StrictJSON

/// One JSON object a line: `time`, `level`, `message`, and what belongs to it by name. Prompts and
/// other texts of callers are never among it; they stand in the log's sealed payloads only.
public struct JSONLogHandler: LogHandler {
  public var metadata: Logger.Metadata = [:]
  public var logLevel: Logger.Level

  public init(level: Logger.Level = .info) { logLevel = level }

  public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  public func log(event: LogEvent) {
    var members: [JSONValue.Member] = [
      .init(
        "time", .string(Date().formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
      ), .init("level", .string(event.level.rawValue)),
      .init("message", .string(event.message.description)),
    ]
    let all = metadata.merging(event.metadata ?? [:]) { $1 }
    for (name, value) in all.sorted(by: { $0.key < $1.key }) {
      members.append(.init(name, .string("\(value)")))
    }
    let line = Array((JSONValue.object(members).compact + "\n").utf8)
    // One call a line, so that lines of two threads do not mix.
    _ = write(STDERR_FILENO, line, line.count)
  }
}

extension GatewayConfiguration {
  /// The server's own log, as this configuration wants it.
  var logger: Logger {
    var logger =
      switch logFormat {
      case .text: Logger(label: "assay")
      case .json: Logger(label: "assay") { _ in JSONLogHandler() }
      }
    logger.logLevel = logLevel
    return logger
  }
}
