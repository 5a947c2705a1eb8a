import Glibc
import MediaJobs
import Synchronization

/// One run of `assay-media`: started, fed, read, and gone when `run` returns.
final class WorkerProcess: Sendable {
  private struct State {
    /// Set from the start until the process has been reaped.
    var process: pid_t?
    var isCancelled = false
  }

  /// How long after its own deadline, and after its last answer, a process may take to end.
  private static let graceSeconds = 2.0
  /// The end of what it says on standard error: a missing library, the sandbox's failed step.
  private static let complaintLimit = 2048

  private let executable: String
  private let state = Mutex(State())

  init(executable: String) { self.executable = executable }

  /// Ends the process now, or keeps it from starting. Safe from any thread: the lock keeps the
  /// process from being reaped, and its number from being reused, while it is signalled.
  func cancel() {
    state.withLock {
      $0.isCancelled = true
      if let process = $0.process { kill(process, SIGKILL) }
    }
  }

  /// Blocks until the process has been reaped.
  func run(
    _ order: MediaOrder, input: Int32?, output: Int32?, collector: inout AnswerCollector
  ) throws(MediaFailure) {
    let channel = try WorkerChannel()
    let process = try start(channel, input: input, output: output)
    channel.closeFarEnds()
    var failure: MediaFailure?
    do throws(MediaFailure) {
      try channel.converse(
        order.message.encoded, seconds: order.budget.wallClockSeconds, grace: Self.graceSeconds,
        collector: &collector)
    } catch {
      failure = error
    }
    let status = reap(process, atOnce: failure != nil)
    if collector.isFinished, failure == nil { return }
    if state.withLock({ $0.isCancelled }) { throw .cancelled }
    throw failure ?? Self.explain(status, complaint: channel.complaint)
  }

  private func start(
    _ channel: WorkerChannel, input: Int32?, output: Int32?
  ) throws(MediaFailure) -> pid_t {
    var process: pid_t = 0
    let answer: Int32? = state.withLock {
      guard !$0.isCancelled else { return nil }
      let answer = WorkerSpawn.spawn(
        executable, input: channel.far.input.number, output: channel.far.output.number,
        error: channel.far.error.number, files: (input, output), process: &process)
      if answer == 0 { $0.process = process }
      return answer
    }
    guard let answer else { throw .cancelled }
    guard answer == 0 else {
      throw .unavailable("\(executable): \(String(cString: strerror(answer)))")
    }
    return process
  }

  /// Waits for the end, which is near: the process has closed its output or must go `atOnce`.
  private func reap(_ process: pid_t, atOnce: Bool) -> Int32 {
    var status: Int32 = 0
    var waited = 0.0
    if atOnce { kill(process, SIGKILL) }
    while true {
      let isGone = state.withLock {
        let answer = waitpid(process, &status, WNOHANG)
        guard answer == process || (answer < 0 && errno != EINTR) else { return false }
        $0.process = nil
        return true
      }
      if isGone { return status }
      usleep(1000)
      waited += 0.001
      // Not reaped yet, so the number is still this process's.
      if waited >= Self.graceSeconds { kill(process, SIGKILL) }
    }
  }

  private static func explain(_ status: Int32, complaint: String) -> MediaFailure {
    let signal = status & 0x7F
    guard signal == 0 else {
      switch signal {
      case SIGXCPU: return .overBudget("it used up its processor time")
      case SIGXFSZ: return .overBudget("the output grew larger than it may")
      default: return .crashed("signal \(signal)")
      }
    }
    let code = status >> 8 & 0xFF
    let detail = complaint.isEmpty ? "" : ": \(complaint)"
    // 127 and 126: the dynamic linker or the shell could not run it.
    if code == 126 || code == 127 { return .unavailable("exit code \(code)\(detail)") }
    return .crashed("exit code \(code)\(detail)")
  }

  static func tail(_ bytes: [UInt8]) -> String {
    let text = String(decoding: bytes.suffix(complaintLimit), as: UTF8.self)
    return String(text.split(separator: "\n").last ?? "")
  }
}
