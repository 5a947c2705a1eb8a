import Bytes
import Containers
import Testing

struct EmbeddedStoreTests {
  static let files: [[UInt8]] = [
    Samples.ftyp + Samples.moov(chunks: []) + Samples.box("mdat", [1, 2, 3]),
    Samples.jpeg, Samples.png,
  ]

  static func signed(_ file: [UInt8], _ store: [UInt8]) throws -> [UInt8] {
    let format = try AssetFormat.detect(in: file)
    let plan = try StoreInsertion.plan(file, format: format, storeLength: store.count)
    var bytes = try plan.asset.read(0..<plan.asset.count)
    bytes.replaceSubrange(plan.range, with: try plan.framed(store))
    return bytes
  }

  @Test(arguments: files)
  func `What is put in comes out, and a second store replaces the first`(file: [UInt8]) throws {
    let format = try AssetFormat.detect(in: file)
    #expect(try EmbeddedStore.locate(in: file, format: format) == nil)
    // Larger than one JPEG segment, and than two.
    for length in [40, 70_000, 150_000] {
      let store = Samples.store(length)
      let first = try Self.signed(file, store)
      let found = try #require(try EmbeddedStore.locate(in: first, format: format))
      #expect(found.bytes == store)
      #expect(found.anomalies.isEmpty)
      #expect(!found.parts[0].hasForeignBytes)
      let framing = found.ranges.reduce(0) { $0 + $1.count }
      #expect(framing == first.count - file.count)

      let other = Samples.store(123, fill: 7)
      let second = try Self.signed(first, other)
      #expect(try EmbeddedStore.locate(in: second, format: format)?.bytes == other)
      #expect(second == (try Self.signed(file, other)))
    }
  }

  @Test(arguments: files)
  func `Two stores are an error, not a choice`(file: [UInt8]) throws {
    let format = try AssetFormat.detect(in: file)
    let store = Samples.store(60)
    let once = try Self.signed(file, store)
    let framed = try StoreInsertion.plan(file, format: format, storeLength: store.count)
    let box = try framed.framed(store)
    var twice = once
    twice.insert(contentsOf: box, at: framed.range.lowerBound)
    let error = #expect(throws: ContainerError.self) {
      try EmbeddedStore.locate(in: twice, format: format)
    }
    #expect(error?.code == "container.multiple_stores")
  }

  @Test func `Markup behind the store is foreign, zeros are padding`() throws {
    let store = Samples.store(30)
    for (extra, isForeign) in [([UInt8](repeating: 0, count: 9), false), ([0, 60, 33], true)] {
      let file = Samples.ftyp + BMFFStore.frame(store + extra) + Samples.box("mdat", [])
      let found = try #require(
        try EmbeddedStore.locate(in: file, format: .bmff(brand: "isom")))
      #expect(found.bytes == store)
      #expect(found.parts[0].hasForeignBytes == isForeign)
    }
  }

  @Test func `A wrong checksum and packets out of order or apart are told`() throws {
    let png = try Self.signed(Samples.png, Samples.store(20))
    let chunk = try #require(try EmbeddedStore.locate(in: png, format: .png)).ranges[0]
    var broken = png
    broken[chunk.upperBound - 1] ^= 1
    #expect(
      try EmbeddedStore.locate(in: broken, format: .png)?.anomalies == [.wrongChecksum])

    let jpeg = try Self.signed(Samples.jpeg, Samples.store(150_000))
    let packets = try #require(try EmbeddedStore.locate(in: jpeg, format: .jpeg)).ranges
    #expect(packets.count == 3)
    let shuffled =
      jpeg[..<packets[0].upperBound] + jpeg[packets[2]] + jpeg[packets[1]]
      + jpeg[packets[2].upperBound...]
    let error = #expect(throws: ContainerError.self) {
      try EmbeddedStore.locate(in: Array(shuffled), format: .jpeg)
    }
    #expect(error?.code == "container.malformed")
    // Numbers that ascend, but not from 1.
    var renumbered = jpeg
    for packet in packets { renumbered[packet.lowerBound + 11] += 4 }
    let found = try #require(try EmbeddedStore.locate(in: renumbered, format: .jpeg))
    #expect(found.anomalies == [.packetsOutOfSequence])
    #expect(found.bytes == Samples.store(150_000))

    var split = jpeg
    split.insert(contentsOf: Samples.segment(0xFE, [1]), at: packets[1].lowerBound)
    #expect(
      try EmbeddedStore.locate(in: split, format: .jpeg)?.anomalies == [.packetsNotContiguous])
  }

  @Test func `An update without its original, the reverse, and unknown purposes are malformed`() {
    let store = Samples.store(30)
    for purpose in ["update", "original", "somethin"] {
      var box = BMFFStore.frame(store)
      box.replaceSubrange(28..<37, with: Array(purpose.utf8) + [0])
      let header = UInt32(box.count)
      box.replaceSubrange(0..<4, with: (0..<4).map { UInt8(header >> (24 - 8 * $0) & 255) })
      let error = #expect(throws: ContainerError.self) {
        try EmbeddedStore.locate(in: Samples.ftyp + box, format: .bmff(brand: "isom"))
      }
      #expect(error?.code == "container.malformed")
    }
  }
}
