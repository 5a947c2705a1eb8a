/// RFC 4648 section 4: standard alphabet, always padded.
public enum Base64 {
  private static let alphabet: [UInt8] = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  public static func encode(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    var index = 0
    while index < bytes.count {
      let left = bytes.count - index
      let second = left > 1 ? bytes[index + 1] : 0
      let third = left > 2 ? bytes[index + 2] : 0
      text.append(alphabet[Int(bytes[index] >> 2)])
      text.append(alphabet[Int((bytes[index] & 3) << 4 | second >> 4)])
      text.append(left > 1 ? alphabet[Int((second & 15) << 2 | third >> 6)] : 0x3D)
      text.append(left > 2 ? alphabet[Int(third & 63)] : 0x3D)
      index += 3
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// Nil unless `text` is the one canonical encoding of some bytes: padded, no white space, and no
  /// bits set behind the last byte. (Signed notes must not have two spellings.)
  public static func decode(_ text: String) -> [UInt8]? {
    let utf8 = Array(text.utf8)
    guard utf8.count.isMultiple(of: 4) else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(utf8.count / 4 * 3)
    for start in stride(from: 0, to: utf8.count, by: 4) {
      let isLast = start + 4 == utf8.count
      let padding = isLast ? (utf8[start + 3] == 0x3D ? (utf8[start + 2] == 0x3D ? 2 : 1) : 0) : 0
      var group: UInt32 = 0
      for offset in 0..<4 {
        guard offset < 4 - padding else {
          group <<= 6
          continue
        }
        guard let value = value(utf8[start + offset]) else { return nil }
        group = group << 6 | UInt32(value)
      }
      let decoded = [UInt8(group >> 16 & 255), UInt8(group >> 8 & 255), UInt8(group & 255)]
      guard decoded[(3 - padding)...].allSatisfy({ $0 == 0 }) else { return nil }
      bytes.append(contentsOf: decoded[..<(3 - padding)])
    }
    return bytes
  }

  private static func value(_ character: UInt8) -> UInt8? {
    switch character {
    case 0x41...0x5A: character - 0x41
    case 0x61...0x7A: character - 0x61 + 26
    case 0x30...0x39: character - 0x30 + 52
    case 0x2B: 62
    case 0x2F: 63
    default: nil
    }
  }
}
