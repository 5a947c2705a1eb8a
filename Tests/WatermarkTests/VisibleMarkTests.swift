import Pixels
import Testing

@testable import Watermark

/// Frames and letters made by arithmetic, so that these tests need no codec and no font.
enum Synthetic {
  static let width = 640
  static let height = 360

  /// Twelve strokes and bars, about as dense as a line of text.
  static func glyphs() -> GlyphMask {
    let layout = MarkLayout(frameWidth: width, frameHeight: height)
    let (w, h) = (layout.labelFontSize * 7, layout.labelFontSize)
    var coverage = [UInt8](repeating: 0, count: w * h)
    for y in 0..<h {
      for x in 0..<w {
        let cell = x / (h * 7 / 12)
        let inside = x % max(1, h * 7 / 12)
        let stroke = inside < 3 || (y / 4 + cell) % 4 == 0 && inside < h / 2
        coverage[y * w + x] = stroke ? 255 : 0
      }
    }
    return GlyphMask(width: w, height: h, coverage: coverage)!
  }

  static func geometry(_ key: Int = 7) -> MarkGeometry {
    MarkGeometry(
      frameWidth: width, frameHeight: height, glyphs: glyphs(), path: VisiblePathTests.path(key))!
  }

  struct Frame {
    var luma: [UInt8]
    var blue: [UInt8]
    var red: [UInt8]

    private init(luma: [UInt8], blue: [UInt8], red: [UInt8]) {
      self.luma = luma
      self.blue = blue
      self.red = red
    }

    init(_ value: (Int, Int) -> Int) {
      luma = (0..<width * height).map { UInt8(clamping: value($0 % width, $0 / width)) }
      blue = [UInt8](repeating: 90, count: width / 2 * height / 2)
      red = [UInt8](repeating: 170, count: width / 2 * height / 2)
    }

    mutating func blend(_ mark: inout VisibleMark, at time: Double) {
      // Three local arrays, since three spans of one struct's members would overlap.
      var (luma, blue, red) = (luma, blue, red)
      var lumaSpan = luma.mutableSpan
      var blueSpan = blue.mutableSpan
      var redSpan = red.mutableSpan
      mark.blend(
        luma: &lumaSpan, lumaStride: width, blueChroma: &blueSpan, redChroma: &redSpan,
        chromaStride: width / 2, at: time)
      self = Frame(luma: luma, blue: blue, red: red)
    }
  }

  /// Grounds from black to white, smooth, textured and noisy.
  static let grounds: [(name: String, value: @Sendable (Int, Int) -> Int)] = [
    ("black", { _, _ in 16 }),
    ("dark", { _, _ in 60 }),
    ("middle", { _, _ in 126 }),
    ("bright", { _, _ in 180 }),
    ("white", { _, _ in 235 }),
    ("ramp", { x, _ in 16 + 219 * x / width }),
    ("checks", { x, y in (x / 8 + y / 8) % 2 == 0 ? 40 : 210 }),
    ("noise", { x, y in 40 + (x &* 7919 &+ y &* 104_729 &+ x &* y &* 31) % 160 }),
  ]
}

@Suite struct VisibleMarkTests {
  @Test(arguments: Synthetic.grounds.indices)
  func lettersStandOutFromTheirPlateOnAnyGround(_ ground: Int) {
    let geometry = Synthetic.geometry()
    var mark = VisibleMark(geometry: geometry, range: .limited)
    let plain = Synthetic.Frame(Synthetic.grounds[ground].value)
    for step in 0..<48 {
      let time = Double(step) / 4
      var frame = plain
      frame.blend(&mark, at: time)
      let all = geometry.boxes(at: time)
      guard all.count == 1 else { continue }
      let box = all[0].box
      var letters = (sum: 0.0, count: 0.0)
      var plate = (sum: 0.0, count: 0.0)
      for y in 0..<box.height {
        for x in 0..<box.width where geometry.plate[y * box.width + x] == 255 {
          let value = Double(frame.luma[(box.y + y) * Synthetic.width + box.x + x])
          if geometry.glyphs[y * box.width + x] == 255 {
            letters = (letters.sum + value, letters.count + 1)
          } else {
            plate = (plate.sum + value, plate.count + 1)
          }
        }
      }
      let ratio = MarkContrast.ratio(
        SignalRange.limited.luma(letters.sum / letters.count),
        SignalRange.limited.luma(plate.sum / plate.count))
      #expect(ratio >= MarkContrast.minimumRatio, "\(Synthetic.grounds[ground].name) at \(time) s")
    }
  }

  @Test func nothingOutsideTheBoxesChanges() {
    let geometry = Synthetic.geometry()
    var mark = VisibleMark(geometry: geometry, range: .limited)
    let before = Synthetic.Frame { x, y in 30 + (x + y) % 150 }
    for time in [0.0, 1, geometry.path.boundary(1), 4, 7.7] {
      var after = before
      after.blend(&mark, at: time)
      let boxes = geometry.boxes(at: time).map(\.box)
      var strayed = 0
      for index in after.luma.indices where after.luma[index] != before.luma[index] {
        let (y, x) = index.quotientAndRemainder(dividingBy: Synthetic.width)
        let inside = boxes.contains {
          ($0.x..<$0.x + $0.width).contains(x) && ($0.y..<$0.y + $0.height).contains(y)
        }
        if !inside { strayed += 1 }
      }
      #expect(strayed == 0)
      let isMarked = after.luma != before.luma
      #expect(isMarked)
    }
  }

  @Test func aSteadyGroundGivesASteadyMark() {
    let geometry = Synthetic.geometry()
    var mark = VisibleMark(geometry: geometry, range: .limited)
    let plain = Synthetic.Frame { _, _ in 120 }
    var means: [Double] = []
    for step in 0..<60 {
      var frame = plain
      let time = Double(step) / 24
      frame.blend(&mark, at: time)
      let box = geometry.boxes(at: time)[0].box
      var sum = 0
      for y in box.y..<box.y + box.height {
        for x in box.x..<box.x + box.width { sum += Int(frame.luma[y * Synthetic.width + x]) }
      }
      means.append(Double(sum) / Double(box.width * box.height))
    }
    for (a, b) in zip(means, means.dropFirst()) { #expect(abs(a - b) < 1.5) }
  }

  @Test func plateFollowsTheGround() {
    let dark = MarkContrast.plateOpacity(mean: 0.1, deviation: 0, polarity: .lightOnDark)
    let bright = MarkContrast.plateOpacity(mean: 0.6, deviation: 0.2, polarity: .lightOnDark)
    #expect(dark < bright)
    #expect(MarkContrast.polarity(backgroundMean: 0.9) == .darkOnLight)
    #expect(MarkContrast.polarity(backgroundMean: 0.3) == .lightOnDark)
  }

  @Test func pictureInRGBIsMarkedToo() throws {
    let geometry = Synthetic.geometry()
    let grey = [UInt8](repeating: 128, count: Synthetic.width * Synthetic.height * 3)
    let image = try #require(
      RGBImage(width: Synthetic.width, height: Synthetic.height, pixels: grey))
    var mark = VisibleMark(geometry: geometry, range: .full)
    let marked = mark.blended(onto: image, at: 0)
    let green = (0..<Synthetic.width * Synthetic.height).map { marked.pixels[$0 * 3 + 1] }
    let detector = VisibleMarkDetector(geometry: geometry)
    let score = detector.score(luma: green.span, stride: Synthetic.width, at: 0)
    #expect(score >= VisibleMarkDetector.threshold)
  }

  @Test func aMarkThatDoesNotFitIsRefused() {
    #expect(
      MarkGeometry(
        frameWidth: 60, frameHeight: 20, glyphs: Synthetic.glyphs(),
        path: VisiblePathTests.path(1)) == nil)
  }
}
