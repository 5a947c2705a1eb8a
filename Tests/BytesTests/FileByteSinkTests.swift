import Bytes
import TestKit
import Testing

struct FileByteSinkTests {
  @Test func `A file appears when it is complete, and not before`() throws {
    let folder = try TestKit.temporaryDirectory()
    let sink = try FileByteSink(path: folder.path("out"))
    try sink.write([1, 2, 3])
    try sink.write([9], at: 1)
    try sink.write([4])
    #expect(sink.count == 4)
    #expect(try sink.written().read(0..<10) == [1, 9, 3, 4])
    #expect(throws: FileError.self) { try FileByteSource(path: folder.path("out")) }
    try sink.commit()
    #expect(try FileByteSource.contents(of: folder.path("out")) == [1, 9, 3, 4])
  }

  @Test func `A sink that goes away leaves nothing behind`() throws {
    let folder = try TestKit.temporaryDirectory()
    do {
      let sink = try FileByteSink(path: folder.path("out"))
      try sink.write([1])
    }
    #expect(try DirectoryListing.names(in: folder.path) == [])
  }

  /// Windows of it have left the page cache by then.
  @Test func `A large file is read back and patched as it was written`() throws {
    let folder = try TestKit.temporaryDirectory()
    let sink = try FileByteSink(path: folder.path("out"))
    for number in 0..<90 {
      try sink.write([UInt8](repeating: UInt8(number), count: (1 << 20) + 1))
    }
    try sink.write([255], at: 70 << 20)
    try sink.commit()
    let source = try FileByteSource(path: folder.path("out"))
    #expect(source.count == 90 * ((1 << 20) + 1))
    #expect(try source.read(70 << 20..<70 << 20 + 1) == [255])
    for number in 0..<90 {
      let start = number * ((1 << 20) + 1)
      #expect(try source.read(start..<start + 1) == [UInt8(number)])
    }
  }
}
