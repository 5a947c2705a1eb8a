/// Times as RFC 3339 text in UTC, and back; proleptic Gregorian, without Foundation.
public enum RFC3339 {
  /// `2026-11-22T10:00:00Z`.
  public static func text(seconds: Int64) -> String {
    let day = seconds.quotientFloored(by: 86_400)
    let rest = seconds - day * 86_400
    let (year, month, date) = civil(day: day)
    return "\(pad(year, 4))-\(pad(month, 2))-\(pad(date, 2))"
      + "T\(pad(rest / 3600, 2)):\(pad(rest / 60 % 60, 2)):\(pad(rest % 60, 2))Z"
  }

  /// `2026-11-22T10:00:00.000Z`.
  public static func text(milliseconds: Int64) -> String {
    let seconds = milliseconds.quotientFloored(by: 1000)
    return "\(text(seconds: seconds).dropLast()).\(pad(milliseconds - seconds * 1000, 3))Z"
  }

  /// Seconds since 1970 of a date-time with a zone (`Z`, `+01:00`); fractions are dropped. Nil for
  /// anything that RFC 3339 does not allow.
  public static func seconds(_ text: String) -> Int64? {
    var rest = Substring(text)
    func number(_ digits: Int) -> Int64? {
      let part = rest.prefix(digits)
      guard part.utf8.count == digits, part.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
        return nil
      }
      rest = rest.dropFirst(digits)
      return Int64(part)
    }
    func mark(_ allowed: String) -> Bool {
      guard let first = rest.first, allowed.contains(first) else { return false }
      rest = rest.dropFirst()
      return true
    }
    guard let year = number(4), mark("-"), let month = number(2), mark("-"), let date = number(2),
      mark("Tt "), let hour = number(2), mark(":"), let minute = number(2), mark(":"),
      let second = number(2), (1...12).contains(month), (1...31).contains(date), hour < 24,
      minute < 60, second <= 60
    else { return nil }
    let day = days(year: year, month: month, date: date)
    // A date that does not exist (February 30) would come back as another one.
    guard civil(day: day) == (year, month, date) else { return nil }
    if mark(".") {
      let fraction = rest.prefix { ("0"..."9").contains($0) }
      guard !fraction.isEmpty else { return nil }
      rest = rest.dropFirst(fraction.count)
    }
    var offset: Int64 = 0
    if let sign = rest.first, sign == "+" || sign == "-" {
      rest = rest.dropFirst()
      guard let hours = number(2), mark(":"), let minutes = number(2), hours < 24, minutes < 60
      else { return nil }
      offset = (hours * 3600 + minutes * 60) * (sign == "-" ? -1 : 1)
    } else {
      guard mark("Zz") else { return nil }
    }
    guard rest.isEmpty else { return nil }
    return day * 86_400 + hour * 3600 + minute * 60 + second - offset
  }

  /// Year, month and day of a day count since 1970-01-01. Years are counted from March, so that the
  /// leap day is the last of its year.
  private static func civil(day: Int64) -> (year: Int64, month: Int64, date: Int64) {
    let shifted = day + 719_468
    let era = shifted.quotientFloored(by: 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    let date = dayOfYear - (153 * marchMonth + 2) / 5 + 1
    let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, date)
  }

  private static func days(year: Int64, month: Int64, date: Int64) -> Int64 {
    let marchYear = month <= 2 ? year - 1 : year
    let era = marchYear.quotientFloored(by: 400)
    let yearOfEra = marchYear - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + date - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  private static func pad(_ value: Int64, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}

extension Int64 {
  fileprivate func quotientFloored(by divisor: Int64) -> Int64 {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }
}
