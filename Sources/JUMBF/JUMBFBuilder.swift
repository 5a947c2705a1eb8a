import Bytes

/// Writes boxes. Every method answers whole boxes, header included, so that they nest by
/// concatenation.
public enum JUMBFBuilder {
  /// One box. The 64-bit header form is used only where the length needs it.
  public static func box(_ code: BoxCode, _ payload: [UInt8]) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(payload.count + 16)
    if payload.count <= Int(UInt32.max) - 8 {
      out.appendBigEndian(UInt32(payload.count + 8))
      out.appendBigEndian(code.rawValue)
    } else {
      out.appendBigEndian(UInt32(1))
      out.appendBigEndian(code.rawValue)
      out.appendBigEndian(UInt64(payload.count + 16))
    }
    out += payload
    return out
  }

  /// A superbox that can be requested by its label.
  ///
  /// - Parameters:
  ///   - salt: 16 or 32 random bytes, kept in the description so that the box's hash cannot be
  ///     guessed from its content.
  ///   - contents: whole boxes, concatenated.
  public static func superbox(
    _ type: JUMBFType, label: String, salt: [UInt8]? = nil, contents: [UInt8]
  ) -> [UInt8] {
    var description = type.bytes
    description.append(salt == nil ? 0x03 : 0x13)
    description += label.utf8
    description.append(0)
    if let salt { description += box(.salt, salt) }
    return box(.superbox, box(.description, description) + contents)
  }

  /// `box` of `bytes` under another label, otherwise as it is. Nil where it has none to exchange.
  public static func relabelled(
    _ box: JUMBFSuperbox, in bytes: [UInt8], as label: String
  ) -> [UInt8]? {
    // A description of 4 GiB does not exist: its header is the short one.
    let start = box.hashedRange.lowerBound
    let old = Array(box.label.utf8) + [0]
    let labelStart = start + 8 + box.type.bytes.count + 1
    guard !box.label.isEmpty, labelStart + old.count <= box.hashedRange.upperBound,
      bytes[labelStart..<labelStart + old.count].elementsEqual(old)
    else { return nil }
    let length = bytes[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
    let end = start + length
    guard labelStart + old.count <= end, end <= box.hashedRange.upperBound else { return nil }
    let description =
      Array(bytes[start + 8..<labelStart]) + Array(label.utf8) + [0]
      + Array(bytes[labelStart + old.count..<end])
    return self.box(
      .superbox,
      self.box(.description, description) + Array(bytes[end..<box.hashedRange.upperBound]))
  }

  /// The contents of an embedded-file superbox, without a file name.
  public static func embeddedFile(mediaType: String, content: [UInt8]) -> [UInt8] {
    box(.fileDescription, [0] + Array(mediaType.utf8) + [0]) + box(.fileData, content)
  }

  /// The part of a superbox that a hashed URI covers: everything behind its own header.
  public static func hashedPart(_ superbox: [UInt8]) -> ArraySlice<UInt8> {
    let isLong = superbox.count >= 16 && superbox[..<4].elementsEqual([0, 0, 0, 1])
    return superbox.dropFirst(isLong ? 16 : 8)
  }
}
