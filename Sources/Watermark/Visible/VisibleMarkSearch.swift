import Glibc
public import Pixels

/// Looks for the visible mark of one clip in a copy of it: recomputes the keyed path and says, frame by
/// frame, where the mark should be and where it is.
///
/// The copy may have been encoded again, scaled or cropped. A crop moves the mark by the same distance in
/// every frame, so that one shift must explain them all: a mark that somebody pasted elsewhere, or that
/// was painted over, does not stand where the path says in the most of them.
///
/// The score is the normalised cross-correlation of the frame's luma with the letters, over the inside of
/// the plate, as `VisibleMarkDetector` has it.
public struct VisibleMarkSearch: Sendable {
  public enum Verdict: String, Sendable {
    /// The mark stands where its path says, all the time.
    case seen
    /// It does not stand there, at hardly any time.
    case notSeen = "not seen"
    /// There is too little to see, or the mark is there at times.
    case cannotSay = "cannot say"
  }

  /// One frame of the copy.
  public struct Frame: Sendable {
    /// Seconds from the start of the clip that was marked.
    public let time: Double
    /// 0 to 255.
    public let luma: FloatPlane

    public init(time: Double, luma: FloatPlane) {
      self.time = time
      self.luma = luma
    }
  }

  /// What one frame shows. Places are centres, in fractions of the copy's frame.
  public struct Sighting: Equatable, Sendable {
    public let time: Double
    public let expectedX: Double
    public let expectedY: Double
    /// Of the best fit near there.
    public let foundX: Double
    public let foundY: Double
    /// 0 to 1.
    public let score: Double

    public var isSeen: Bool { score >= VisibleMarkSearch.threshold }
  }

  public struct Finding: Equatable, Sendable {
    public let verdict: Verdict
    /// Frames in which the mark could be in view, in order of time.
    public let sightings: [Sighting]
    /// By how much all marks are shifted, as a crop does, in fractions of the copy's frame.
    public let shiftX: Double
    public let shiftY: Double

    /// Of a file that nothing can be said about.
    public static let none = Finding(verdict: .cannotSay, sightings: [], shiftX: 0, shiftY: 0)

    /// The share of the frames in which it stands where it should.
    public var share: Double {
      sightings.isEmpty
        ? 0 : Double(sightings.count { $0.isSeen }) / Double(sightings.count)
    }
    /// The median of the frames' scores.
    public var score: Double {
      let sorted = sightings.map(\.score).sorted()
      return sorted.isEmpty ? 0 : sorted[sorted.count / 2]
    }
  }

  /// A frame shows the mark from here on. What is no mark stays below 0.35 at the few places near the
  /// expected one.
  public static let threshold = VisibleMarkDetector.threshold
  /// The share of frames that make a mark seen, and below which it is not seen.
  static let seenShare = 0.8
  static let unseenShare = 0.2
  /// Letters below this many pixels are no letters any more.
  static let smallestLetters = 7.0
  /// How far around the expected place is looked, of the copy's short side.
  private static let reach = 0.012
  /// The frames in which the mark is looked for everywhere, to find a shift.
  private static let surveyed = 8

  private let geometry: MarkGeometry
  private let scale: Double
  private let template: Template
  private let small: Template
  /// The survey looks at every third pixel of every third row.
  private static let reduction = 3

  /// - Parameters:
  ///   - geometry: of the clip as it was marked.
  ///   - scale: pixels of the copy's frames for one of the clip's.
  public init(geometry: MarkGeometry, scale: Double) {
    self.geometry = geometry
    self.scale = scale
    template = Template(geometry, scale: scale)
    small = Template(geometry, scale: scale / Double(Self.reduction))
  }

  public func finding(in frames: [Frame]) -> Finding {
    let layout = MarkLayout(frameWidth: geometry.frameWidth, frameHeight: geometry.frameHeight)
    guard Double(layout.minimumTextHeight) * scale >= Self.smallestLetters, !frames.isEmpty else {
      return .none
    }
    let images = frames.map(\.luma)
    let plain = finding(frames, images, shift: (0, 0))
    guard plain.verdict != .seen else { return plain }
    var best = plain
    for shift in shifts(frames, images) {
      let other = finding(frames, images, shift: shift)
      if other.share > best.share { best = other }
    }
    return best
  }

  private func finding(
    _ frames: [Frame], _ images: [FloatPlane], shift: (x: Double, y: Double)
  ) -> Finding {
    var sightings: [Sighting] = []
    for (frame, image) in zip(frames, images) {
      let options = geometry.boxes(at: frame.time).compactMap {
        sighting(frame, image, $0.box, shift)
      }
      // Within a jump either of two places will do.
      if let best = options.max(by: { $0.score < $1.score }) { sightings.append(best) }
    }
    let width = Double(frames[0].luma.width)
    let height = Double(frames[0].luma.height)
    let unsettled = Finding(
      verdict: .cannotSay, sightings: sightings, shiftX: shift.x / width, shiftY: shift.y / height)
    // A crop may leave the mark in view at half of the times only; of fewer nothing follows.
    guard 4 * sightings.count >= frames.count, !sightings.isEmpty else { return unsettled }
    let verdict: Verdict =
      unsettled.share >= Self.seenShare
      ? .seen : unsettled.share <= Self.unseenShare ? .notSeen : .cannotSay
    return Finding(
      verdict: verdict, sightings: sightings, shiftX: unsettled.shiftX, shiftY: unsettled.shiftY)
  }

  /// The best fit near the place where a box would be; nil where it would not be wholly in view.
  private func sighting(
    _ frame: Frame, _ image: FloatPlane, _ box: MarkGeometry.Box, _ shift: (x: Double, y: Double)
  ) -> Sighting? {
    let left = Double(box.x) * scale + shift.x
    let top = Double(box.y) * scale + shift.y
    let reach = max(2, Int((Self.reach * Double(min(image.width, image.height))).rounded(.up)))
    let (x, y) = (Int(left.rounded()), Int(top.rounded()))
    guard x >= -reach / 2, y >= -reach / 2, x + template.width <= image.width + reach / 2,
      y + template.height <= image.height + reach / 2
    else { return nil }
    var best = (score: 0.0, x: x, y: y)
    for dy in -reach...reach {
      for dx in -reach...reach {
        let score = template.correlation(image, x: x + dx, y: y + dy)
        if score > best.score { best = (score, x + dx, y + dy) }
      }
    }
    func centre(_ start: Double, _ length: Int, _ whole: Int) -> Double {
      (start + Double(length) / 2) / Double(whole)
    }
    return Sighting(
      time: frame.time, expectedX: centre(left, template.width, image.width),
      expectedY: centre(top, template.height, image.height),
      foundX: centre(Double(best.x), template.width, image.width),
      foundY: centre(Double(best.y), template.height, image.height), score: best.score)
  }

  /// Shifts that more than one frame agrees on, by looking everywhere in some frames.
  private func shifts(_ frames: [Frame], _ images: [FloatPlane]) -> [(x: Double, y: Double)] {
    let step = max(1, frames.count / Self.surveyed)
    var found: [(x: Double, y: Double)] = []
    for index in stride(from: 0, to: frames.count, by: step) {
      let image = images[index].reduced(Self.reduction)
      guard let place = small.best(in: image) else { continue }
      for (_, box) in geometry.boxes(at: frames[index].time) {
        found.append(
          (
            Double(place.x * Self.reduction) - Double(box.x) * scale,
            Double(place.y * Self.reduction) - Double(box.y) * scale
          ))
      }
    }
    let near = 2.0 * Double(Self.reduction)
    func friends(_ one: (x: Double, y: Double)) -> [(x: Double, y: Double)] {
      found.filter { abs($0.x - one.x) <= near && abs($0.y - one.y) <= near }
    }
    let ranked = found.map(friends).sorted { $0.count > $1.count }.prefix(3)
    return ranked.filter { $0.count > 1 || frames.count == 1 }.map { group in
      (
        group.reduce(0) { $0 + $1.x } / Double(group.count),
        group.reduce(0) { $0 + $1.y } / Double(group.count)
      )
    }
  }
}

extension FloatPlane {
  /// Means of `side` x `side` pixels.
  fileprivate func reduced(_ side: Int) -> FloatPlane {
    let (across, down) = (max(width / side, 1), max(height / side, 1))
    var small = [Float](repeating: 0, count: across * down)
    for y in 0..<down {
      for x in 0..<across {
        var sum: Float = 0
        var count: Float = 0
        for row in y * side..<min((y + 1) * side, height) {
          for column in x * side..<min((x + 1) * side, width) {
            sum += values[row * width + column]
            count += 1
          }
        }
        small[y * across + x] = sum / count
      }
    }
    return FloatPlane(width: across, height: down, values: small)!
  }
}

/// The letters as they are correlated: coverage at the copy's scale, inside the plate.
private struct Template {
  let width: Int
  let height: Int
  /// Coverage less its mean inside the plate; 0 outside.
  private let weights: [Float]
  /// 1 inside the plate.
  private let inside: [Float]
  private let count: Float
  private let norm: Float

  init(_ geometry: MarkGeometry, scale: Double) {
    width = max(1, Int((Double(geometry.plateWidth) * scale).rounded()))
    height = max(1, Int((Double(geometry.plateHeight) * scale).rounded()))
    let glyphs = Self.scaled(geometry.glyphs, geometry, width, height)
    let plate = Self.scaled(geometry.plate, geometry, width, height)
    inside = plate.map { $0 > 254 ? 1 : 0 }
    count = inside.reduce(0, +)
    let mean = zip(glyphs, inside).reduce(0) { $0 + $1.0 * $1.1 } / max(count, 1)
    weights = zip(glyphs, inside).map { ($0 - mean) * $1 }
    norm = weights.reduce(0) { $0 + $1 * $1 }.squareRoot()
  }

  /// Means over the area that each pixel of the smaller mask covers.
  private static func scaled(
    _ mask: [UInt8], _ geometry: MarkGeometry, _ width: Int, _ height: Int
  ) -> [Float] {
    let (fromWidth, fromHeight) = (geometry.plateWidth, geometry.plateHeight)
    func spans(_ from: Int, _ to: Int) -> [[(index: Int, weight: Float)]] {
      let ratio = Double(from) / Double(to)
      return (0..<to).map { place in
        let (start, end) = (Double(place) * ratio, Double(place + 1) * ratio)
        return (Int(start)..<min(max(Int(end.rounded(.up)), Int(start) + 1), from)).map { index in
          let share = min(end, Double(index + 1)) - max(start, Double(index))
          return (index, Float(max(share, 0) / ratio))
        }
      }
    }
    let columns = spans(fromWidth, width)
    let rows = spans(fromHeight, height)
    var result = [Float](repeating: 0, count: width * height)
    for y in 0..<height {
      for x in 0..<width {
        var sum: Float = 0
        for (row, down) in rows[y] {
          for (column, across) in columns[x] {
            sum += Float(mask[row * fromWidth + column]) * across * down
          }
        }
        result[y * width + x] = sum
      }
    }
    return result
  }

  /// 0 where the box is not wholly in the frame, or holds nothing.
  func correlation(_ image: FloatPlane, x: Int, y: Int) -> Double {
    guard x >= 0, y >= 0, x + width <= image.width, y + height <= image.height, norm > 0 else {
      return 0
    }
    var (product, sum, squares): (Float, Float, Float) = (0, 0, 0)
    image.values.withUnsafeBufferPointer { values in
      weights.withUnsafeBufferPointer { weights in
        inside.withUnsafeBufferPointer { inside in
          for row in 0..<height {
            let source = row * width
            let target = (y + row) * image.width + x
            for column in 0..<width {
              let value = (values[target + column] - 128) * inside[source + column]
              product += value * weights[source + column]
              sum += value
              squares += value * value
            }
          }
        }
      }
    }
    let variance = squares - sum * sum / count
    // A flat box holds no letters.
    guard variance > 2 * count else { return 0 }
    return Double(min(abs(product) / (norm * variance.squareRoot()), 1))
  }

  /// The best place in a whole frame; nil where nothing is like the letters at all.
  func best(in image: FloatPlane) -> (x: Int, y: Int)? {
    guard width <= image.width, height <= image.height else { return nil }
    var best = (score: 0.35, x: -1, y: -1)
    for y in 0...(image.height - height) {
      for x in 0...(image.width - width) {
        let score = correlation(image, x: x, y: y)
        if score > best.score { best = (score, x, y) }
      }
    }
    return best.x < 0 ? nil : (best.x, best.y)
  }
}
