import Pixels
import Testing

@testable import Watermark

struct WatermarkDetectorTests {
  static let id: UInt64 = 0xFEDC_BA98_0000_0001
  static let key = WatermarkKey.test(0)
  static let scene = Scene(width: 720, height: 480, count: 3)
  static let marked = scene.marked(id: id, key: key)

  @Test func theIdComesBack() {
    let finding = Self.marked.found(by: [Self.key])
    #expect(finding.verdict == .readable)
    #expect(finding.id == Self.id)
    #expect(finding.sync > 15)
    #expect(finding.scale == 1 && finding.rotation == 0 && !finding.isMirrored)
  }

  @Test func oldKeysAreTriedToo() {
    let finding = Self.marked.found(by: [.test(9), .test(5), Self.key])
    #expect(finding.id == Self.id)
    #expect(finding.key == 2)
  }

  @Test func withoutTheKeyThereIsNothing() {
    let finding = Self.marked.found(by: [.test(9)])
    #expect(finding.verdict == .none)
    #expect(finding.id == nil && finding.key == nil)
  }

  @Test func anUnmarkedClipHasNone() {
    #expect(Self.scene.found(by: [Self.key]).verdict == .none)
  }

  /// Whoever knows everything but the tag's secret cannot make an id that is accepted.
  @Test func aForgedTagIsNotRead() {
    let forger = WatermarkKey.test(0, tag: { _ in 0x123456 })
    let forged = Self.scene.marked(id: Self.id, key: forger)
    let finding = forged.found(by: [Self.key])
    #expect(finding.verdict == .present)
    #expect(finding.id == nil)
  }

  @Test func aCropIsFound() {
    let crop = Self.marked.remapped(width: 576, height: 384) { x, y in (x + 91, y + 44) }
    let finding = crop.found(by: [Self.key])
    #expect(finding.id == Self.id)
    #expect(abs(finding.scale - 0.8) < 0.003)
  }

  @Test func turnsAndMirrorsAreFound() {
    let (width, height) = (720, 480)
    let turned: [(Scene, Double, Bool)] = [
      (Self.marked.remapped(width: width, height: height) { (width - 1 - $0, $1) }, 0, true),
      (Self.marked.remapped(width: height, height: width) { ($1, height - 1 - $0) }, 90, false),
      (
        Self.marked.remapped(width: width, height: height) { (width - 1 - $0, height - 1 - $1) },
        180, false
      ),
    ]
    for (scene, degrees, isMirrored) in turned {
      let finding = scene.found(by: [Self.key])
      #expect(finding.id == Self.id)
      #expect(finding.isMirrored == isMirrored)
      let turn = min(
        abs(finding.rotation - degrees), abs(finding.rotation - (360 - degrees)),
        abs(finding.rotation - (degrees - 360)))
      #expect(turn < 0.3, "\(finding.rotation) for \(degrees)")
    }
  }

  @Test func halfTheSizeIsFound() {
    let half = Self.marked.remapped(width: 360, height: 240) { ($0 * 2, $1 * 2) }
    #expect(half.found(by: [Self.key]).id == Self.id)
  }

  @Test func aTinyOrFlatResidualIsNoMark() {
    let detector = WatermarkDetector(keys: [Self.key])
    for (width, height) in [(360, 360), (1, 360), (2880, 360)] {
      let plane = FloatPlane(
        width: width, height: height, values: [Float](repeating: 0, count: width * height))!
      #expect(detector.detect([plane]).verdict == .none)
    }
    #expect(detector.detect([]).verdict == .none)
  }

  @Test func theBoundHoldsForAnyNumberOfKeys() {
    let one = FalseAcceptBound(keys: 1)
    let many = FalseAcceptBound(keys: 30)
    #expect(one.probability <= 1e-9 && many.probability <= 1e-9)
    #expect(many.readableThreshold > one.readableThreshold)
    #expect(one.presentThreshold > one.readableThreshold)
    #expect(one.readableThreshold > 7 && one.presentThreshold < 10)
  }
}
