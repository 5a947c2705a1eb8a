import Testing

@testable import Watermark

@Suite struct VisibleMarkDetectorTests {
  @Test(arguments: Synthetic.grounds.indices)
  func everyMarkedFrameIsFoundAndNoOther(_ ground: Int) {
    let geometry = Synthetic.geometry(ground)
    let detector = VisibleMarkDetector(geometry: geometry)
    var mark = VisibleMark(geometry: geometry, range: .limited)
    let plain = Synthetic.Frame(Synthetic.grounds[ground].value)
    for step in 0..<100 {
      let time = Double(step) / 12
      var frame = plain
      frame.blend(&mark, at: time)
      let marked = detector.score(luma: frame.luma.span, stride: Synthetic.width, at: time)
      let unmarked = detector.score(luma: plain.luma.span, stride: Synthetic.width, at: time)
      #expect(marked >= VisibleMarkDetector.threshold)
      #expect(unmarked < VisibleMarkDetector.threshold)
    }
  }

  @Test func aMarkFromAnotherKeyIsNotTakenForThisOne() {
    var mark = VisibleMark(geometry: Synthetic.geometry(1), range: .limited)
    let detector = VisibleMarkDetector(geometry: Synthetic.geometry(2))
    let plain = Synthetic.Frame { _, _ in 100 }
    var found = 0
    for step in 0..<48 {
      var frame = plain
      let time = Double(step) / 4
      frame.blend(&mark, at: time)
      if detector.isMarked(luma: frame.luma.span, stride: Synthetic.width, at: time) { found += 1 }
    }
    #expect(found < 5)
  }
}
