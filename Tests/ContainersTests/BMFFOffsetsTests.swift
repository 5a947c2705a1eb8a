import Bytes
import Containers
import Testing

struct BMFFOffsetsTests {
  private func chunks(_ source: any ByteSource, _ type: String) throws -> [Int] {
    let tree = try BMFFBoxTree(source)
    let table = try #require(tree.boxes(at: "/moov/trak/mdia/minf/stbl/\(type)")?.first)
    let bytes = try source.read(table.payload)
    let width = type == "co64" ? 8 : 4
    return stride(from: 8, to: bytes.count, by: width).map { start in
      bytes[start..<start + width].reduce(0) { $0 << 8 | Int($1) }
    }
  }

  /// 65,535 of them in each of a million items would take hours.
  @Test(.timeLimit(.minutes(1)))
  func `Extents without fields are not counted one by one`() throws {
    let count = 50_000
    var location: [UInt8] = [0, 0, 0, 0, 0, 0]
    location.appendBigEndian(UInt16(count))
    for _ in 0..<count { location += [0, 1, 0, 0, 0xFF, 0xFF] }
    let file = Samples.ftyp + Samples.box("meta", [0, 0, 0, 0] + Samples.box("iloc", location))
    let plan = try StoreInsertion.plan(file, format: .bmff(brand: "heic"), storeLength: 10)
    #expect(plan.asset.count == file.count + plan.range.count)
  }

  @Test func `Nothing goes behind a first box without an end`() {
    let file = [0, 0, 0, 0] + Array("ftypheic".utf8) + [UInt8](repeating: 0, count: 40)
    #expect(throws: ContainerError.self) {
      try StoreInsertion.plan(file, format: .bmff(brand: "heic"), storeLength: 500)
    }
  }

  @Test(arguments: [true, false])
  func `Chunk offsets keep pointing at their bytes`(isFastStart: Bool) throws {
    let media = Samples.box("mdat", Array(0..<100))
    let length = Samples.moov(chunks: [0, 0]).count
    let start = Samples.ftyp.count + (isFastStart ? length : 0) + 8
    let moov = Samples.moov(chunks: [start + 3, start + 50])
    let file = Samples.ftyp + (isFastStart ? moov + media : media + moov)
    let plan = try StoreInsertion.plan(file, format: .bmff(brand: "isom"), storeLength: 500)
    #expect(plan.range.lowerBound == Samples.ftyp.count)
    #expect(plan.asset.count == file.count + plan.range.count)
    let moved = try chunks(plan.asset, "stco")
    #expect(try moved.map { try plan.asset.read($0..<$0 + 1) } == [[3], [50]])
  }

  @Test func `A chunk pushed past 4 GiB widens its table`() throws {
    let length = Samples.moov(chunks: [0, 0]).count
    let first = Samples.ftyp.count + length + 16
    let last = Int(UInt32.max) - 10
    var head = Samples.ftyp + Samples.moov(chunks: [first, last])
    head += [0, 0, 0, 1] + Array("mdat".utf8)
    let total = last + 1000
    head.appendBigEndian(UInt64(total - (first - 16)))
    let source = SparseSource(head: head, count: total)
    let plan = try StoreInsertion.plan(source, format: .bmff(brand: "isom"), storeLength: 500)
    // The store, and four more bytes for each of two chunks.
    let delta = plan.range.count + 8
    #expect(try chunks(plan.asset, "co64") == [first + delta, last + delta])
    #expect(plan.asset.count == total + delta)
  }

  @Test func `Items, fragment bases and fragment indexes move too`() throws {
    var location: [UInt8] = [0, 0, 0, 0, 0x44, 0x00, 0, 1, 0, 1, 0, 0, 0, 1]
    location.appendBigEndian(UInt32(200))
    location.appendBigEndian(UInt32(8))
    let meta = Samples.box("meta", [0, 0, 0, 0] + Samples.box("iloc", location))
    var base: [UInt8] = [0, 0, 0, 1, 0, 0, 0, 1]
    base.appendBigEndian(UInt64(200))
    let moof = Samples.box("moof", Samples.box("traf", Samples.box("tfhd", base)))
    var index: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 5]
    index.appendBigEndian(UInt32(200))
    let mfra = Samples.box("mfra", Samples.box("tfra", index + [1, 1, 1]))
    let file =
      Samples.ftyp + meta + moof + Samples.box("mdat", [UInt8](repeating: 9, count: 300)) + mfra
    let plan = try StoreInsertion.plan(file, format: .bmff(brand: "isom"), storeLength: 100)
    let tree = try BMFFBoxTree(plan.asset)
    func field(_ box: BMFFBox?, _ offset: Int, _ width: Int) throws -> Int {
      let start = try #require(box).payload.lowerBound + offset
      return try plan.asset.read(start..<start + width).reduce(0) { $0 << 8 | Int($1) }
    }
    let expected = 200 + plan.range.count
    #expect(try field(tree.boxes(at: "/meta")?.first, 4 + 8 + 14, 4) == expected)
    #expect(try field(tree.boxes(at: "/moof/traf/tfhd")?.first, 8, 8) == expected)
    #expect(try field(tree.boxes(at: "/mfra/tfra")?.first, 20, 4) == expected)
  }

  @Test func `Offsets past the end of any file stay as they are`() throws {
    var base: [UInt8] = [0, 0, 0, 1, 0, 0, 0, 1]
    base.appendBigEndian(UInt64(Int.max - 3))
    let moof = Samples.box("moof", Samples.box("traf", Samples.box("tfhd", base)))
    let plan = try StoreInsertion.plan(
      Samples.ftyp + moof, format: .bmff(brand: "isom"), storeLength: 100)
    let tfhd = try #require(try BMFFBoxTree(plan.asset).boxes(at: "/moof/traf/tfhd")?.first)
    let end = tfhd.payload.upperBound
    #expect(try plan.asset.read(end - 8..<end) == base.suffix(8))
  }

  @Test func `A base that would come to lie before the file is an error`() throws {
    // One item: base 1, and an extent at 1 + 700, behind a store of which nothing will be left.
    var location: [UInt8] = [0, 0, 0, 0, 0x44, 0x40, 0, 1, 0, 1, 0, 0, 0, 0, 0, 1, 0, 1]
    location.appendBigEndian(UInt32(700))
    location.appendBigEndian(UInt32(8))
    let meta = Samples.box("meta", [0, 0, 0, 0] + Samples.box("iloc", location))
    let file = Samples.ftyp + Samples.box("mdat", [UInt8](repeating: 9, count: 500)) + meta
    let format = AssetFormat.bmff(brand: "isom")
    let signed = try EmbeddedStoreTests.signed(Samples.ftyp, Samples.store(300))
    let both = signed + file[Samples.ftyp.count...]
    #expect(throws: ContainerError.self) {
      _ = try StoreInsertion.planWithout(both, format: format)
    }
  }
}
