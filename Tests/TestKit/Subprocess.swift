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
    // `env` finds the executable and changes the folder.
    let place = directory.map { ["--chdir", $0] } ?? []
    let spawn = Spawn(
      command: ["/usr/bin/env"] + place + [executable] + arguments,
      environment: ProcessInfo.processInfo.environment.merging(environment) { $1 },
      input: folder.path("in"), output: folder.path("out"), errors: folder.path("err"))
    let status = try spawn.run(limit: limit)
    return CommandResult(
      status: status,
      output: Array(try Data(contentsOf: URL(fileURLWithPath: folder.path("out")))),
      errors: Array(try Data(contentsOf: URL(fileURLWithPath: folder.path("err")))))
  }
}

/// A command that could not be started.
public struct SpawnFailure: Error {
  public let command: String
  public let reason: String
}

/// `posix_spawn`, because Foundation's `Process` crashes where more than 1024 descriptors are open, as
/// they are while hundreds of tests run side by side.
private struct Spawn: Sendable {
  let command: [String]
  let environment: [String: String]
  let input: String
  let output: String
  let errors: String

  /// Blocks until the command ends.
  func run(limit: Double) throws -> Int32 {
    let identifier = try start()
    // The process stays a zombie, and its number its own, until nobody can kill it any more.
    let hasEnded = Flag()
    DispatchQueue.global().asyncAfter(deadline: .now() + limit) {
      hasEnded.value.withLock { if !$0 { kill(identifier, SIGKILL) } }
    }
    var information = siginfo_t()
    while waitid(P_PID, id_t(identifier), &information, WEXITED | WNOWAIT) != 0, errno == EINTR {}
    hasEnded.value.withLock { $0 = true }
    var status: Int32 = 0
    while waitpid(identifier, &status, 0) < 0, errno == EINTR {}
    let signal = status & 0x7F
    return signal == 0 ? status >> 8 & 0xFF : 128 + signal
  }

  private func start() throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    let writing = O_WRONLY | O_CREAT | O_TRUNC
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, input, O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output, writing, 0o600)
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, errors, writing, 0o600)

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // What the test process ignores or blocks is its own affair.
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigaddset(&signals, SIGPIPE)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
    posix_spawnattr_setflags(&attributes, Int16(flags))

    var arguments = command.map { strdup($0) } + [nil]
    var variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for text in arguments + variables { free(text) } }
    var identifier: pid_t = 0
    let error = posix_spawn(
      &identifier, command[0], &actions, &attributes, &arguments, &variables)
    guard error == 0 else {
      throw SpawnFailure(command: command[0], reason: String(cString: strerror(error)))
    }
    return identifier
  }
}

private final class Flag: Sendable {
  let value = Mutex(false)
}
