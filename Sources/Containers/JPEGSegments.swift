public import Bytes

/// One marker segment of a JPEG file (ISO/IEC 10918-1 annex B).
public struct JPEGSegment: Equatable, Sendable {
  /// The second byte of the marker: 0xD8 for SOI, 0xEB for APP11.
  public let marker: UInt8
  /// Marker, length, parameters, and for SOS and RSTn the entropy-coded data that follows.
  public let range: Range<Int>
  /// The parameters, after the length field; empty for markers without one.
  public let payload: Range<Int>

  /// The standard's symbol, as `c2pa.hash.boxes` names a segment.
  public var name: String {
    switch marker {
    case 0xC0...0xC3, 0xC5...0xC7, 0xC9...0xCB, 0xCD...0xCF: "SOF\(marker - 0xC0)"
    case 0xC4: "DHT"
    case 0xC8: "JPG"
    case 0xCC: "DAC"
    case 0xD0...0xD7: "RST\(marker - 0xD0)"
    case 0xD8: "SOI"
    case 0xD9: "EOI"
    case 0xDA: "SOS"
    case 0xDB: "DQT"
    case 0xDC: "DNL"
    case 0xDD: "DRI"
    case 0xDE: "DHP"
    case 0xDF: "EXP"
    case 0xE0...0xEF: "APP\(marker - 0xE0)"
    case 0xF0...0xFD: "JPG\(marker - 0xF0)"
    case 0xFE: "COM"
    case 0x01: "TEM"
    default: "RES"
    }
  }
}

/// The segments of a JPEG file up to its EOI.
public struct JPEGSegments: Equatable, Sendable {
  /// A restart marker may follow every block row; a 40-megapixel photo has some thousands.
  public static let segmentLimit = 100_000

  public let segments: [JPEGSegment]
  /// What follows EOI: nothing, or the further pictures of a multi-picture file.
  public let trailing: Range<Int>
  /// Whether EOI was reached.
  public let isComplete: Bool

  /// Walks `source`. Damage in or after the scan data ends the walk with `isComplete` false;
  /// damage before it is an error.
  public init(_ source: any ByteSource) throws(ContainerError) {
    var window = ByteWindow(source)
    var segments: [JPEGSegment] = []
    var position = 0
    var sawScan = false
    var isComplete = false
    walk: while !isComplete {
      guard segments.count < JPEGSegments.segmentLimit else {
        throw .overBudget(
          offset: position,
          reason: "the picture has more than \(JPEGSegments.segmentLimit) segments")
      }
      let start = position
      guard try window.byte(at: position) == 0xFF else {
        if sawScan { break walk }
        throw .malformed(offset: position, reason: "a JPEG marker is missing")
      }
      // Any marker may be preceded by fill bytes (B.1.1.2).
      position += 1
      while try window.byte(at: position) == 0xFF { position += 1 }
      guard let marker = try window.byte(at: position), marker != 0 else {
        if sawScan { break walk }
        throw .malformed(offset: position, reason: "a JPEG marker is cut off")
      }
      position += 1
      if segments.isEmpty, marker != 0xD8 {
        throw .malformed(offset: 0, reason: "the picture does not begin with SOI")
      }
      let hasLength = !(0xD0...0xD9).contains(marker) && marker != 0x01
      var payload = position..<position
      if hasLength {
        guard let high = try window.byte(at: position),
          let low = try window.byte(at: position + 1),
          case let length = Int(high) << 8 | Int(low), length >= 2,
          length <= window.count - position
        else {
          if sawScan { break walk }
          throw .malformed(offset: position, reason: "a JPEG segment runs past the end")
        }
        payload = (position + 2)..<(position + length)
        position += length
      }
      if marker == 0xDA || (0xD0...0xD7).contains(marker) {
        sawScan = true
        position = try JPEGSegments.endOfEntropyData(from: position, in: &window)
      }
      segments.append(JPEGSegment(marker: marker, range: start..<position, payload: payload))
      isComplete = marker == 0xD9
    }
    self.segments = segments
    self.isComplete = isComplete
    trailing = position..<max(position, source.count)
  }

  /// A segment with its marker and length.
  static func frame(_ marker: UInt8, _ payload: [UInt8]) throws(ContainerError) -> [UInt8] {
    guard let length = UInt16(exactly: payload.count + 2) else {
      throw .overBudget(offset: 0, reason: "a JPEG segment has at most 65,533 bytes")
    }
    var segment: [UInt8] = [0xFF, marker]
    segment.appendBigEndian(length)
    return segment + payload
  }

  /// Entropy-coded data ends at the first 0xFF that is not followed by a stuffed zero.
  private static func endOfEntropyData(
    from offset: Int, in window: inout ByteWindow
  ) throws(ContainerError) -> Int {
    var position = offset
    while let candidate = try window.firstOffset(of: 0xFF, from: position) {
      guard let next = try window.byte(at: candidate + 1) else { return candidate }
      if next != 0 { return candidate }
      position = candidate + 2
    }
    return window.count
  }
}
