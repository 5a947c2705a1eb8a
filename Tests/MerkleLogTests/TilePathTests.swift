import MerkleLog
import Testing

struct TilePathTests {
  @Test(arguments: [
    (TilePath(.hashes(level: 0), number: 5), "tile/0/005"),
    (TilePath(.hashes(level: 1), number: 1000), "tile/1/x001/000"),
    (TilePath(.hashes(level: 63), number: 1_234_067), "tile/63/x001/x234/067"),
    (TilePath(.entries, number: 1, width: 44), "tile/entries/001.p/44"),
    (TilePath(.hashes(level: 0), number: 1_234_067, width: 255), "tile/0/x001/x234/067.p/255"),
  ])
  func `paths are written one way and read back`(path: TilePath, text: String) {
    #expect(path.description == text)
    #expect(TilePath(text) == path)
  }

  @Test(arguments: [
    "", "tile", "tile/0", "tile/0/", "tile/0/5", "tile/0/0005", "tile/00/005", "tile/64/005",
    "tile/-1/005", "tile/0/x000/005", "tile/0/x001", "tile/0/001/005", "tile/0/005.p",
    "tile/0/005.p/0", "tile/0/005.p/256", "tile/0/005.p/01", "tile/0/005/1", "tile/0/005.p/1/",
    "tile/0/../../vkey", "tile/entries/x/005", "/tile/0/005", "tile/0/00５", "tile/data/005",
    "tile/0/x999/x999/x999/x999/x999/x999/999",
  ])
  func `other texts are no paths`(text: String) {
    #expect(TilePath(text) == nil)
  }

  /// The examples of the specification.
  @Test func `a tree of many leaves has the tiles of the specification`() {
    let paths = TilePath.added(from: 0, to: 70_000)
    func names(_ kind: TilePath.Kind) -> [String] {
      paths.filter { $0.kind == kind }.map(\.description)
    }
    #expect(names(.hashes(level: 0)).count == 274 && names(.entries).count == 274)
    #expect(names(.hashes(level: 0)).last == "tile/0/273.p/112")
    #expect(names(.hashes(level: 1)) == ["tile/1/000", "tile/1/001.p/17"])
    #expect(names(.hashes(level: 2)) == ["tile/2/000.p/1"])
    #expect(
      TilePath.added(from: 0, to: 256).map(\.description)
        == ["tile/0/000", "tile/entries/000", "tile/1/000.p/1"])
    #expect(TilePath.added(from: 300, to: 300) == [])
    #expect(
      TilePath.added(from: 256, to: 257).map(\.description)
        == ["tile/0/001.p/1", "tile/entries/001.p/1"])
  }
}
