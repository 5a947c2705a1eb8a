import Bytes

/// The APP11 segments that carry a manifest store in a JPEG file (C2PA 2.5 appendix A, JPEG XT
/// ISO/IEC 18477-3 annex B.2).
public enum JPEGStore {
  /// Type UUID of a C2PA manifest store superbox.
  static let storeType: [UInt8] = [
    0x63, 0x32, 0x70, 0x61, 0x00, 0x11, 0x00, 0x10, 0x80, 0x00, 0x00, 0xAA, 0x00, 0x38, 0x9B, 0x71,
  ]
  /// Store bytes a packet carries; the length field allows a little more.
  private static let packetLength = 64_000
  /// Box instance number of the store that is written; readers group packets by it.
  private static let boxInstance: UInt16 = 0x0211

  private struct Packet {
    let instance: UInt16
    let sequence: UInt32
    let range: Range<Int>
    /// Everything after the sequence number, LBox and TBox included.
    let body: [UInt8]
  }

  /// The packets around `store`, one after the other. For a store of n bytes in k packets this is
  /// n + 12 + 20 (k - 1) bytes.
  public static func frame(_ store: [UInt8]) -> [UInt8] {
    var framed: [UInt8] = []
    framed.reserveCapacity(store.count + 64 + store.count / packetLength * 20)
    var position = 0
    var sequence: UInt32 = 1
    while position < store.count || sequence == 1 {
      let end = min(store.count, position + packetLength)
      // Every packet after the first repeats the superbox's LBox and TBox.
      let repeated = sequence == 1 ? [] : Array(store[..<8])
      framed += [0xFF, 0xEB]
      framed.appendBigEndian(UInt16(2 + 2 + 2 + 4 + repeated.count + end - position))
      framed += Array("JP".utf8)
      framed.appendBigEndian(boxInstance)
      framed.appendBigEndian(sequence)
      framed += repeated + store[position..<end]
      position = end
      sequence += 1
    }
    return framed
  }

  static func locate(in source: any ByteSource) throws(ContainerError) -> EmbeddedStore? {
    try locate(in: source, segments: JPEGSegments(source))
  }

  static func locate(
    in source: any ByteSource, segments: JPEGSegments
  ) throws(ContainerError) -> EmbeddedStore? {
    let packets = try packets(of: segments, in: source)
    // A store begins with a `jumb` box whose description box carries the C2PA type.
    let starts = packets.filter {
      $0.body.span.matches(Array("jumb".utf8), at: 4)
        && $0.body.span.matches(storeType, at: 16)
    }
    guard let first = starts.first else { return nil }
    guard starts.count == 1 else {
      throw .multipleStores(offsets: starts.map(\.range.lowerBound))
    }
    // Packets of one box share its instance number, and repeat its LBox and TBox.
    let own = packets.filter {
      $0.instance == first.instance && $0.body.span.matches(Array(first.body[..<8]), at: 0)
    }
    // Readers join them as they stand in the file or by their numbers: both must say the same.
    for (before, after) in zip(own, own.dropFirst()) where before.sequence >= after.sequence {
      throw .malformed(
        offset: after.range.lowerBound, reason: "the packets of the store are not in order")
    }
    var anomalies: [EmbeddedStore.Anomaly] = []
    if own.map(\.sequence) != (1...UInt32(own.count)).map({ $0 }) {
      anomalies.append(.packetsOutOfSequence)
    }
    for (before, after) in zip(own, own.dropFirst())
    where before.range.upperBound != after.range.lowerBound {
      anomalies.append(.packetsNotContiguous)
      break
    }
    var store: [UInt8] = []
    for (index, packet) in own.enumerated() {
      let headerLength = index == 0 ? 0 : isLargeBox(packet.body) ? 16 : 8
      guard packet.body.count >= headerLength else {
        throw .malformed(
          offset: packet.range.lowerBound, reason: "an APP11 packet is shorter than a box header")
      }
      store += packet.body[headerLength...]
      guard store.count <= EmbeddedStore.byteLimit else {
        throw EmbeddedStore.tooLarge(at: first.range.lowerBound, length: store.count)
      }
    }
    let part = try EmbeddedStore.part(
      of: store, purpose: .manifest, ranges: own.map(\.range)
    ).part
    return EmbeddedStore(parts: [part], anomalies: anomalies)
  }

  private static func isLargeBox(_ body: [UInt8]) -> Bool {
    body.span.matches([0, 0, 0, 1], at: 0)
  }

  private static func packets(
    of segments: JPEGSegments, in source: any ByteSource
  ) throws(ContainerError) -> [Packet] {
    var packets: [Packet] = []
    var total = 0
    for segment in segments.segments where segment.marker == 0xEB && segment.payload.count > 16 {
      let payload = try source.exactly(segment.payload)
      guard payload.span.matches(Array("JP".utf8), at: 0) else { continue }
      total += payload.count
      guard total <= EmbeddedStore.byteLimit * 2 else {
        throw EmbeddedStore.tooLarge(at: segment.range.lowerBound, length: total)
      }
      packets.append(
        Packet(
          instance: UInt16(payload[2]) << 8 | UInt16(payload[3]),
          sequence: payload[4..<8].reduce(0) { $0 << 8 | UInt32($1) },
          range: segment.range, body: Array(payload[8...])))
    }
    return packets
  }
}
