import Bytes
import PKI

/// Where a request stands in a trace that began elsewhere (W3C Trace Context, level 1): taken from
/// `traceparent`, written into every line of the log, stored with a job, and handed on to the core,
/// so that one id finds a clip's way through all servers.
struct TraceContext: Equatable, Sendable {
  /// 32 lower-case hexadecimal digits, not all zero.
  let traceID: String
  /// 16 lower-case hexadecimal digits, not all zero: the caller's span, or ours.
  let spanID: String
  /// Whether somebody records the trace.
  let isSampled: Bool

  /// The context of the request or job that this task works on.
  @TaskLocal static var current: TraceContext?

  /// Reads `traceparent` (section 3.2): version, trace, parent and flags. Versions above 0 may have
  /// more behind them; `ff` is none.
  init?(traceparent: String) {
    let parts = traceparent.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count >= 4, let version = Self.digits(parts[0], 2), version != "ff",
      parts.count == 4 || version != "00", let trace = Self.digits(parts[1], 32),
      let span = Self.digits(parts[2], 16), let flags = Self.digits(parts[3], 2),
      trace.contains(where: { $0 != "0" }), span.contains(where: { $0 != "0" })
    else { return nil }
    traceID = trace
    spanID = span
    isSampled = (UInt8(flags, radix: 16) ?? 0) & 1 == 1
  }

  /// A trace that begins here.
  init() {
    traceID = Hex.encode(SecureRandom.bytes(16))
    spanID = Hex.encode(SecureRandom.bytes(8))
    isSampled = false
  }

  private init(traceID: String, spanID: String, isSampled: Bool) {
    self.traceID = traceID
    self.spanID = spanID
    self.isSampled = isSampled
  }

  /// A step of its own in the same trace.
  var child: TraceContext {
    TraceContext(
      traceID: traceID, spanID: Hex.encode(SecureRandom.bytes(8)), isSampled: isSampled)
  }

  /// As the next server reads it.
  var traceparent: String { "00-\(traceID)-\(spanID)-\(isSampled ? "01" : "00")" }

  private static func digits(_ text: Substring, _ count: Int) -> String? {
    guard text.utf8.count == count,
      text.utf8.allSatisfy({ 0x30...0x39 ~= $0 || 0x61...0x66 ~= $0 })
    else { return nil }
    return String(text)
  }
}
