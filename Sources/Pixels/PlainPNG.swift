/// Writes a picture as PNG (ISO/IEC 15948) without compression: for machines that take nothing else.
public enum PlainPNG {
  public static func encode(_ image: RGBImage) -> [UInt8] {
    var header = number(image.width) + number(image.height)
    // Eight bits, RGB, the one compression, the one filter set, no interlace.
    header += [8, 2, 0, 0, 0]
    var rows: [UInt8] = []
    rows.reserveCapacity((image.width * 3 + 1) * image.height)
    for y in 0..<image.height {
      rows.append(0)
      rows += image.pixels[y * image.width * 3..<(y + 1) * image.width * 3]
    }
    return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + chunk("IHDR", header)
      + chunk("IDAT", stored(rows)) + chunk("IEND", [])
  }

  /// A zlib stream (RFC 1950) of stored blocks (RFC 1951 §3.2.4).
  private static func stored(_ bytes: [UInt8]) -> [UInt8] {
    var stream: [UInt8] = [0x78, 0x01]
    stream.reserveCapacity(bytes.count + bytes.count / 1000 + 16)
    var offset = 0
    repeat {
      let length = min(bytes.count - offset, 0xFFFF)
      let isLast = offset + length == bytes.count
      stream += [
        isLast ? 1 : 0, UInt8(length & 0xFF), UInt8(length >> 8), UInt8(~length & 0xFF),
        UInt8(~length >> 8 & 0xFF),
      ]
      stream += bytes[offset..<offset + length]
      offset += length
    } while offset < bytes.count
    return stream + number(Int(adler(bytes)))
  }

  private static func chunk(_ type: String, _ content: [UInt8]) -> [UInt8] {
    let body = Array(type.utf8) + content
    return number(content.count) + body + number(Int(checksum(body)))
  }

  private static func number(_ value: Int) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }

  private static func adler(_ bytes: [UInt8]) -> UInt32 {
    var (a, b): (UInt32, UInt32) = (1, 0)
    for byte in bytes {
      a = (a + UInt32(byte)) % 65_521
      b = (b + a) % 65_521
    }
    return b << 16 | a
  }

  private static let table: [UInt32] = (0..<256).map { start in
    (0..<8).reduce(UInt32(start)) { value, _ in
      value & 1 == 1 ? 0xEDB8_8320 ^ value >> 1 : value >> 1
    }
  }

  private static func checksum(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(UInt32.max) { table[Int(($0 ^ UInt32($1)) & 0xFF)] ^ $0 >> 8 }
  }
}
