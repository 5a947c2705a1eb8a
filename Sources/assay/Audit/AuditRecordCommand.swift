import ArgumentParser
import AuditStore
import Bytes
import Glibc
import StrictJSON
import VerifyCommands

/// `audit record`: acts of administration from elsewhere, into the log.
struct AuditRecordCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "record",
    abstract: "Append acts of administration, one JSON object a line on standard input.",
    discussion: """
      A line is {"id", "act"} with further members as they are to be logged: no personal data, no \
      fractions. Each is answered with its index and id once it is on the disk; the same id again \
      with the index of the first. Needs the log for itself: stop the gateway first.
      """)

  /// Lines that wait for their answer at the same time.
  private static let width = 64

  @OptionGroup var writer: AuditWriterOptions
  @Option(name: .long, help: "Name of the log, should it have to be made.") var origin: String?

  func run() async throws {
    try await AuditConsole.reportingFailures {
      let log = try await writer.open(origin: origin)
      do {
        try await append(to: log)
      } catch {
        try? await log.close()
        throw error
      }
      try await log.close()
    }
  }

  private func append(to log: AuditLog) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      var running = 0
      while let line = readLine() {
        let event = try Self.event(line)
        if running == Self.width { try await group.next() } else { running += 1 }
        group.addTask {
          let index = try await log.append(event)
          // One write a line: an answer is whole or not there.
          let answer = Array("\(index) \(event.id)\n".utf8)
          _ = answer.withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
        }
      }
      try await group.waitForAll()
    }
  }

  private static func event(_ line: String) throws -> AuditEvent {
    guard let json = try? JSONValue.parse(Array(line.utf8)), let members = json.members,
      let id = json["id"]?.string, let act = json["act"]?.string, !id.isEmpty, !act.isEmpty
    else { throw AuditError(.recordTooLarge, "a line is a JSON object with an id and an act") }
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return AuditEvent(
      id: id, kind: .admin, time: Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000,
      members: members.filter { $0.name != "id" })
  }
}
