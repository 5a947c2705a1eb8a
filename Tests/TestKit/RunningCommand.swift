import Foundation
import Synchronization

/// A command that could not be started.
public struct SpawnFailure: Error {
  public let command: String
  public let reason: String
}

/// A command that runs beside the test; killed with it.
///
/// By `posix_spawn`, because Foundation's `Process` crashes where more than 1024 descriptors are open,
/// as they are while hundreds of tests run side by side.
public final class RunningCommand: Sendable {
  private let identifier: pid_t
  /// Nil until it was reaped: so long its number stays its own, and it may be signalled.
  private let status = Mutex<Int32?>(nil)

  /// - Parameters:
  ///   - command: an absolute path, or a name that is looked up in `PATH`, and its arguments.
  ///   - environment: added to, and overriding, the test's own.
  ///   - input: a file.
  ///   - output: a file that is made or written on.
  ///   - errors: the same; may be the same file.
  public init(
    _ command: [String], environment: [String: String] = [:], input: String = "/dev/null",
    output: String, errors: String
  ) throws {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    let writing = O_WRONLY | O_CREAT | O_APPEND
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

    let all = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    var arguments = command.map { strdup($0) } + [nil]
    var variables = all.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for text in arguments + variables { free(text) } }
    var identifier: pid_t = 0
    let error = posix_spawnp(
      &identifier, command[0], &actions, &attributes, &arguments, &variables)
    guard error == 0 else {
      throw SpawnFailure(command: command[0], reason: String(cString: strerror(error)))
    }
    self.identifier = identifier
  }

  deinit {
    signal(SIGKILL)
    _ = wait()
  }

  public var isRunning: Bool { reap(WNOHANG) == nil }

  /// Does nothing once it has ended.
  public func signal(_ number: Int32) {
    status.withLock { if $0 == nil { kill(identifier, number) } }
  }

  /// Blocks until it ends. The exit code, or 128 + the signal's number as a shell counts it.
  public func wait() -> Int32 {
    var information = siginfo_t()
    while status.withLock({ $0 == nil }),
      waitid(P_PID, id_t(identifier), &information, WEXITED | WNOWAIT) != 0, errno == EINTR
    {}
    return reap(0) ?? 127
  }

  private func reap(_ options: Int32) -> Int32? {
    status.withLock { status in
      if status != nil { return status }
      var word: Int32 = 0
      guard waitpid(identifier, &word, options) == identifier else { return nil }
      let signal = word & 0x7F
      status = signal == 0 ? word >> 8 & 0xFF : 128 + signal
      return status
    }
  }
}
