/// Units of one asset one after another, as C2PA's soft bindings of `io.iscc.v0` carry them: an
/// ISCC-SEQ (IEP-0020, ISCC C2PA conformance).
public enum ISCCSequence {
  /// Units that files are found by have the full length: shorter ones collide by chance in a large
  /// catalogue, and are left aside in matching.
  public static let matchedBits = 256
  /// Up to how many of the bits two codes may differ to be a match. Of 52 clips, copies at CRF 28 differed in
  /// 6 bits at the median and 51 of them in 24 at most, half as large ones in 48 of 52 cases within 32; clips of
  /// other scenes in 75 and more, but zooms into one picture, which only look alike, in 29 and more.
  public static func reach(of kind: ISCCUnit.Kind) -> Int {
    switch kind {
    case .image, .audio, .video: 32
    // A digest: near ones are others.
    case .instance: 0
    }
  }

  /// A body has at most eight steps of 32 bits.
  private static let longestBody = 8

  public static func encode(_ units: [ISCCUnit]) -> [UInt8] { units.flatMap(\.bytes) }

  /// The units of a sequence. Those of kinds and versions that are not made here are left out, as a
  /// reader must not refuse them.
  ///
  /// - Returns: nil where the bytes are no sequence: nothing, a header that is none, a unit that may not
  ///   stand in one, or a body that is cut off.
  public static func units(in bytes: [UInt8]) -> [ISCCUnit]? {
    guard !bytes.isEmpty else { return nil }
    var reader = NibbleReader(bytes: bytes)
    var units: [ISCCUnit] = []
    while !reader.isAtEnd {
      guard let main = reader.number(), permitted.contains(main), let sub = reader.number(),
        let version = reader.number(), let length = reader.number(), length < longestBody,
        reader.alignWithZero(), let body = reader.bytes((length + 1) * 4)
      else { return nil }
      if version == 0, let kind = ISCCUnit.Kind(main: main, sub: sub) {
        units.append(ISCCUnit(kind, body: body))
      }
    }
    return units
  }

  /// Meta, semantic, content, data and instance. Whole ISCCs and identifiers are not units.
  private static let permitted = 0...4
}

/// Reads the numbers of headers, which take one to four nibbles each (ISO 24138:2024 section 5.4).
private struct NibbleReader {
  let bytes: [UInt8]
  private var position = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { position >= bytes.count * 2 }

  private mutating func nibble() -> Int? {
    guard !isAtEnd else { return nil }
    defer { position += 1 }
    let byte = Int(bytes[position / 2])
    return position.isMultiple(of: 2) ? byte >> 4 : byte & 15
  }

  /// Leading ones say how many nibbles follow; what is left are the bits above the smaller forms.
  mutating func number() -> Int? {
    guard let first = nibble() else { return nil }
    let (further, bits, base) =
      switch first {
      case 0..<8: (0, first, 0)
      case 8..<12: (1, first & 3, 8)
      case 12..<14: (2, first & 1, 72)
      case 14: (3, 0, 584)
      default: (-1, 0, 0)
      }
    guard further >= 0 else { return nil }
    var value = bits
    for _ in 0..<further {
      guard let next = nibble() else { return nil }
      value = value << 4 | next
    }
    return base + value
  }

  /// Headers end with whole bytes; what pads them is zero.
  mutating func alignWithZero() -> Bool { position.isMultiple(of: 2) || nibble() == 0 }

  mutating func bytes(_ count: Int) -> [UInt8]? {
    let start = position / 2
    guard start + count <= bytes.count else { return nil }
    position += 2 * count
    return Array(bytes[start..<start + count])
  }
}
