import Foundation

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
    try await withCheckedThrowingContinuation { continuation in
      // A thread of its own: dispatch's pool is small, and these wait.
      Thread.detachNewThread {
        continuation.resume(
          with: Result {
            try runBlocking(
              executable, arguments: arguments, environment: environment, directory: directory,
              input: input, limit: limit)
          })
      }
    }
  }

  /// The same for what is not asynchronous: holds the calling thread until the command ends.
  public static func runBlocking(
    _ executable: String, arguments: [String] = [], environment: [String: String] = [:],
    directory: String? = nil, input: [UInt8] = [], limit: Double = 120
  ) throws -> CommandResult {
    let folder = try TemporaryDirectory()
    try folder.write("in", input)
    // `env` changes the folder.
    let place = directory.map { ["/usr/bin/env", "--chdir", $0] } ?? []
    let command = try RunningCommand(
      place + [executable] + arguments, environment: environment, input: folder.path("in"),
      output: folder.path("out"), errors: folder.path("err"))
    DispatchQueue.global().asyncAfter(deadline: .now() + limit) { command.signal(SIGKILL) }
    return CommandResult(
      status: command.wait(),
      output: Array(try Data(contentsOf: URL(fileURLWithPath: folder.path("out")))),
      errors: Array(try Data(contentsOf: URL(fileURLWithPath: folder.path("err")))))
  }

  /// Returns once a file, which may not be there yet, has `count` lines that contain `text`; false
  /// after `limit` seconds.
  public static func waitForLines(
    of file: String, containing text: String, count: Int = 1, limit: Int = 180
  ) async throws -> Bool {
    let watch =
      "timeout \(limit) tail -n +1 -F \"$1\" 2>/dev/null | grep -m \(count) -F -c -- \"$2\""
    let seen = try await run(
      "bash", arguments: ["-c", watch, "watch", file, text], limit: Double(limit) + 10)
    return Int(seen.stdout.split(separator: "\n").first ?? "") == count
  }
}
