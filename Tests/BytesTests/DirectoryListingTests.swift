import Bytes
import TestKit
import Testing

@Suite struct DirectoryListingTests {
  @Test func listsInOrderAndBySuffix() throws {
    let directory = try TestKit.temporaryDirectory()
    for name in ["b.json", "a.json", "c.txt"] { try directory.write(name, "") }
    #expect(try DirectoryListing.names(in: directory.path) == ["a.json", "b.json", "c.txt"])
    #expect(
      try DirectoryListing.names(in: directory.path, suffix: ".json") == ["a.json", "b.json"])
  }

  @Test func missingFolderSaysWhich() {
    #expect(throws: FileError(path: "/no/such/folder", errorNumber: 2)) {
      try DirectoryListing.names(in: "/no/such/folder")
    }
  }
}
