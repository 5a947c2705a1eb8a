/// Moments as RFC 3339 text in UTC, without Foundation.
public enum InstantText {
  /// `2026-11-22T10:00:00Z` for seconds since 1970. Years outside 0 to 9999 are clamped.
  public static func format(_ seconds: Int64) -> String {
    let clamped = min(max(seconds, -62_167_219_200), 253_402_300_799)
    let days = Int(clamped.flooredQuotient(86400))
    let rest = Int(clamped - Int64(days) * 86400)
    let (year, month, day) = civil(days)
    return pad(year, 4) + "-" + pad(month, 2) + "-" + pad(day, 2) + "T" + pad(rest / 3600, 2) + ":"
      + pad(rest / 60 % 60, 2) + ":" + pad(rest % 60, 2) + "Z"
  }

  /// Seconds since 1970 of an RFC 3339 date-time with zone, or of a bare date (midnight UTC).
  /// Fractions are dropped. Nil for anything else.
  public static func parse(_ text: String) -> Int64? {
    let characters = Array(text.utf8)
    func number(_ range: Range<Int>) -> Int? {
      guard range.upperBound <= characters.count else { return nil }
      var value = 0
      for byte in characters[range] {
        guard (0x30...0x39).contains(byte) else { return nil }
        value = value * 10 + Int(byte - 0x30)
      }
      return value
    }
    func has(_ byte: Character, at index: Int) -> Bool {
      index < characters.count && characters[index] == byte.asciiValue
    }
    guard let year = number(0..<4), has("-", at: 4), let month = number(5..<7), has("-", at: 7),
      let day = number(8..<10), (1...12).contains(month), (1...31).contains(day)
    else { return nil }
    let midnight = Int64(daysFromCivil(year, month, day)) * 86400
    guard civil(daysFromCivil(year, month, day)) == (year, month, day) else { return nil }
    if characters.count == 10 { return midnight }
    guard has("T", at: 10) || has("t", at: 10), let hour = number(11..<13), has(":", at: 13),
      let minute = number(14..<16), has(":", at: 16), let second = number(17..<19),
      hour < 24, minute < 60, second <= 60
    else { return nil }
    var index = 19
    if has(".", at: index) {
      index += 1
      while index < characters.count, (0x30...0x39).contains(characters[index]) { index += 1 }
    }
    let time = midnight + Int64(hour * 3600 + minute * 60 + second)
    if has("Z", at: index) || has("z", at: index) {
      return index + 1 == characters.count ? time : nil
    }
    guard has("+", at: index) || has("-", at: index), let hours = number(index + 1..<index + 3),
      has(":", at: index + 3), let minutes = number(index + 4..<index + 6),
      index + 6 == characters.count
    else { return nil }
    let offset = Int64(hours * 3600 + minutes * 60)
    return has("+", at: index) ? time - offset : time + offset
  }

  /// Proleptic Gregorian calendar from days since 1970 (H. Hinnant's algorithm).
  private static func civil(_ days: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = days + 719_468
    let era = Int(Int64(shifted).flooredQuotient(146_097))
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
    let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
  }

  private static func daysFromCivil(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let shifted = month <= 2 ? year - 1 : year
    let era = Int(Int64(shifted).flooredQuotient(400))
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  private static func pad(_ value: Int, _ width: Int) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(0, width - text.count)) + text
  }
}

extension Int64 {
  fileprivate func flooredQuotient(_ divisor: Int64) -> Int64 {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }
}
