import Bytes
import Glibc
import TestKit
import Testing

struct ByteSourceTests {
  @Test func readsWindowsOfAFileAndStopsAtItsEnd() throws {
    let folder = try TestKit.temporaryDirectory()
    let path = try folder.write("ten", Array(0..<10))
    let source = try FileByteSource(path: path)
    #expect(source.count == 10)
    #expect(try source.read(2..<5) == [2, 3, 4])
    #expect(try source.read(8..<20) == [8, 9])
    #expect(try source.read(10..<20) == [])
  }

  @Test func refusesFoldersAndMissingFilesWithAReason() throws {
    let folder = try TestKit.temporaryDirectory()
    #expect(throws: FileError.self) { try FileByteSource(path: folder.path) }
    let missing = #expect(throws: FileError.self) {
      try FileByteSource(path: folder.path("missing"))
    }
    #expect(missing?.description.contains("No such file") == true)
  }

  /// Opening one that nobody writes to waits until somebody does.
  @Test func refusesAPipeWithoutWaitingForIt() throws {
    let folder = try TestKit.temporaryDirectory()
    let pipe = folder.path("pipe")
    #expect(mkfifo(pipe, 0o600) == 0)
    #expect(throws: FileError.self) { try FileByteSource(path: pipe) }
  }

  @Test func refusesMoreThanTheLimit() throws {
    let folder = try TestKit.temporaryDirectory()
    let path = try folder.write("ten", Array(0..<10))
    #expect(throws: FileError.self) { try FileByteSource.contents(of: path, limit: 9) }
    #expect(try FileByteSource.contents(of: path, limit: 10).count == 10)
  }
}
