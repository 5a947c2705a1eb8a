/// Text from a manifest made fit for a terminal: what a stranger wrote must not move the cursor,
/// reverse the line or pass for our own words.
public enum DisplayText {
  /// Longer texts are cut; a title has no business filling a screen.
  public static let lengthLimit = 300

  /// `text` with every control, direction and invisible character spelt out, cut to the limit.
  public static func neutralised(_ text: String) -> String {
    var out = ""
    for (count, scalar) in text.unicodeScalars.enumerated() {
      guard count < lengthLimit else { return out + "…" }
      if isHarmless(scalar) {
        out.unicodeScalars.append(scalar)
      } else {
        out += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
      }
    }
    return out
  }

  /// JSON text in which such characters stand as escapes, so that it can be printed. They occur
  /// inside strings only, where an escape means the same.
  public static func escapedJSON(_ json: String) -> String {
    if json.utf8.allSatisfy({ (0x20..<0x7F).contains($0) || $0 == 0x0A }) { return json }
    var out = ""
    for scalar in json.unicodeScalars {
      if scalar == "\n" || isHarmless(scalar) {
        out.unicodeScalars.append(scalar)
        continue
      }
      for unit in Character(scalar).utf16 {
        let digits = String(unit, radix: 16)
        out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      }
    }
    return out
  }

  private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
      .paragraphSeparator:
      false
    default: true
    }
  }
}
