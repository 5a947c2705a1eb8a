import Foundation
import Synchronization

/// How a command ended, and all that it wrote.
public struct CommandResult: Sendable {
  /// The exit code, or 128 + the signal's number as a shell counts it.
  public let status: Int32
  public let output: [UInt8]
  public let errors: [UInt8]

  public var stdout: String { String(decoding: output, as: UTF8.self) }
  public var stderr: String { String(decoding: errors, as: UTF8.self) }
}

extension TestKit {
  /// Runs a command to its end without holding a thread of the cooperative pool.
  ///
  /// Output goes through files rather than pipes, so that a command that writes much never blocks.
  ///
  /// - Parameters:
  ///   - executable: an absolute path, or a name that is looked up in `PATH`.
  ///   - environment: added to, and overriding, the test's own.
  ///   - input: what standard input holds.
  ///   - limit: seconds after which the command is killed (status 137).
  public static func run(
    _ executable: String, arguments: [String] = [], environment: [String: String] = [:],
    directory: String? = nil, input: [UInt8] = [], limit: Double = 120
  ) async throws -> CommandResult {
    let folder = try TemporaryDirectory()
    try folder.write("in", input)
    try folder.write("out", [])
    try folder.write("err", [])
    let process = Process()
    if executable.hasPrefix("/") {
      process.executableURL = URL(fileURLWithPath: executable)
      process.arguments = arguments
    } else {
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      process.arguments = [executable] + arguments
    }
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    if let directory { process.currentDirectoryURL = URL(fileURLWithPath: directory) }
    let handles = [
      try FileHandle(forReadingFrom: URL(fileURLWithPath: folder.path("in"))),
      try FileHandle(forWritingTo: URL(fileURLWithPath: folder.path("out"))),
      try FileHandle(forWritingTo: URL(fileURLWithPath: folder.path("err"))),
    ]
    // Foundation keeps a finished process and its handles for a while; a test that starts hundreds
    // would run out of descriptors, and Process.run() crashes above 1024 of them.
    defer { for handle in handles { try? handle.close() } }
    process.standardInput = handles[0]
    process.standardOutput = handles[1]
    process.standardError = handles[2]

    // Guards against a kill of a process id that has ended and may belong to another.
    let hasEnded = Flag()
    let status: Int32 = try await withCheckedThrowingContinuation { continuation in
      process.terminationHandler = { ended in
        hasEnded.value.withLock { $0 = true }
        continuation.resume(
          returning: ended.terminationReason == .uncaughtSignal
            ? 128 + ended.terminationStatus : ended.terminationStatus)
      }
      do {
        try process.run()
      } catch {
        process.terminationHandler = nil
        continuation.resume(throwing: error)
        return
      }
      let identifier = process.processIdentifier
      DispatchQueue.global().asyncAfter(deadline: .now() + limit) {
        hasEnded.value.withLock { if !$0 { kill(identifier, SIGKILL) } }
      }
    }
    return CommandResult(
      status: status,
      output: Array(try Data(contentsOf: URL(fileURLWithPath: folder.path("out")))),
      errors: Array(try Data(contentsOf: URL(fileURLWithPath: folder.path("err")))))
  }
}

private final class Flag: Sendable {
  let value = Mutex(false)
}
