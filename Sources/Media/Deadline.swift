import Glibc
import MediaJobs

/// When the job must have ended. The client kills the process a little later; giving up first lets
/// it say why.
struct Deadline: Sendable {
  private let nanoseconds: UInt64

  init(seconds: Double) {
    nanoseconds = Self.now + UInt64(max(seconds, 0) * 1e9)
  }

  var isPast: Bool { Self.now >= nanoseconds }

  func check() throws(MediaRefusal) { if isPast { throw Self.refusal } }

  static let refusal = MediaRefusal(
    .deadline,
    "The job took longer than it may; try a shorter or smaller file, or when the machine is idle.")

  private static var now: UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}
