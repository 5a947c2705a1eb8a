import Bytes

/// Moments as reports print them and as people type them.
public enum InstantText {
  /// `2026-11-22T10:00:00Z` for seconds since 1970. Years outside 0 to 9999, which a certificate may
  /// name, are clamped: RFC 3339 has no others.
  public static func format(_ seconds: Int64) -> String {
    RFC3339.text(seconds: min(max(seconds, -62_167_219_200), 253_402_300_799))
  }

  /// Seconds since 1970 of an RFC 3339 date-time with zone, or of a bare date (midnight UTC).
  public static func parse(_ text: String) -> Int64? {
    RFC3339.seconds(text) ?? (text.utf8.count == 10 ? RFC3339.seconds(text + "T00:00:00Z") : nil)
  }
}
