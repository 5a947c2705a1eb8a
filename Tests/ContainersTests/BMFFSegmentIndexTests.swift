import Bytes
import Containers
import Testing

struct BMFFSegmentIndexTests {
  private func box(_ type: String, _ payload: [UInt8]) -> [UInt8] {
    var out: [UInt8] = []
    out.appendBigEndian(UInt32(payload.count + 8))
    return out + Array(type.utf8) + payload
  }

  private func words(_ values: [Int]) -> [UInt8] {
    var out: [UInt8] = []
    for value in values { out.appendBigEndian(UInt32(value)) }
    return out
  }

  private func word(_ bytes: [UInt8], _ offset: Int, _ width: Int = 4) -> Int {
    bytes[offset..<offset + width].reduce(0) { $0 << 8 | Int($1) }
  }

  @Test func `Index, bases and the table at the end follow the fragments`() throws {
    // ftyp, moov, an index of two parts, two fragments with absolute bases, and the table of them.
    let head = box("ftyp", Array("iso5".utf8) + [0, 0, 0, 0]) + box("moov", [])
    let indexLength = 8 + 24 + 2 * 12
    let fragmentLength = 8 + 8 + 24 + 12
    let first = head.count + indexLength
    func fragment(_ start: Int) -> [UInt8] {
      let base = words([1, 1, 0, start])
      return box("moof", box("traf", box("tfhd", base))) + box("mdat", [1, 2, 3, 4])
    }
    let index = box(
      "sidx",
      words([0, 1, 1, 0, 0, 2, fragmentLength, 1, 0, fragmentLength, 1, 0]))
    let table = box(
      "mfra", box("tfra", words([0, 1, 0, 1, 0, first + fragmentLength]) + [1, 1, 1]))
    let file = head + index + fragment(first) + fragment(first + fragmentLength) + table
    let plan = try StoreInsertion.plan(
      file, format: .bmff(brand: "iso5"), storeLength: 100, proofLength: 30)
    let written = try plan.asset.read(0..<plan.asset.count)
    let tree = try BMFFBoxTree(written)
    let moofs = tree.roots.filter { $0.type == "moof" }.map(\.range.lowerBound)
    #expect(moofs.count == 2)
    #expect(plan.proofRanges.map(\.upperBound) == moofs)
    let sidx = try #require(tree.roots.first { $0.type == "sidx" }).range
    let proofLength = plan.proofRanges[0].count
    #expect(word(written, sidx.lowerBound + 8 + 16) == 0)
    for part in 0..<2 {
      #expect(
        word(written, sidx.lowerBound + 8 + 24 + 12 * part) == fragmentLength + proofLength)
    }
    let tfhds = try #require(tree.boxes(at: "/moof/traf/tfhd"))
    #expect(tfhds.map { word(written, $0.payload.lowerBound + 8, 8) } == moofs)
    let tfra = try #require(tree.boxes(at: "/mfra/tfra")?.first)
    #expect(word(written, tfra.payload.lowerBound + 20) == moofs[1])
  }

  @Test func `A segment in a file of its own gets one Merkle box before its first fragment`() throws
  {
    let file =
      box("styp", Array("msdh".utf8) + [0, 0, 0, 0]) + box("moof", []) + box("mdat", [1, 2])
      + box("moof", []) + box("mdat", [3])
    let plan = try SegmentInsertion.plan(file, proofLength: 30)
    let written = try plan.asset.read(0..<plan.asset.count)
    let types = try BMFFBoxTree(written).roots.map(\.type)
    #expect(types == ["styp", "uuid", "moof", "mdat", "moof", "mdat"])
    #expect(throws: ContainerError.self) {
      try SegmentInsertion.plan(box("styp", []), proofLength: 30)
    }
  }

  @Test func `An index that points past the end of any file is an error`() throws {
    var index: [UInt8] = words([1 << 24, 1, 1, 0, 0])
    index.appendBigEndian(UInt64(Int.max))
    index += words([1, 100, 1, 0])
    let file =
      box("ftyp", Array("iso5".utf8) + [0, 0, 0, 0]) + box("sidx", index) + box("moof", [])
      + box("mdat", [1])
    #expect(throws: ContainerError.self) {
      try StoreInsertion.plan(
        file, format: .bmff(brand: "iso5"), storeLength: 100, proofLength: 30)
    }
  }

  @Test func `An index of parts in another file keeps its numbers`() throws {
    let index = box("sidx", words([0, 1, 1, 0, 9000, 1, 100, 1, 0]))
    let file = box("ftyp", Array("iso5".utf8) + [0, 0, 0, 0]) + index
    let plan = try StoreInsertion.plan(file, format: .bmff(brand: "iso5"), storeLength: 100)
    let written = try plan.asset.read(0..<plan.asset.count)
    #expect(Array(written.suffix(index.count)) == index)
  }
}
