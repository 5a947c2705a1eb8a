import Glibc

/// What a search for a mark in a sound found.
public struct SoundMarkFinding: Equatable, Sendable {
  public var verdict: WatermarkFinding.Verdict
  /// Where readable.
  public var id: UInt64?
  /// Which of the keys it was; nil without a mark.
  public var key: Int?
  /// The highest correlation of sync chips met, in standard deviations of an unmarked sound's.
  public var sync: Double
  /// Upper bound on the probability that a sound without a mark is given another verdict than `none`.
  public var bound: Double
  /// How fast the sound runs beside the marked one; 1 unless somebody changed it.
  public var speed: Double

  public init(
    verdict: WatermarkFinding.Verdict, id: UInt64?, key: Int?, sync: Double, bound: Double,
    speed: Double
  ) {
    self.verdict = verdict
    self.id = id
    self.key = key
    self.sync = sync
    self.bound = bound
    self.speed = speed
  }
}

/// Looks for marks of any of several keys in a sound.
public struct SoundMarkDetector: Sendable {
  /// Samples a second of what is searched, one channel.
  public static let sampleRate = SoundCells.sampleRate
  /// A stretch is eight tiles, 20 s: longer ones would lose their beat where clocks differ or something
  /// was cut out. Each overlaps the next by half.
  private static let stretchTiles = 8
  /// Where a stretch does not tell, its speed may have been changed: so many pieces of four tiles are tried at
  /// each of these speeds. In ten seconds a step's half shifts the ends by a slot's quarter.
  private static let speedPieces = 4
  private static let speedTiles = 4
  private static let speeds: [Double] = (-16...16).filter { $0 != 0 }.map { 1 + 0.002 * Double($0) }
  /// Places of a stretch that are decoded, best first.
  private static let finalists = 3
  /// Bands that are trusted alike.
  private static let bandsPerGroup = 4

  private let keys: [SoundMarkKey]

  public init(keys: [SoundMarkKey]) { self.keys = keys }

  private struct Hit {
    var key = 0
    var sync = 0.0
    var place = 0
    var speed = 1.0
  }

  /// - Parameter samples: 16 kHz, one channel.
  public func detect(_ samples: [Float]) -> SoundMarkFinding {
    let cells = SoundCells(samples)
    let stretches = Self.stretches(of: cells.count)
    let pieces = Self.pieces(of: samples.count)
    let bound = SoundMarkBound(
      stretches: stretches.count + pieces.count * Self.speeds.count, keys: keys.count)
    var best = Hit()
    for stretch in stretches {
      if let found = read(cells.folded(stretch), 1, bound, &best) { return found }
    }
    for piece in pieces {
      for speed in Self.speeds {
        let cells = SoundCells(Self.replayed(samples[piece], at: speed))
        if let found = read(cells.folded(0..<cells.count), speed, bound, &best) { return found }
      }
    }
    let isPresent = best.sync >= bound.presentThreshold
    return SoundMarkFinding(
      verdict: isPresent ? .present : .none, id: nil, key: isPresent ? best.key : nil,
      sync: best.sync, bound: bound.probability, speed: best.speed)
  }

  /// By positions; the last one ends with the sound.
  private static func stretches(of count: Int) -> [Range<Int>] {
    let length = stretchTiles * SoundCells.positionsPerTile
    guard count > length else { return [0..<count] }
    let starts = Array(stride(from: 0, to: count - length, by: length / 2)) + [count - length]
    return starts.map { $0..<$0 + length }
  }

  /// By samples, spread over the sound.
  private static func pieces(of count: Int) -> [Range<Int>] {
    let length = speedTiles * SoundCells.positionsPerTile * SoundCells.hop
    guard count > length else { return [0..<count] }
    let pieces = min(speedPieces, (count + length - 1) / length)
    return (0..<pieces).map { index in
      let start = (count - length) * index / max(pieces - 1, 1)
      return start..<start + length
    }
  }

  /// The sound as it was before it was played faster by `speed`, by straight lines between samples: what
  /// that costs lies above the bands that carry the mark.
  private static func replayed(_ samples: ArraySlice<Float>, at speed: Double) -> [Float] {
    let last = samples.count - 1
    return (0..<max(Int(Double(last) * speed), 0)).map { index in
      let place = Double(index) / speed
      let floor = Int(place)
      let share = Float(place - Double(floor))
      let first = samples.startIndex + floor
      return samples[first] * (1 - share) + samples[min(first + 1, samples.endIndex - 1)] * share
    }
  }

  /// Reads the best places of a folded stretch; nil when none can be read.
  private func read(
    _ folded: [Float], _ speed: Double, _ bound: SoundMarkBound, _ best: inout Hit
  ) -> SoundMarkFinding? {
    for (index, key) in keys.enumerated() {
      let places = Self.sync(folded, key.plan)
      let ranked = places.indices.sorted { places[$0] > places[$1] }
      if places[ranked[0]] > best.sync {
        best = Hit(key: index, sync: places[ranked[0]], place: ranked[0], speed: speed)
      }
      for place in ranked.prefix(Self.finalists) {
        let chips = Self.chips(folded, at: place)
        guard let id = Self.id(chips, key, bound) else { continue }
        return SoundMarkFinding(
          verdict: .readable, id: id, key: index, sync: places[place], bound: bound.probability,
          speed: speed)
      }
    }
    return nil
  }

  /// The sync chips' correlation at each place of a tile.
  private static func sync(_ folded: [Float], _ plan: SoundMarkPlan) -> [Double] {
    (0..<SoundCells.positionsPerTile).map { place in
      var sum: Float = 0
      var power: Float = 0
      for (chip, sign) in zip(plan.sync, plan.syncSigns) {
        let value = folded[index(of: chip, at: place)]
        sum += value * sign
        power += value * value
      }
      return power > 0 ? Double(sum / power.squareRoot()) : 0
    }
  }

  private static func index(of chip: Int, at place: Int) -> Int {
    let (time, band) = chip.quotientAndRemainder(dividingBy: SoundMarkPlan.bandCount)
    let row = (place + time * SoundCells.positionsPerChip) % SoundCells.positionsPerTile
    return row * SoundMarkPlan.bandCount + band
  }

  private static func chips(_ folded: [Float], at place: Int) -> [Float] {
    (0..<SoundMarkPlan.chipCount).map { folded[index(of: $0, at: place)] }
  }

  /// The id whose tag is right and whose chips all together stand out.
  private static func id(
    _ chips: [Float], _ key: SoundMarkKey, _ bound: SoundMarkBound
  ) -> UInt64? {
    let plan = key.plan
    let trust = trust(chips, plan)
    var soft = [Float](repeating: 0, count: ConvolutionalCode.codedCount)
    for (index, chip) in plan.payload.enumerated() {
      soft[plan.slots[index]] +=
        chips[chip] * plan.signs[index] * trust[chip % SoundMarkPlan.bandCount]
    }
    let power = chips.reduce(0) { $0 + $1 * $1 }
    guard power > 0 else { return nil }
    for bits in ConvolutionalCode.decode(soft) {
      let payload = WatermarkPayload(bits: bits)
      guard payload == key.payload(of: payload.id) else { continue }
      let pattern = SoundMarkPattern(id: payload.id, key: key)
      let sum = zip(chips, pattern.signs).reduce(0) { $0 + $1.0 * $1.1 }
      if Double(sum / power.squareRoot()) >= bound.readableThreshold { return payload.id }
    }
    return nil
  }

  /// A weight for each band: how well its sync chips have come through, beside how far its chips spread. What
  /// noise or a codec has covered, and what a telephone has left out, counts for little.
  private static func trust(_ chips: [Float], _ plan: SoundMarkPlan) -> [Float] {
    let bands = SoundMarkPlan.bandCount
    let groups = bands / bandsPerGroup
    var heard = [Float](repeating: 0, count: groups)
    var counts = heard
    for (chip, sign) in zip(plan.sync, plan.syncSigns) {
      heard[chip % bands / bandsPerGroup] += chips[chip] * sign
      counts[chip % bands / bandsPerGroup] += 1
    }
    var powers = heard
    var sizes = heard
    for (chip, value) in chips.enumerated() {
      powers[chip % bands / bandsPerGroup] += value * value
      sizes[chip % bands / bandsPerGroup] += 1
    }
    let spreads = zip(powers, sizes).map { ($0 / $1).squareRoot() }
    let clear = (0..<groups).map { group in
      spreads[group] > 0 ? heard[group] / max(counts[group], 1) / spreads[group] : 0
    }
    let least = 0.1 * max(clear.reduce(0, +) / Float(groups), 0)
    return (0..<bands).map { band in
      let group = band / bandsPerGroup
      return spreads[group] > 0 ? max(clear[group], least) / spreads[group] : 0
    }
  }
}
