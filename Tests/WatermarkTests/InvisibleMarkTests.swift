import Glibc
import Pixels
import Testing

@testable import Watermark

/// Pictures that move and have some texture, made of a few sines and noise.
enum Scenes {
  static func luma(width: Int, height: Int, frame: Int, seed: UInt64 = 1) -> [UInt8] {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(frame)
    return (0..<width * height).map { index in
      let (y, x) = index.quotientAndRemainder(dividingBy: width)
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let grain = Int(state >> 58) - 32
      let block = ((x + frame * 3) / 40 + (y + frame) / 30) % 2 * 60
      let slope = (x * 100 / width + y * 60 / height)
      return UInt8(clamping: 30 + block + slope + grain / 6)
    }
  }
}

struct InvisibleMarkTests {
  static let key = WatermarkKey(
    seeds: WatermarkSeeds(
      carriers: Array(repeating: 1, count: 32), sync: Array(repeating: 2, count: 32),
      slots: Array(repeating: 3, count: 32), signs: Array(repeating: 4, count: 32)),
    tag: { UInt32(truncatingIfNeeded: $0 &* 0x9E37_79B9 >> 7) })!

  @Test func speed() {
    struct CPU { var now: Double { Double(Glibc.clock()) / 1e6 } }
    let cpu = CPU()
    let tile = WatermarkTile(id: 0x0123_4567_89AB_CDEF, key: Self.key)
    let frames = (0..<12).map { Scenes.luma(width: 1280, height: 720, frame: $0) }
    let t0 = cpu.now
    let embedder = WatermarkEmbedder(tile: tile, width: 1280, height: 720)
    print("make embedder", cpu.now - t0)
    var marked = frames
    let t1 = cpu.now
    for _ in 0..<4 { marked = frames; for index in marked.indices {
      var span = marked[index].mutableSpan
      embedder.embed(luma: &span, stride: 1280)
    } }
    print("embed 48", cpu.now - t1)
    var error = 0.0
    for (a, b) in zip(frames.joined(), marked.joined()) { let d = Double(a) - Double(b); error += d * d }
    print("mse", error / Double(12 * 1280 * 720))
    let accumulator = ResidualAccumulator()
    let t2 = cpu.now
    for frame in marked { accumulator.add(luma: frame.span, width: 1280, height: 720, stride: 1280) }
    print("accumulate 12", cpu.now - t2)
    let t3 = cpu.now
    let detector = WatermarkDetector(keys: [Self.key])
    let finding = detector.detect([accumulator.mean!])
    print("detect", cpu.now - t3, finding)
    let t4 = cpu.now
    let other = ResidualAccumulator()
    for frame in frames { other.add(luma: frame.span, width: 1280, height: 720, stride: 1280) }
    print(detector.detect([other.mean!]), cpu.now - t4)
    // A crop to 80 %.
    let crop = ResidualAccumulator()
    for frame in marked {
      var part: [UInt8] = []
      for y in 100..<676 { part += frame[y * 1280 + 90..<y * 1280 + 1114] }
      crop.add(luma: part.span, width: 1024, height: 576, stride: 1024)
    }
    let t5 = cpu.now
    print(detector.detect([crop.mean!]), cpu.now - t5)
    let t6 = cpu.now
    let search = LatticeSearch(crop.mean!)
    print("lattice", cpu.now - t6)
    let c = search.candidates()
    print("candidates", cpu.now - t6, c[0], search.score(c[0]), search.score(c[10]))
    #expect(finding.verdict == .readable)
  }
}
