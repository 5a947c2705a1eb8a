import Bytes
import Glibc
import Testing

struct TemporaryPlaceTests {
  @Test func `A folder is new each time, and nobody else's`() throws {
    let folders = try (0..<2).map { _ in try TemporaryPlace.makeFolder(for: "test") }
    defer { for folder in folders { rmdir(folder) } }
    #expect(folders[0] != folders[1])
    for folder in folders {
      #expect(folder.hasPrefix(TemporaryPlace.folder + "/assay-test-"))
      var status = stat()
      #expect(stat(folder, &status) == 0 && status.st_mode & 0o777 == 0o700)
    }
  }
}
