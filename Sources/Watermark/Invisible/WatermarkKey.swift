/// The four seeds of 32 bytes that spread an invisible mark, each derived from a secret key for one
/// purpose.
public struct WatermarkSeeds: Equatable, Sendable {
  public var carriers: [UInt8]
  public var sync: [UInt8]
  public var slots: [UInt8]
  public var signs: [UInt8]

  public init(carriers: [UInt8], sync: [UInt8], slots: [UInt8], signs: [UInt8]) {
    self.carriers = carriers
    self.sync = sync
    self.slots = slots
    self.signs = signs
  }
}

/// What it takes to write and to read marks of one key. How seeds and tags follow from a secret is
/// the caller's affair: no cryptography stands here.
public struct WatermarkKey: Sendable {
  let plan: CarrierPlan
  let tag: @Sendable (UInt64) -> UInt32

  /// - Parameter tag: 24 bits that only the key's holder can compute for an id; they keep chance and
  ///   forgers from producing ids.
  /// Nil unless each seed has 32 bytes.
  public init?(seeds: WatermarkSeeds, tag: @escaping @Sendable (UInt64) -> UInt32) {
    guard let plan = CarrierPlan(seeds: seeds) else { return nil }
    self.plan = plan
    self.tag = tag
  }

  func payload(of id: UInt64) -> WatermarkPayload {
    WatermarkPayload(id: id, tag: tag(id) & WatermarkPayload.tagMask)
  }
}

/// What a mark says: 64 bits of id, then 24 of tag, most significant bits first.
struct WatermarkPayload: Equatable, Sendable {
  static let idBits = 64
  static let tagBits = 24
  static let bitCount = idBits + tagBits
  static let tagMask: UInt32 = 1 << 24 - 1

  let id: UInt64
  let tag: UInt32

  init(id: UInt64, tag: UInt32) {
    self.id = id
    self.tag = tag
  }

  init(bits: [UInt8]) {
    id = bits[..<Self.idBits].reduce(0) { $0 << 1 | UInt64($1) }
    tag = bits[Self.idBits..<Self.bitCount].reduce(0) { $0 << 1 | UInt32($1) }
  }

  var bits: [UInt8] {
    (0..<Self.idBits).map { UInt8(id >> UInt64(Self.idBits - 1 - $0) & 1) }
      + (0..<Self.tagBits).map { UInt8(tag >> UInt32(Self.tagBits - 1 - $0) & 1) }
  }
}
