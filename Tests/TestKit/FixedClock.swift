import Synchronization

/// A clock that stands still until a test moves it.
public final class FixedClock: Sendable {
  private let value: Mutex<Int64>

  /// 2026-01-01T00:00:00Z unless told otherwise.
  public init(milliseconds: Int64 = 1_767_225_600_000) { value = Mutex(milliseconds) }

  public convenience init(seconds: Int64) { self.init(milliseconds: seconds * 1000) }

  /// Milliseconds since 1970.
  public var milliseconds: Int64 { value.withLock { $0 } }
  /// Seconds since 1970.
  public var seconds: Int64 { milliseconds / 1000 }

  public func advance(milliseconds step: Int64) { value.withLock { $0 += step } }
}
