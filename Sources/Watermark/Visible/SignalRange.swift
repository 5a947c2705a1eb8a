/// How 8-bit code values stand for luma and chroma (ITU-R BT.709 §3, ISO/IEC 23091-2
/// VideoFullRangeFlag).
public enum SignalRange: Equatable, Sendable {
  /// Luma 16 to 235: what video usually carries.
  case limited
  /// 0 to 255: JPEG, RGB, and some cameras.
  case full

  var black: Double { self == .limited ? 16 : 0 }
  var span: Double { self == .limited ? 219 : 255 }

  /// Luma from 0 to 1 as a code value.
  func code(_ luma: Double) -> Int { Int((black + span * min(max(luma, 0), 1)).rounded()) }
  /// A code value as luma from 0 to 1.
  func luma(_ code: Double) -> Double { min(max((code - black) / span, 0), 1) }
}
