/// Which parts of a sound carry what, as a key has it.
///
/// **Chips.** A sound has 28 bands of 250 Hz, from 400 Hz on. A chip is one band over two slots of 20 ms:
/// the mark makes the first a little louder and the second a little softer for a chip of +1, and the other
/// way round for -1. 64 chips of each band are a tile of 2.56 s, which repeats from the sound's first
/// sample on. Chip n of a tile is in band n mod 28 and begins 40 ms times n div 28 after the tile.
///
/// **Order.** The chips 0 to 1791 are shuffled with the stream of `carriers`; the first 320 are the *sync*
/// chips, the other 1472 carry the payload.
///
/// **Sync.** The n-th sync chip is -1 where the top bit of the n-th word of the stream of `sync` is set,
/// else +1.
///
/// **Payload.** Dimension i is the i-th payload chip. It starts out with coded bit i mod 384; that list is
/// shuffled with the stream of `slots`. The chip is +1 for a coded bit 0 and -1 for a 1, times the
/// dimension's sign: -1 where the top bit of the i-th word of the stream of `signs` is set.
///
/// Streams, shuffle, payload and code are those of the picture's mark (``CarrierPlan``); the seeds are
/// derived under a name of their own.
struct SoundMarkPlan: Sendable {
  static let bandCount = 28
  /// Of one band in a tile.
  static let chipsPerBand = 64
  static let chipCount = bandCount * chipsPerBand
  static let syncCount = 320

  let sync: [Int]
  let syncSigns: [Float]
  let payload: [Int]
  /// For each payload chip: its coded bit and its sign.
  let slots: [Int]
  let signs: [Float]

  /// Nil unless each seed has 32 bytes.
  init?(seeds: WatermarkSeeds) {
    guard var carriers = ChaChaStream(seed: seeds.carriers),
      var syncFlips = ChaChaStream(seed: seeds.sync), var order = ChaChaStream(seed: seeds.slots),
      var flips = ChaChaStream(seed: seeds.signs)
    else { return nil }
    var chips = Array(0..<Self.chipCount)
    carriers.shuffle(&chips)
    sync = Array(chips[..<Self.syncCount])
    payload = Array(chips[Self.syncCount...])
    syncSigns = sync.map { _ in syncFlips.next() >> 63 == 0 ? 1 : -1 }
    var slots = payload.indices.map { $0 % ConvolutionalCode.codedCount }
    order.shuffle(&slots)
    self.slots = slots
    signs = slots.map { _ in flips.next() >> 63 == 0 ? 1 : -1 }
  }
}

/// What it takes to write and to read marks of sounds of one key. As with ``WatermarkKey``, seeds and tags
/// follow from a secret elsewhere.
public struct SoundMarkKey: Sendable {
  let plan: SoundMarkPlan
  let tag: @Sendable (UInt64) -> UInt32

  /// - Parameter tag: 24 bits that only the key's holder can compute for an id.
  /// Nil unless each seed has 32 bytes.
  public init?(seeds: WatermarkSeeds, tag: @escaping @Sendable (UInt64) -> UInt32) {
    guard let plan = SoundMarkPlan(seeds: seeds) else { return nil }
    self.plan = plan
    self.tag = tag
  }

  func payload(of id: UInt64) -> WatermarkPayload {
    WatermarkPayload(id: id, tag: tag(id) & WatermarkPayload.tagMask)
  }
}
