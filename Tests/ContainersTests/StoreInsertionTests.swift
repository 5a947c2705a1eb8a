import Bytes
import Containers
import Testing

/// What else is in a file when a store goes into it, as other readers of the format will look at it.
struct StoreInsertionTests {
  private static func littleEndian(_ value: Int) -> [UInt8] {
    (0..<4).map { UInt8(value >> (8 * $0) & 255) }
  }

  private static func synchsafe(_ value: Int) -> [UInt8] {
    (0..<4).map { UInt8(value >> (21 - 7 * $0) & 127) }
  }

  private static func riff(_ body: [UInt8], form: String = "WAVE") -> [UInt8] {
    Array("RIFF".utf8) + littleEndian(body.count + 4) + Array(form.utf8) + body
  }

  private static let data = Array("data".utf8) + littleEndian(3) + [1, 2, 3, 0]
  private static let sound: [UInt8] = [0xFF, 0xFB, 0x90, 0x44, 1, 2, 3]
  private static let title = Array("TIT2".utf8) + [0, 0, 0, 2, 0, 0, 3, 65]
  /// A tag with padding, and one with an extended header and a footer.
  private static let padded =
    Array("ID3".utf8) + [3, 0, 0] + synchsafe(title.count + 30) + title
    + [UInt8](repeating: 0, count: 30)
  private static let footed =
    Array("ID3".utf8) + [4, 0, 0x50] + synchsafe(6 + title.count) + [0, 0, 0, 6, 1, 0] + title
    + Array("3DI".utf8) + [4, 0, 0x50] + synchsafe(6 + title.count)
  private static let gif =
    Array("GIF87a".utf8) + [1, 0, 1, 0, 0x80, 0, 0] + [0, 0, 0, 1, 1, 1]
    + [0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 1, 0x44, 0, 0x3B]

  private static let svg = Array(
    """
    <?xml version="1.0"?><!-- <svg> it's -->
    <!DOCTYPE svg [<!-- don't > --><!ENTITY a "]>">]><svg id='>'><title>A</title></svg>
    """.utf8)

  /// A 1 by 1 picture on each of `pages`; big or little endian.
  private static func tiff(pages: Int, isLittle: Bool) -> [UInt8] {
    func bytes(_ value: Int, _ width: Int) -> [UInt8] {
      let bytes = (0..<width).map { UInt8(value >> (8 * $0) & 255) }
      return isLittle ? bytes : bytes.reversed()
    }
    func entry(_ tag: Int, _ value: Int) -> [UInt8] {
      bytes(tag, 2) + bytes(4, 2) + bytes(1, 4) + bytes(value, 4)
    }
    var file = (isLittle ? [0x49, 0x49] : [0x4D, 0x4D]) + bytes(42, 2) + bytes(8, 4)
    for page in 1...pages {
      let end = file.count + 2 + 9 * 12 + 4
      file += bytes(9, 2) + entry(256, 1) + entry(257, 1) + entry(258, 8) + entry(259, 1)
      file += entry(262, 1) + entry(273, end) + entry(277, 1) + entry(278, 1) + entry(279, 1)
      file += bytes(page == pages ? 0 : end + 2, 4) + [UInt8(page)]
      if page < pages { file.append(0) }
    }
    return file
  }

  static let files: [[UInt8]] = [
    riff(data), riff(Array(data.dropLast())), riff(data, form: "AVI ") + [9, 9], sound,
    padded + sound, footed + sound, Array("fLaC".utf8) + [0x80, 0, 0, 0], gif, svg,
    tiff(pages: 1, isLittle: true), tiff(pages: 1, isLittle: false),
    tiff(pages: 3, isLittle: true),
  ]

  @Test(arguments: files)
  func `What is put in comes out, and a second store replaces the first`(file: [UInt8]) throws {
    let format = try AssetFormat.detect(in: file)
    #expect(try EmbeddedStore.locate(in: file, format: format) == nil)
    for length in [40, 41, 300, 70_001] {
      let store = Samples.store(length)
      let first = try EmbeddedStoreTests.signed(file, store)
      #expect(try AssetFormat.detect(in: first) == format)
      let found = try #require(try EmbeddedStore.locate(in: first, format: format))
      #expect(found.bytes == store)
      #expect(!found.parts[0].hasForeignBytes)
      // The range that a data hash leaves out is the one that a reader sees the store in.
      let plan = try StoreInsertion.plan(file, format: format, storeLength: store.count)
      #expect(found.ranges == [plan.range])

      let other = Samples.store(123, fill: 7)
      let second = try EmbeddedStoreTests.signed(first, other)
      #expect(try EmbeddedStore.locate(in: second, format: format)?.bytes == other)
      #expect(second == (try EmbeddedStoreTests.signed(file, other)))
    }
    // Cut anywhere, it is a plan or an error, never a crash.
    let signed = try EmbeddedStoreTests.signed(file, Samples.store(40))
    for length in signed.indices {
      _ = try? StoreInsertion.plan(Array(signed[..<length]), format: format, storeLength: 50)
    }
  }

  @Test func `A RIFF chunk comes last, padded to even, and the RIFF size covers it`() throws {
    let store = Samples.store(40) + [0]
    let chunk = Array("C2PA".utf8) + Self.littleEndian(store.count) + store + [0]
    let expected = Self.riff(Self.data + chunk)
    #expect(try EmbeddedStoreTests.signed(Self.riff(Self.data), store) == expected)
    // A last pad byte that was left out is put in; what follows the RIFF chunk stays behind it.
    #expect(
      try EmbeddedStoreTests.signed(Self.riff(Array(Self.data.dropLast())), store) == expected)
    #expect(
      try EmbeddedStoreTests.signed(Self.riff(Self.data) + [7, 7], store) == expected + [7, 7])
    // A store in front of the sound moves behind it.
    #expect(try EmbeddedStoreTests.signed(Self.riff(chunk + Self.data), store) == expected)
  }

  @Test func `RIFF files whose sizes or offsets would become wrong are refused`() {
    let chunk = Array("C2PA".utf8) + Self.littleEndian(2) + [1, 2]
    var unfinished = Self.riff(Self.data)
    unfinished.replaceSubrange(4..<8, with: [0xFF, 0xFF, 0xFF, 0xFF])
    let cases: [([UInt8], String)] = [
      (unfinished, "container.malformed"),
      (Self.riff(Array(Self.data.dropLast(3))), "container.malformed"),
      (Self.riff(chunk + Self.data, form: "AVI "), "container.unsupported"),
      (
        Self.riff(Self.data, form: "AVI ") + Self.riff(Self.data, form: "AVIX"),
        "container.unsupported"
      ),
    ]
    for (file, code) in cases {
      let error = #expect(throws: ContainerError.self) {
        try EmbeddedStoreTests.signed(file, Samples.store(40))
      }
      #expect(error?.code == code)
    }
  }

  @Test(arguments: [(padded, 3), (footed, 4)] as [([UInt8], UInt8)])
  func `A tag keeps its version and its frames`(tag: [UInt8], version: UInt8) throws {
    let store = Samples.store(400)
    let signed = try EmbeddedStoreTests.signed(tag + Self.sound, store)
    #expect(Array(signed[..<6]) == Array("ID3".utf8) + [version, 0, 0])
    let size = signed[6..<10].reduce(0) { $0 << 7 | Int($1) }
    #expect(Array(signed[(10 + size)...]) == Self.sound)
    #expect(Array(signed[10..<10 + Self.title.count]) == Self.title)
    let frame = 10 + Self.title.count
    #expect(Array(signed[frame..<frame + 4]) == Array("GEOB".utf8))
    let width = version == 4 ? 7 : 8
    let length = signed[frame + 4..<frame + 8].reduce(0) { $0 << width | Int($1) }
    // Ten zeros of padding end the tag.
    #expect(frame + 10 + length + 10 == 10 + size)
    #expect(signed[frame + 10 + length..<10 + size].allSatisfy { $0 == 0 })
    #expect(signed[frame + 10] == (version == 4 ? 3 : 0))
  }

  @Test(arguments: [[2, 0, 0], [3, 0, 0x80], [4, 0, 0x80]] as [[UInt8]])
  func `Tags that cannot be kept as they are are refused`(version: [UInt8]) {
    let tag = Array("ID3".utf8) + version + Self.synchsafe(Self.title.count) + Self.title
    let error = #expect(throws: ContainerError.self) {
      try EmbeddedStoreTests.signed(tag + Self.sound, Samples.store(40))
    }
    #expect(error?.code == "container.unsupported")
  }

  @Test func `A GIF of the older version says it has extensions, in front of its pictures`() throws
  {
    let signed = try EmbeddedStoreTests.signed(Self.gif, Samples.store(400))
    #expect(Array(signed[..<6]) == Array("GIF89a".utf8))
    #expect(Array(signed[6..<19]) == Array(Self.gif[6..<19]))
    #expect(Array(signed[19..<33]) == [0x21, 0xFF, 11] + Array("C2PA_GIF".utf8) + [1, 0, 0])
    #expect(Array(signed.suffix(16)) == [0] + Array(Self.gif.suffix(15)))
  }

  @Test func `A drawing gets the store first, and the rest of it stays`() throws {
    let store = Samples.store(400)
    let text = String(
      decoding: try EmbeddedStoreTests.signed(Self.svg, store), as: UTF8.self)
    let manifest =
      #"<metadata><c2pa:manifest xmlns:c2pa="http://c2pa.org/manifest">"#
      + "\(Base64.encode(store))</c2pa:manifest></metadata>"
    #expect(text.hasSuffix("<svg id='>'>\(manifest)<title>A</title></svg>"))
    // A store in the metadata of another writer leaves that metadata in place.
    let old = "<c2pa:manifest>\(Base64.encode(store))</c2pa:manifest>"
    let other = Array("<svg><metadata>x\(old)</metadata></svg>".utf8)
    #expect(
      try EmbeddedStoreTests.signed(other, store)
        == Array("<svg>\(manifest)<metadata>x</metadata></svg>".utf8))
  }

  @Test(arguments: ["<svg/>", "<svg:svg></svg:svg>", "<html><svg></svg></html>", "<svg a='>"])
  func `A drawing without a place for the store is refused`(text: String) {
    let error = #expect(throws: ContainerError.self) {
      try StoreInsertion.plan(Array(text.utf8), format: .svg, storeLength: 40)
    }
    #expect(error?.code == "container.malformed")
  }

  @Test(arguments: [true, false])
  func `A TIFF file keeps every byte but one offset, and its last directory gains an entry`(
    isLittle: Bool
  ) throws {
    let file = Self.tiff(pages: 2, isLittle: isLittle)
    let store = Samples.store(400)
    let signed = try EmbeddedStoreTests.signed(file, store)
    // The first directory's link to the second.
    let link = 8 + 2 + 9 * 12
    #expect(Array(signed[..<link]) == Array(file[..<link]))
    #expect(Array(signed[(link + 4)..<file.count]) == Array(file[(link + 4)...]))
    let entries = file.count + 1 + 2
    let old = file.count - 1 - 4 - 9 * 12
    #expect(Array(signed[entries..<entries + 9 * 12]) == Array(file[old..<old + 9 * 12]))
    let added = Array(signed[(entries + 9 * 12)..<(entries + 9 * 12 + 4)])
    #expect(added == (isLittle ? [0x41, 0xCD, 7, 0] : [0xCD, 0x41, 0, 7]))
    #expect(Array(signed.suffix(store.count)) == store)
  }

  @Test func `An entry that points at something else takes nothing away`() throws {
    func file(entry offset: Int, _ length: Int) -> [UInt8] {
      [0x49, 0x49, 0x2A, 0] + Self.littleEndian(8) + [1, 0, 0x41, 0xCD, 7, 0]
        + Self.littleEndian(length) + Self.littleEndian(offset) + Self.littleEndian(0)
        + [UInt8](repeating: 9, count: 40)
    }
    for (offset, length) in [(0, 20), (4, 60), (5, 5), (7, 59)] {
      let error = #expect(throws: ContainerError.self) {
        try EmbeddedStoreTests.signed(file(entry: offset, length), Samples.store(50))
      }
      #expect(error?.code == "container.malformed")
    }
    for (offset, length) in [(8, 58), (26, 40), (30, 20)] {
      let file = file(entry: offset, length)
      let signed = try EmbeddedStoreTests.signed(file, Samples.store(50))
      #expect(Array(signed[8..<file.count]) == Array(file[8...]))
    }
  }

  @Test func `A store in the middle of a TIFF file is wiped where it stands`() throws {
    let store = Samples.store(21)
    let file =
      [0x49, 0x49, 0x2A, 0] + Self.littleEndian(8) + [1, 0, 0x41, 0xCD, 7, 0]
      + Self.littleEndian(store.count) + Self.littleEndian(26) + Self.littleEndian(0) + store
      + [1, 2, 3]
    let signed = try EmbeddedStoreTests.signed(file, Samples.store(50))
    #expect(
      Array(signed[26..<file.count]) == [UInt8](repeating: 0, count: store.count) + [1, 2, 3])
    #expect(
      try EmbeddedStore.locate(in: signed, format: .tiff)?.bytes == Samples.store(50))
  }
}
