import Testing

@testable import Watermark

struct WatermarkEmbedderTests {
  static let id: UInt64 = 0x0123_4567_89AB_CDEF
  let key = WatermarkKey.test(0)
  static let scene = Scene()

  @Test func theMarkIsAsQuietAsAsked() {
    for psnr in [43.0, 45.2, 50] {
      let marked = Self.scene.marked(
        id: Self.id, key: key, strength: WatermarkStrength(psnr: psnr, similarity: 0.9))
      let reached = Self.scene.psnr(marked)
      #expect(reached > psnr - 0.1 && reached < psnr + 0.6, "\(reached) for \(psnr)")
    }
  }

  @Test func aFlatPictureIsHardlyTouched() {
    var flat = Scene(width: 360, height: 360, count: 1)
    flat.frames = [[UInt8](repeating: 120, count: 360 * 360)]
    // 45 dB would be a mean square of 2.06; structural similarity allows less than half of that.
    #expect(flat.psnr(flat.marked(id: Self.id, key: key)) > 48)
    #expect(flat.marked(id: Self.id, key: key).found(by: [key]).id == Self.id)
  }

  @Test func blackAndWhiteStayInRange() {
    for value in [UInt8(0), 255] {
      var scene = Scene(width: 130, height: 170, count: 1)
      scene.frames = [[UInt8](repeating: value, count: 130 * 170)]
      let marked = scene.marked(id: Self.id, key: key).frames[0]
      #expect(marked.allSatisfy { abs(Int($0) - Int(value)) < 12 })
    }
  }

  @Test(arguments: [(129, 131), (720, 361), (333, 721), (1283, 724)])
  func anySizeCarriesTheMark(_ size: (Int, Int)) {
    let scene = Scene(width: size.0, height: size.1, count: 1)
    let marked = scene.marked(id: Self.id, key: key)
    #expect(scene.psnr(marked) > 44.9)
    // Below 360 lines the finer carriers are beyond what pixels can hold.
    if min(size.0, size.1) >= 360 { #expect(marked.found(by: [key]).id == Self.id) }
  }

  @Test func paddedRowsAreLeftAlone() {
    let (width, height, stride) = (200, 180, 224)
    var plane = [UInt8](repeating: 77, count: (height - 1) * stride + width)
    let embedder = WatermarkEmbedder(
      tile: WatermarkTile(id: Self.id, key: key), width: width, height: height)
    var span = plane.mutableSpan
    embedder.embed(luma: &span, stride: stride)
    var changed = 0
    for y in 0..<height {
      for x in 0..<stride where y * stride + x < plane.count {
        if x >= width { #expect(plane[y * stride + x] == 77) }
        if plane[y * stride + x] != 77 { changed += 1 }
      }
    }
    #expect(changed > 5000)
  }

  @Test func onlyTheOpeningFrameMayBeLouder() {
    let scene = Scene(count: 2)
    var marked = scene
    let embedder = WatermarkEmbedder(
      tile: WatermarkTile(id: Self.id, key: key), width: scene.width, height: scene.height,
      strength: WatermarkStrength(psnr: 46, similarity: 0.9))
    embedder.openClip()
    for index in marked.frames.indices {
      var span = marked.frames[index].mutableSpan
      embedder.embed(luma: &span, stride: scene.width)
    }
    func psnr(_ index: Int) -> Double {
      var (one, other) = (scene, marked)
      one.frames = [scene.frames[index]]
      other.frames = [marked.frames[index]]
      return one.psnr(other)
    }
    #expect(psnr(0) > 43.4 && psnr(0) < 44.2, "\(psnr(0))")
    #expect(psnr(1) > 45.8, "\(psnr(1))")
  }

  @Test func packedColoursChangeTogether() {
    let (width, height) = (360, 360)
    let grey = Scene(width: width, height: height, count: 1).frames[0]
    var pixels: [UInt8] = []
    for value in grey { pixels += [value, value / 2 + 60, 200, 255] as [UInt8] }
    let before = pixels
    let embedder = WatermarkEmbedder(
      tile: WatermarkTile(id: Self.id, key: key), width: width, height: height)
    var span = pixels.mutableSpan
    embedder.embed(packed: &span, stride: width * 4, channels: 4)
    var changes: Set<Int> = []
    for start in stride(from: 0, to: pixels.count, by: 4) {
      let red = Int(pixels[start]) - Int(before[start])
      let green = Int(pixels[start + 1]) - Int(before[start + 1])
      let blue = Int(pixels[start + 2]) - Int(before[start + 2])
      changes.insert(red)
      guard red == green, green == blue, pixels[start + 3] == 255 else {
        Issue.record("the pixel at \(start) changed by \(red), \(green), \(blue)")
        return
      }
    }
    #expect(changes.count > 3)
  }
}
