public import Bytes

/// The `uuid` box that carries a manifest store in ISO base media files (C2PA 2.5 appendix A).
public enum BMFFStore {
  /// D8FEC3D6-1B0E-483C-9297-5828877EC481
  public static let userType: [UInt8] = [
    0xD8, 0xFE, 0xC3, 0xD6, 0x1B, 0x0E, 0x48, 0x3C, 0x92, 0x97, 0x58, 0x28, 0x87, 0x7E, 0xC4, 0x81,
  ]

  /// Bytes before the store in the box that `frame` makes: header, user type, version and flags,
  /// `manifest` with its zero, and the Merkle offset.
  public static let framingLength = 8 + 16 + 4 + 9 + 8

  /// No purpose has more characters than `manifest` and `original`.
  private static let purposeLimit = 16

  /// A complete `manifest` box around `store`. `merkleOffset` is where the first Merkle box of the
  /// file lies; 0 where there are none.
  public static func frame(_ store: [UInt8], merkleOffset: Int = 0) -> [UInt8] {
    var purpose = Array("manifest".utf8) + [0]
    purpose.appendBigEndian(UInt64(merkleOffset))
    return box(purpose + store)
  }

  /// A complete `update` box around `store`. The text gives update boxes no Merkle offset; the
  /// reference library writes one of zero and reads no other form.
  static func updateFrame(_ store: [UInt8]) -> [UInt8] {
    box(Array("update".utf8) + [UInt8](repeating: 0, count: 9) + store)
  }

  /// A complete `merkle` box around a proof.
  static func proofFrame(_ payload: [UInt8]) -> [UInt8] {
    box(Array("merkle".utf8) + [0] + payload)
  }

  private static func box(_ content: [UInt8]) -> [UInt8] {
    var box: [UInt8] = []
    box.reserveCapacity(content.count + 28)
    box.appendBigEndian(UInt32(content.count + 28))
    return box + Array("uuid".utf8) + userType + [0, 0, 0, 0] + content
  }

  /// A Merkle proof box: its CBOR payload with whatever padding follows it.
  public struct MerkleBox: Equatable, Sendable {
    public let range: Range<Int>
    public let payload: [UInt8]
  }

  /// Every C2PA box of the file by purpose, in file order.
  struct Found {
    var stores: [(purpose: EmbeddedStore.Purpose, box: BMFFBox, payload: Range<Int>)] = []
    var merkle: [(box: BMFFBox, payload: Range<Int>)] = []
  }

  static func locate(in source: any ByteSource) throws(ContainerError) -> EmbeddedStore? {
    let found = try find(in: BMFFBoxTree(source, descend: false).roots, of: source)
    guard !found.stores.isEmpty else { return nil }
    let updates = found.stores.filter { $0.purpose == .update }
    let others = found.stores.filter { $0.purpose != .update }
    guard updates.count <= 1, others.count <= 1 else {
      throw .multipleStores(offsets: found.stores.map(\.box.range.lowerBound))
    }
    guard !others.isEmpty else {
      throw .malformed(
        offset: updates[0].box.range.lowerBound,
        reason: "the file has an update manifest store without the store it updates")
    }
    // C2PA 2.5 appendix A.5: the store is renamed exactly when an update is put behind it. Else one
    // of the two was taken away or added by somebody who only wanted its word to count.
    guard (others[0].purpose == .original) == !updates.isEmpty else {
      throw .malformed(
        offset: others[0].box.range.lowerBound,
        reason: updates.isEmpty
          ? "the file's manifest store was updated, and the update is gone"
          : "the file has an update of a manifest store that does not know of it")
    }
    var parts: [EmbeddedStore.Part] = []
    for store in others + updates {
      guard store.payload.count <= EmbeddedStore.byteLimit else {
        throw EmbeddedStore.tooLarge(
          at: store.box.range.lowerBound, length: store.payload.count)
      }
      let payload = try source.exactly(store.payload)
      parts.append(
        try EmbeddedStore.part(
          of: payload, purpose: store.purpose, ranges: [store.box.range]
        ).part)
    }
    return EmbeddedStore(parts: parts)
  }

  /// The Merkle proof boxes of a file, in file order, `limit` bytes in all at most.
  public static func merkleBoxes(
    in source: any ByteSource, limit: Int = 32 << 20
  ) throws(ContainerError) -> [MerkleBox] {
    var left = limit
    var boxes: [MerkleBox] = []
    for entry in try find(in: BMFFBoxTree(source, descend: false).roots, of: source).merkle {
      left -= entry.payload.count
      guard left >= 0 else {
        throw .overBudget(
          offset: entry.box.range.lowerBound,
          reason: "the Merkle boxes have more than \(limit) bytes")
      }
      boxes.append(
        MerkleBox(range: entry.box.range, payload: try source.exactly(entry.payload)))
    }
    return boxes
  }

  static func find(
    in roots: [BMFFBox], of source: any ByteSource
  ) throws(ContainerError) -> Found {
    var found = Found()
    for box in roots where box.userType == userType {
      let start = box.payload.lowerBound
      let head = try source.upTo(min(4 + purposeLimit, box.payload.count), at: start)
      guard head.count > 4, let end = head[4...].firstIndex(of: 0) else {
        throw .malformed(offset: start, reason: "a C2PA box does not say its purpose")
      }
      let purpose = String(decoding: head[4..<end], as: UTF8.self)
      let body = start + end + 1
      switch purpose {
      case "merkle":
        found.merkle.append((box, body..<box.range.upperBound))
      case "manifest", "original", "update":
        let kind = EmbeddedStore.Purpose(rawValue: purpose)!
        let probe = try source.upTo(min(16, box.range.upperBound - body), at: body)
        // The Merkle offset is required for the first two. Update boxes are written both with it
        // and without it.
        let hasOffset = kind != .update || !probe.span.matches(Array("jumb".utf8), at: 4)
        guard !hasOffset || probe.count >= 8 else {
          throw .malformed(offset: start, reason: "a C2PA box ends before its store")
        }
        found.stores.append((kind, box, (body + (hasOffset ? 8 : 0))..<box.range.upperBound))
      default:
        throw .malformed(
          offset: start, reason: "a C2PA box has the unknown purpose \"\(purpose)\"")
      }
    }
    return found
  }
}
