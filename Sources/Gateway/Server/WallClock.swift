// `timespec` belongs to whichever C module the compiler reads first; `Date` does not.
import FoundationEssentials

/// The machine's clock, as the parts take it that tests give a still one.
enum WallClock {
  /// Seconds since 1970.
  static let seconds: @Sendable () -> Int64 = { milliseconds() / 1000 }

  /// Milliseconds since 1970.
  static let milliseconds: @Sendable () -> Int64 = {
    Int64((Date().timeIntervalSince1970 * 1000).rounded(.down))
  }
}
