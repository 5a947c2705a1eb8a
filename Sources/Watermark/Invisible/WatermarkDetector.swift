public import Pixels

/// What a search for an invisible mark found.
public struct WatermarkFinding: Equatable, Sendable {
  public enum Verdict: String, Sendable {
    /// The id was read and its tag is right.
    case readable
    /// A mark of the key is there, but its id is lost.
    case present
    case none
  }

  public var verdict: Verdict
  /// Where readable.
  public var id: UInt64?
  /// Which of the keys it was; nil without a mark.
  public var key: Int?
  /// The highest sync correlation met, in standard deviations of an unmarked picture's.
  public var sync: Double
  /// Upper bound on the probability that a file without a mark is given another verdict than `none`.
  public var bound: Double
  /// Canonical pixels of the marked original for one of this picture's: below 1 after a crop.
  public var scale: Double
  /// Degrees, quarters included.
  public var rotation: Double
  public var isMirrored: Bool

  public init(
    verdict: Verdict, id: UInt64?, key: Int?, sync: Double, bound: Double, scale: Double,
    rotation: Double, isMirrored: Bool
  ) {
    self.verdict = verdict
    self.id = id
    self.key = key
    self.sync = sync
    self.bound = bound
    self.scale = scale
    self.rotation = rotation
    self.isMirrored = isMirrored
  }
}

/// Looks for marks of any of several keys in the mean residual of a clip or picture.
public struct WatermarkDetector: Sendable {
  /// The whole picture, and the inside of bars around it.
  static let residualLimit = 2
  /// Guesses that are refined and decoded.
  static let finalistCount = 6
  /// Steps of refinement: halved twice, so that each axis reaches 7 finest steps either way.
  static let refinementSteps: [Double] = [4, 2, 1]
  static let reachableSteps = 15
  static let finestStep = TileGeometry(scale: 0.0005, rotation: 0.035, aspect: 0.0005)
  /// A first look without a search is worth refining from here on.
  static let promisingSync: Float = 6

  private let keys: [WatermarkKey]

  public init(keys: [WatermarkKey]) { self.keys = keys }

  private struct Hit {
    let key: Int
    var geometry: TileGeometry
    var peak: SyncPeak
  }

  /// - Parameter residuals: that of the whole picture, then that of the inside of bars, if there are
  ///   any; more than two are not looked at.
  public func detect(_ residuals: [FloatPlane]) -> WatermarkFinding {
    let bound = FalseAcceptBound(keys: keys.count)
    let residuals = residuals.prefix(Self.residualLimit)
    var best: Hit?
    // Most copies are neither cropped nor turned: those need no search.
    for residual in residuals {
      let hits = self.hits(residual, [TileGeometry()])
      if let hit = hits.first, best == nil || hit.peak.value > best!.peak.value { best = hit }
      guard let first = hits.first, first.peak.value >= Self.promisingSync else { continue }
      if let finding = finish(residual, hits, bound, &best) { return finding }
    }
    for residual in residuals {
      let hits = self.hits(residual, LatticeSearch(residual).candidates())
      if let finding = finish(residual, hits, bound, &best) { return finding }
    }
    guard let best else { return finding(.none, nil, nil, bound) }
    let isPresent = Double(best.peak.value) >= bound.presentThreshold
    return finding(isPresent ? .present : .none, best, nil, bound)
  }

  /// The best orientation of each guess with each key, best first.
  private func hits(_ residual: FloatPlane, _ geometries: [TileGeometry]) -> [Hit] {
    var hits: [Hit] = []
    for geometry in geometries {
      let spectrum = TileSpectrum(residual, geometry)
      for (index, key) in keys.enumerated() {
        let peaks = Orientation.allCases.map { spectrum.sync(key.plan, $0) }
        let peak = peaks.max { $0.value < $1.value }!
        hits.append(Hit(key: index, geometry: geometry, peak: peak))
      }
    }
    return hits.sorted { $0.peak.value > $1.peak.value }
  }

  /// Refines and decodes the finalists; nil when none can be read.
  private func finish(
    _ residual: FloatPlane, _ hits: [Hit], _ bound: FalseAcceptBound, _ best: inout Hit?
  ) -> WatermarkFinding? {
    for hit in hits.prefix(Self.finalistCount) {
      let spectrum = TileSpectrum(residual, hit.geometry)
      if let id = read(spectrum, hit, bound) { return finding(.readable, hit, id, bound) }
      let (refined, sharper) = refine(residual, hit, spectrum)
      if best == nil || refined.peak.value > best!.peak.value { best = refined }
      if let id = read(sharper, refined, bound) { return finding(.readable, refined, id, bound) }
    }
    return nil
  }

  /// The id, if the sync correlation is beyond doubt and the tag is the id's own.
  private func read(
    _ spectrum: TileSpectrum, _ hit: Hit, _ bound: FalseAcceptBound
  ) -> UInt64? {
    guard Double(hit.peak.value) >= bound.readableThreshold else { return nil }
    let key = keys[hit.key]
    let payloads = spectrum.payloads(key.plan, hit.peak)
    return payloads.first { $0 == key.payload(of: $0.id) }?.id
  }

  /// Climbs in scale, rotation and aspect as long as the sync correlation rises.
  private func refine(
    _ residual: FloatPlane, _ start: Hit, _ spectrum: TileSpectrum
  ) -> (Hit, TileSpectrum) {
    let plan = keys[start.key].plan
    var best = start
    var spectrum = spectrum
    for step in Self.refinementSteps {
      for (axis, sign) in [(0, 1.0), (0, -1), (1, 1), (1, -1), (2, 1), (2, -1)] {
        var geometry = best.geometry
        switch axis {
        case 0: geometry.scale += sign * step * Self.finestStep.scale
        case 1: geometry.rotation += sign * step * Self.finestStep.rotation
        default: geometry.aspect += sign * step * Self.finestStep.aspect
        }
        let tried = TileSpectrum(residual, geometry)
        let peak = tried.sync(plan, start.peak.orientation)
        guard peak.value > best.peak.value else { continue }
        best.geometry = geometry
        best.peak = peak
        spectrum = tried
      }
    }
    return (best, spectrum)
  }

  private func finding(
    _ verdict: WatermarkFinding.Verdict, _ hit: Hit?, _ id: UInt64?, _ bound: FalseAcceptBound
  ) -> WatermarkFinding {
    WatermarkFinding(
      verdict: verdict, id: id, key: verdict == .none ? nil : hit?.key,
      sync: Double(hit?.peak.value ?? 0), bound: bound.probability,
      scale: hit?.geometry.scale ?? 1,
      rotation: (hit?.geometry.rotation ?? 0) + Double(hit?.peak.orientation.degrees ?? 0),
      isMirrored: hit?.peak.orientation.isMirrored ?? false)
  }
}
