import Pixels
import Testing

@testable import Watermark

@Suite struct VisibleMarkSearchTests {
  private static let times = stride(from: 0.0, to: 8, by: 0.5).map { $0 }

  private typealias Frame = VisibleMarkSearch.Frame

  /// A clip's frames with the mark of `key`, cut and scaled as `copy` says.
  private func frames(
    marked key: Int?, ground: Int = 0, _ copy: (FloatPlane) -> FloatPlane = { $0 }
  ) -> [Frame] {
    var mark = key.map { VisibleMark(geometry: Synthetic.geometry($0), range: .limited) }
    return Self.times.map { time in
      var frame = Synthetic.Frame(Synthetic.grounds[ground].value)
      if mark != nil { frame.blend(&mark!, at: time) }
      let luma = FloatPlane(
        width: Synthetic.width, height: Synthetic.height, values: frame.luma.map(Float.init))!
      return Frame(time: time, luma: copy(luma))
    }
  }

  private func scaled(_ plane: FloatPlane, to width: Int, _ height: Int) -> FloatPlane {
    var values: [Float] = []
    for y in 0..<height {
      for x in 0..<width {
        let (left, right) = (x * plane.width / width, max((x + 1) * plane.width / width, 1))
        let (top, bottom) = (y * plane.height / height, max((y + 1) * plane.height / height, 1))
        var sum: Float = 0
        var count: Float = 0
        for row in top..<max(bottom, top + 1) {
          for column in left..<max(right, left + 1) {
            sum += plane.values[row * plane.width + column]
            count += 1
          }
        }
        values.append(sum / count)
      }
    }
    return FloatPlane(width: width, height: height, values: values)!
  }

  private func cut(_ plane: FloatPlane, x: Int, y: Int, width: Int, height: Int) -> FloatPlane {
    var values: [Float] = []
    for row in y..<y + height {
      values += plane.values[row * plane.width + x..<row * plane.width + x + width]
    }
    return FloatPlane(width: width, height: height, values: values)!
  }

  @Test(arguments: Synthetic.grounds.indices)
  func markIsSeenWhereItsPathSays(ground: Int) {
    let search = VisibleMarkSearch(geometry: Synthetic.geometry(3), scale: 1)
    let marked = search.finding(in: frames(marked: 3, ground: ground))
    #expect(marked.verdict == .seen && marked.share == 1, "\(marked.share)")
    #expect(marked.shiftX == 0 && marked.shiftY == 0)
    let bare = search.finding(in: frames(marked: nil, ground: ground))
    #expect(bare.verdict != .seen, "\(bare.share) \(bare.score)")
  }

  @Test func copyOfHalfTheSizeStillShowsIt() {
    let small = frames(marked: 3) { self.scaled($0, to: 426, 240) }
    let finding = VisibleMarkSearch(geometry: Synthetic.geometry(3), scale: 240.0 / 360)
      .finding(in: small)
    #expect(finding.verdict == .seen, "\(finding.share) \(finding.score)")
    for sighting in finding.sightings {
      #expect(abs(sighting.foundX - sighting.expectedX) < 0.02)
      #expect(abs(sighting.foundY - sighting.expectedY) < 0.02)
    }
  }

  /// A crop moves all marks alike; the shift says by how much.
  @Test func cropIsExplainedByOneShift() {
    let cropped = frames(marked: 3) { self.cut($0, x: 64, y: 20, width: 512, height: 320) }
    let finding = VisibleMarkSearch(geometry: Synthetic.geometry(3), scale: 1)
      .finding(in: cropped)
    #expect(finding.verdict == .seen, "\(finding.share) \(finding.score)")
    #expect(abs(finding.shiftX + 64.0 / 512) < 0.02 && abs(finding.shiftY + 20.0 / 320) < 0.02)
  }

  @Test func markOfAnotherPathIsNotTakenForThisOne() {
    let finding = VisibleMarkSearch(geometry: Synthetic.geometry(4), scale: 1)
      .finding(in: frames(marked: 3))
    #expect(finding.verdict != .seen, "\(finding.share)")
  }

  /// Half of the time painted over: neither seen nor not.
  @Test func markThatIsThereAtTimesIsSaidToBe() {
    let marked = frames(marked: 3)
    let bare = frames(marked: nil)
    let mixed = zip(marked, bare).enumerated().map {
      $0.offset % 2 == 0 ? $0.element.0 : $0.element.1
    }
    let finding = VisibleMarkSearch(geometry: Synthetic.geometry(3), scale: 1).finding(in: mixed)
    #expect(finding.verdict == .cannotSay, "\(finding.share)")
  }

  @Test func lettersTooSmallToReadSayNothing() {
    let tiny = frames(marked: 3) { self.scaled($0, to: 160, 90) }
    let finding = VisibleMarkSearch(geometry: Synthetic.geometry(3), scale: 0.25)
      .finding(in: tiny)
    #expect(finding.verdict == .cannotSay && finding.sightings.isEmpty)
  }
}
