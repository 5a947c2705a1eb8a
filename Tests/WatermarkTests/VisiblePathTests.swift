import Testing

@testable import Watermark

/// Properties that must hold for every key, so they are tried on hundreds.
@Suite struct VisiblePathTests {
  static let frames = [(1280, 720), (720, 1280), (1024, 1024), (1792, 1024)]

  static func path(_ number: Int) -> VisiblePath {
    // Any bytes will do as a key; these differ in every position.
    VisiblePath(
      seed: (0..<32).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ number &* 97 &+ number >> 8) })!
  }

  /// The whole mark (the widest that the layout allows) at its strongest placement.
  static func box(
    _ path: VisiblePath, at time: Double, frame: (width: Int, height: Int)
  ) -> (x: ClosedRange<Double>, y: ClosedRange<Double>, centre: (x: Double, y: Double)) {
    let width = Double(frame.width)
    let height = Double(frame.height)
    let layout = MarkLayout(frameWidth: frame.width, frameHeight: frame.height)
    // Text as wide as DejaVu Sans Bold sets "AI generated" (7.4 em), two lines high.
    let textWidth = min(layout.maximumTextWidth, layout.labelFontSize * 74 / 10)
    let half = (
      x: Double(textWidth + 2 * layout.horizontalPadding) / 2,
      y: Double(
        layout.labelFontSize + layout.lineGap + layout.handleFontSize + 2 * layout.verticalPadding)
        / 2
    )
    let reach = (x: half.x + Double(layout.edgeMargin), y: half.y + Double(layout.edgeMargin))
    let placement = path.placements(at: time, width: frame.width, height: frame.height)[0]
    let x = min(max(placement.x * width, reach.x), width - reach.x)
    let y = min(max(placement.y * height, reach.y), height - reach.y)
    return (x - half.x...x + half.x, y - half.y...y + half.y, (x, y))
  }

  @Test(arguments: frames)
  func anyFourSecondsHoldAMoveOfATenthOfTheShortSide(width: Int, height: Int) {
    let least = Double(min(width, height)) / 10
    var failed: [Int] = []
    for number in 0..<200 {
      let path = Self.path(number)
      for start in stride(from: 0.0, through: 8.0, by: 0.8) {
        let centres = stride(from: start, through: start + 4, by: 0.25).map {
          Self.box(path, at: $0, frame: (width, height)).centre
        }
        let width = centres.map(\.x).max()! - centres.map(\.x).min()!
        let height = centres.map(\.y).max()! - centres.map(\.y).min()!
        if (width * width + height * height).squareRoot() < least { failed.append(number) }
      }
    }
    #expect(failed.isEmpty)
  }

  @Test func tenSecondsVisitAtLeastThreeAnchors() {
    for number in 0..<500 {
      let path = Self.path(number)
      let cells = Set((0...path.dwell(at: 10)).map { path.cell(of: $0) })
      #expect(cells.count >= 3)
    }
  }

  @Test(arguments: frames, [4.0, 5.5, 8.0, 11, 12, 20])
  func croppingAFifthOffAnyEdgeLeavesTheWholeMarkHalfOfTheTime(
    frame: (Int, Int), seconds: Double
  ) {
    let (width, height) = (Double(frame.0), Double(frame.1))
    for number in 0..<100 {
      let path = Self.path(number)
      var kept = (left: 0, right: 0, top: 0, bottom: 0, box: 0)
      var total = 0
      for time in stride(from: 0.0, to: seconds, by: 1.0 / 6) {
        let mark = Self.box(path, at: time, frame: frame)
        total += 1
        if mark.x.lowerBound >= 0.2 * width { kept.left += 1 }
        if mark.x.upperBound <= 0.8 * width { kept.right += 1 }
        if mark.y.lowerBound >= 0.2 * height { kept.top += 1 }
        if mark.y.upperBound <= 0.8 * height { kept.bottom += 1 }
      }
      // One sample of slack at the boundaries between dwells.
      let half = total / 2 - 1
      #expect(kept.left >= half && kept.right >= half, "key \(number)")
      #expect(kept.top >= half && kept.bottom >= half, "key \(number)")
    }
  }

  @Test func dwellsLastTwoToThreeAndAHalfSeconds() {
    for number in 0..<200 {
      let path = Self.path(number)
      for dwell in 0..<30 {
        let seconds = path.boundary(dwell + 1) - path.boundary(dwell)
        #expect((2.0...3.5).contains(seconds))
        #expect(path.dwell(at: path.boundary(dwell) + 0.001) == dwell)
        #expect(path.dwell(at: path.boundary(dwell + 1) - 0.001) == dwell)
      }
    }
  }

  @Test func everyNineDwellsVisitEveryCellAndNeverStepToANeighbour() {
    for number in 0..<200 {
      let path = Self.path(number)
      let cells = (0..<36).map { path.cell(of: $0) }
      for cycle in 0..<4 {
        #expect(Set(cells[cycle * 9..<cycle * 9 + 9]) == Set(0..<9))
      }
      for start in 0..<27 { #expect(cells[start..<start + 9].contains(4)) }
      for (a, b) in zip(cells, cells.dropFirst()) {
        #expect(abs(a / 3 - b / 3) + abs(a % 3 - b % 3) > 1)
      }
    }
  }

  @Test func driftIsTwoPercentOfTheWidthPerSecond() {
    for number in 0..<50 {
      let path = Self.path(number)
      let middle = path.boundary(0) + 1.5
      let a = path.placements(at: middle, width: 1280, height: 720)[0]
      let b = path.placements(at: middle + 0.5, width: 1280, height: 720)[0]
      let dx = (b.x - a.x) * 1280
      let dy = (b.y - a.y) * 720
      #expect(abs((dx * dx + dy * dy).squareRoot() - 12.8) < 0.01)
    }
  }

  @Test func aJumpShowsBothPlacesAndNeverDimsTheStrongerBelowSevenTenths() {
    for number in 0..<50 {
      let path = Self.path(number)
      let boundary = path.boundary(1)
      let inside = path.placements(at: boundary, width: 1280, height: 720)
      #expect(inside.map(\.dwell).sorted() == [0, 1])
      #expect(path.placements(at: boundary - 0.16, width: 1280, height: 720).count == 1)
      #expect(path.placements(at: boundary + 0.16, width: 1280, height: 720).count == 1)
      for offset in stride(from: -0.2, through: 0.2, by: 0.005) {
        let all = path.placements(at: boundary + offset, width: 1280, height: 720)
        #expect(all[0].weight >= 0.7)
        // Equal at the boundary itself, but for rounding.
        #expect(all[0].weight >= all.last!.weight - 1e-9)
      }
    }
  }

  @Test func differentKeysWalkDifferently() {
    let walks = Set(
      (0..<100).map { number in
        let path = Self.path(number)
        return path.placements(at: 3.8, width: 1280, height: 720).map { "\($0.x) \($0.y)" }.joined()
      })
    #expect(walks.count == 100)
  }

  @Test func aSeedOfTheWrongLengthIsRefused() {
    #expect(VisiblePath(seed: [1, 2, 3]) == nil)
  }
}
