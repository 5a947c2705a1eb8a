public import Pixels

/// How strongly each part of a mark is written: more where the scene speaks against it.
///
/// A scene has values of its own at the mark's frequencies. Where they contradict a coded bit, the bit
/// is lost before any codec touches the clip; where they happen to agree, the mark need not say it as
/// loudly. Someone who marks knows the scene, so energy can go where it is needed (informed embedding:
/// Miller, Doërr and Cox 2004). A reader needs to know nothing of it: signs and carriers stay.
///
/// The scene is learnt from a clip that was marked before, as a reader sees it: what is not the mark
/// there is the scene, seen through the codec and the reader's own filters.
public struct WatermarkEmphasis: Equatable, Sendable {
  /// Every coded bit alike.
  public static let even = WatermarkEmphasis(
    sync: 1, bits: [Float](repeating: 1, count: ConvolutionalCode.codedCount))

  /// Amplitude of the sync carriers.
  let sync: Float
  /// Amplitude of each coded bit's dimensions.
  let bits: [Float]

  /// A bit that the scene says by itself is still written: crops change what the scene says.
  static let weakest: Float = 0.4
  static let loudest: Float = 2.5
  /// The sync correlation that sync carriers are weakened towards, and how far: beyond it they need
  /// no more, and the payload does.
  static let ampleSync: Float = 12
  static let weakestSync: Float = 0.75

  /// What this emphasis led to, and a better one.
  ///
  /// - Parameter residual: of the whole clip, as it was marked with `self`, neither scaled nor cut.
  public func adapted(
    to residual: FloatPlane, id: UInt64, key: WatermarkKey
  ) -> (reading: WatermarkReading, emphasis: WatermarkEmphasis) {
    let plan = key.plan
    let spectrum = TileSpectrum(residual, TileGeometry())
    let peak = spectrum.sync(plan, .upright)
    let projections = spectrum.projections(
      plan, SyncPeak(value: peak.value, orientation: .upright, x: 0, y: 0))
    let code = ConvolutionalCode.encode(key.payload(of: id).bits).map { 1 - 2 * Float($0) }
    var margins = [Float](repeating: 0, count: bits.count)
    // What an amplitude of 1 adds to each bit's margin.
    var gains = margins
    var members = margins
    let syncAmplitude = Float(2).squareRoot() * sync
    for (dimension, slot) in plan.slots.enumerated() {
      let projection = projections[dimension]
      margins[slot] += projection.value * projection.weight * code[slot]
      gains[slot] += projection.weight * projection.weight / syncAmplitude
      members[slot] += 1
    }
    let reading = WatermarkReading(
      sync: Double(peak.value),
      wrongBits: Double(margins.count { $0 <= 0 }) / Double(margins.count))
    // The scene's own part of each margin.
    let scene = margins.indices.map { margins[$0] - bits[$0] * gains[$0] }
    let energy = members.reduce(0, +)
    func amplitudes(_ level: Float) -> [Float] {
      scene.indices.map {
        min(max((level - scene[$0]) / max(gains[$0], 1e-6), Self.weakest), Self.loudest)
      }
    }
    // The highest margin that all bits can have with the energy at hand.
    var (low, high) = (scene.min()!, scene.max()! + 2 * gains.max()!)
    for _ in 0..<40 {
      let level = (low + high) / 2
      let spent = zip(amplitudes(level), members).reduce(0) { $0 + $1.0 * $1.0 * $1.1 }
      if spent < energy { low = level } else { high = level }
    }
    let enough = sync * Self.ampleSync / max(peak.value, 1)
    return (
      reading,
      WatermarkEmphasis(
        sync: min(max(enough, Self.weakestSync), 1), bits: amplitudes((low + high) / 2))
    )
  }
}

/// How well a mark whose id is known can be heard.
public struct WatermarkReading: Equatable, Sendable {
  /// Correlation of the sync carriers, in standard deviations of an unmarked picture's.
  public let sync: Double
  /// The share of coded bits that come out wrong, before the code corrects them: a fifth is too much.
  public let wrongBits: Double
  /// Little enough to survive what copies go through.
  static let comfortable = 0.04

  /// Whether writing the mark with another emphasis is worth the time.
  public var isFaint: Bool { wrongBits > Self.comfortable }
}
