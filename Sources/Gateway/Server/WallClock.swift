import Glibc

/// The machine's clock, as the parts take it that tests give a still one.
enum WallClock {
  /// Seconds since 1970.
  static let seconds: @Sendable () -> Int64 = { milliseconds() / 1000 }

  /// Milliseconds since 1970.
  static let milliseconds: @Sendable () -> Int64 = {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
  }
}
