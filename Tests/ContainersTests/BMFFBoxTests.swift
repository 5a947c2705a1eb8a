import Bytes
import Containers
import Testing

struct BMFFBoxTests {
  @Test func `Sizes of 32 and 64 bits and to the end of the file`() throws {
    let file =
      Samples.ftyp + Samples.largeBox("free", [1, 2, 3]) + [0, 0, 0, 0] + Array("mdat".utf8)
      + [9, 9]
    let tree = try BMFFBoxTree(file)
    #expect(tree.roots.map(\.type.text) == ["ftyp", "free", "mdat"])
    #expect(tree.roots.map(\.headerLength) == [8, 16, 8])
    #expect(tree.roots[2].isOpenEnded)
    #expect(tree.roots[2].range.upperBound == file.count)
  }

  @Test func `Paths count boxes of one type from 1`() throws {
    let track = Samples.box("trak", Samples.box("tkhd", [0, 0, 0, 0]))
    let tree = try BMFFBoxTree(Samples.ftyp + Samples.box("moov", track + track))
    #expect(tree.boxes(at: "/moov/trak")?.count == 2)
    #expect(tree.boxes(at: "/moov/trak[2]/tkhd")?.map(\.range.lowerBound) == [60])
    #expect(tree.boxes(at: "/moov/trak[3]")?.isEmpty == true)
    for text in ["", "moov", "/moo", "/moov/", "//moov", "/moov[0]", "/moov[x]", "/moov[1"] {
      #expect(tree.boxes(at: text) == nil, "\(text) is no path")
    }
  }

  @Test func `A box that leaves the file, or is shorter than its header, is malformed`() {
    let pastEnd = Samples.ftyp + Array(Samples.box("mdat", [1, 2, 3]).dropLast())
    let tooShort = Samples.ftyp + [0, 0, 0, 7] + Array("free".utf8)
    let huge =
      Samples.ftyp + [0, 0, 0, 1] + Array("mdat".utf8) + [UInt8](repeating: 0xFF, count: 8)
    for file in [pastEnd, tooShort, huge, Samples.ftyp + [0, 0]] {
      #expect(throws: ContainerError.self) { try BMFFBoxTree(file) }
    }
  }

  @Test func `Deep nesting and box floods end in a named budget`() {
    var nested: [UInt8] = []
    for _ in 0..<1000 { nested = Samples.box("moov", nested) }
    let flood = [[UInt8]](repeating: Samples.box("free", []), count: 100).flatMap { $0 }
    var few = BMFFBoxTree.Limits()
    few.boxes = 50
    for (file, limits) in [(nested, BMFFBoxTree.Limits()), (flood, few)] {
      let error = #expect(throws: ContainerError.self) { try BMFFBoxTree(file, limits: limits) }
      #expect(error?.code == "container.over_budget")
    }
  }
}
