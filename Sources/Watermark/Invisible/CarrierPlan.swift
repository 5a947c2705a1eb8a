import Glibc

/// Which frequencies of the tile carry what, as a key has it.
///
/// **Carriers.** A tile is ``side`` x ``side`` canonical pixels; a frame's short side has
/// ``canonicalSide`` of them. All frequencies (u, v), in cycles a tile, with
/// 50 <= u² + v² <= 655 and either v > 0 or v = 0 and u > 0, listed by rising v and then rising u:
/// 956 of them, periods of 5 to 18 canonical pixels, which is what codecs at 480 lines keep. The list
/// is shuffled with the stream of `carriers`; the first 286 are the *sync* carriers, the other 670
/// carry the payload.
///
/// **Sync.** The phase of the n-th sync carrier is 2π times the n-th unit of the stream of `sync`.
///
/// **Payload.** Dimension 2n is the real part of the n-th payload carrier and 2n + 1 its imaginary
/// part: 1340. Dimension i starts out with coded bit i mod 384; that list is shuffled with the stream
/// of `slots`. The sign of dimension i is -1 where the top bit of the i-th word of the stream of
/// `signs` is set.
struct CarrierPlan: Sendable {
  static let canonicalSide = 360
  static let side = 128
  static let squaredFrequencies = 50...655
  static let syncCount = 286

  /// In cycles a tile.
  struct Frequency: Equatable, Sendable {
    let u: Int
    let v: Int
    var radius: Double { Double(u * u + v * v).squareRoot() }
    /// Of a `side` x `side` spectrum in which negative frequencies come last.
    var index: Int { v * side + (u + side) % side }
  }

  let sync: [Frequency]
  /// cos and sin of the sync carriers' phases.
  let syncCosines: [Float]
  let syncSines: [Float]
  let payload: [Frequency]
  /// For each dimension: its coded bit and its sign.
  let slots: [Int]
  let signs: [Float]

  /// In their fixed order, before any key.
  static let frequencies: [Frequency] = {
    var list: [Frequency] = []
    for v in 0..<side / 2 {
      for u in -side / 2..<side / 2 where v > 0 || u > 0 {
        if squaredFrequencies.contains(u * u + v * v) { list.append(Frequency(u: u, v: v)) }
      }
    }
    return list
  }()

  /// Nil unless each seed has 32 bytes.
  init?(seeds: WatermarkSeeds) {
    guard var carriers = ChaChaStream(seed: seeds.carriers),
      var phases = ChaChaStream(seed: seeds.sync), var order = ChaChaStream(seed: seeds.slots),
      var flips = ChaChaStream(seed: seeds.signs)
    else { return nil }
    var frequencies = Self.frequencies
    carriers.shuffle(&frequencies)
    sync = Array(frequencies[..<Self.syncCount])
    payload = Array(frequencies[Self.syncCount...])
    let angles = sync.map { _ in 2 * Double.pi * phases.unit() }
    syncCosines = angles.map { Float(cos($0)) }
    syncSines = angles.map { Float(sin($0)) }
    var slots = payload.indices.flatMap { [2 * $0, 2 * $0 + 1] }
      .map { $0 % ConvolutionalCode.codedCount }
    order.shuffle(&slots)
    self.slots = slots
    signs = slots.map { _ in flips.next() >> 63 == 0 ? 1 : -1 }
  }
}
