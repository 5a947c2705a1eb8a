/// IEEE 754 binary16, by arithmetic: `Float16` is not there on every platform.
enum HalfPrecision {
  /// RFC 8949 appendix D.
  static func value(_ bits: UInt16) -> Double {
    let exponent = Int(bits >> 10 & 31)
    let mantissa = Double(bits & 1023)
    let magnitude: Double
    switch exponent {
    case 0: magnitude = mantissa * 0x1p-24
    case 31: magnitude = mantissa == 0 ? .infinity : .nan
    default: magnitude = Double(sign: .plus, exponent: exponent - 25, significand: mantissa + 1024)
    }
    return bits & 0x8000 == 0 ? magnitude : -magnitude
  }

  /// The bits that read back as `value`, or nil when it needs a wider format.
  static func bits(_ value: Double) -> UInt16? {
    if value.isNaN { return 0x7E00 }
    let sign: UInt16 = value.sign == .minus ? 0x8000 : 0
    let magnitude = value.magnitude
    if magnitude == 0 { return sign }
    if magnitude == .infinity { return sign | 0x7C00 }
    guard magnitude <= 65504 else { return nil }
    let exponent = Int(magnitude.exponent)
    let bits: UInt16
    if exponent < -14 {
      let mantissa = magnitude * 0x1p24
      guard mantissa >= 1, mantissa == mantissa.rounded(.towardZero) else { return nil }
      bits = UInt16(mantissa)
    } else {
      let mantissa = (magnitude.significand - 1) * 1024
      guard mantissa == mantissa.rounded(.towardZero) else { return nil }
      bits = UInt16(exponent + 15) << 10 | UInt16(mantissa)
    }
    return sign | bits
  }
}
