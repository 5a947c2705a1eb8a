import Bytes
import Glibc
import TestKit
import Testing

@testable import Fingerprint

@Suite struct BankFolderTests {
  private func withFolder(_ body: (BankFolder) throws -> Void) throws {
    let directory = try TestKit.temporaryDirectory()
    try body(BankFolder(path: directory.path + "/banks"))
    withExtendedLifetime(directory) {}
  }

  private func write(_ bytes: [UInt8], to path: String) throws {
    let sink = try FileByteSink(path: path)
    try sink.write(bytes)
    try sink.commit()
  }

  private func known(_ id: String, _ picture: Int, label: String? = nil) throws -> KnownMediaUpdate
  {
    KnownMediaUpdate(
      id: id, hashes: [.pdq(try HashBankTests.picture(picture).hash)], label: label)
  }

  @Test func importsLastAndAreTakenBack() throws {
    try withFolder { folder in
      #expect(try folder.names() == [])
      let first = try folder.take(
        [known("a", 1, label: "A1"), known("b", 2)], into: "list", distance: 20)
      #expect(first == BankFolder.Summary(added: 2, replaced: 0, removed: 0, count: 2))
      let second = try folder.take(
        [
          known("b", 3), KnownMediaUpdate(id: "a", hashes: []),
          KnownMediaUpdate(id: "x", hashes: []),
        ],
        into: "list")
      #expect(second == BankFolder.Summary(added: 0, replaced: 1, removed: 1, count: 1))
      let bank = try folder.open("list").bank
      #expect(bank.distance == 20 && !bank.isNegative)
      #expect(try bank.matches(HashBankTests.picture(1)) == [])
      #expect(try bank.matches(HashBankTests.picture(2)) == [])
      #expect(try bank.matches(HashBankTests.picture(3)).map(\.id) == ["b"])
      #expect(try folder.names() == ["list"])
      try folder.remove("list")
      #expect(try folder.names() == [])
    }
  }

  /// A log as large as this is settled into a segment, and the next updates lie over it.
  @Test func largeBankIsSettledAndStaysExact() throws {
    try withFolder { folder in
      var state: UInt64 = 5
      func word() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ state >> 33
      }
      var updates = (0..<PDQBuckets.scanLimit + 500).map { number in
        KnownMediaUpdate(
          id: "id/\(number)",
          hashes: [.pdq(PDQHash(words: [word(), word(), word(), word()]))], label: "l\(number)")
      }
      let digest = KnownHash.sha1([UInt8](repeating: 9, count: 20))
      updates.append(KnownMediaUpdate(id: "digest", hashes: [digest]))
      updates.append(try known("picture", 1, label: "A1"))
      let summary = try folder.take(updates, into: "list")
      #expect(summary.count == updates.count)
      let stored = try folder.open("list")
      #expect(stored.settings.hasSegment && stored.logBytes == 0)
      #expect(stored.bank.count == updates.count && stored.bank.unsettled == 0)
      #expect(stored.bank.matches(digest).map(\.id) == ["digest"])
      let picture = try HashBankTests.picture(1)
      #expect(stored.bank.matches(picture).map(\.label) == ["A1"])
      // Every one is there under its id, with its hash and label.
      #expect(stored.bank.contents.count == updates.count)
      for number in stride(from: 0, to: PDQBuckets.scanLimit, by: 1999) {
        #expect(stored.bank.holds("id/\(number)"))
      }
      // What comes later hides what has settled.
      _ = try folder.take(
        [KnownMediaUpdate(id: "picture", hashes: []), KnownMediaUpdate(id: "digest", hashes: [])],
        into: "list")
      let later = try folder.open("list").bank
      #expect(later.matches(picture) == [] && later.matches(digest) == [])
      #expect(later.count == updates.count - 2)
    }
  }

  /// A crash in the middle of an import leaves whole records and a torn one, which the next import
  /// writes over.
  @Test func tornLogKeepsWhatIsWhole() throws {
    try withFolder { folder in
      _ = try folder.take([known("a", 1), known("b", 2)], into: "list")
      let log = folder.path + "/list/0.log"
      let bytes = try FileByteSource.contents(of: log, limit: 1 << 20)
      try write(Array(bytes.dropLast(3)), to: log)
      #expect(try folder.open("list").bank.contents.map(\.id) == ["a"])
      _ = try folder.take([known("c", 3)], into: "list")
      #expect(try folder.open("list").bank.contents.map(\.id) == ["a", "c"])
    }
  }

  @Test func damagedSegmentIsRefused() throws {
    try withFolder { folder in
      let path = folder.path
      _ = try folder.take([known("a", 1)], into: "list")
      let segment = path + "/one.segment"
      try BankSegmentWriter.write([known("a", 1)], to: segment)
      #expect(try BankSegment(path: segment).count == 1)
      var bytes = try FileByteSource.contents(of: segment, limit: 1 << 20)
      bytes[70] ^= 1
      try write(bytes, to: segment)
      #expect(throws: BankError.self) { try BankSegment(path: segment) }
      try write(Array(bytes.dropLast()), to: segment)
      #expect(throws: BankError.self) { try BankSegment(path: segment) }
    }
  }

  @Test(arguments: ["", ".", "../x", "a/b", "a b", ".hidden"])
  func nameThatLeavesTheFolderIsRefused(name: String) throws {
    try withFolder { folder in
      #expect(throws: BankError.self) { try folder.take([], into: name) }
      #expect(throws: BankError.self) { try folder.open(name) }
    }
  }

  @Test func quarantineOutlivesTheProcess() throws {
    try withFolder { folder in
      let picture = try HashBankTests.picture(1)
      _ = try folder.take([known("a", 1)], into: "list")
      let shelf = try BankShelf([], folder: folder)
      for _ in 0..<HashBanks.window { _ = shelf.ask(picture) }
      #expect(try folder.open("list").isQuarantined)
      let next = try BankShelf([], folder: folder)
      #expect(next.ask(picture).matches == [])
      #expect(next.ask(picture).quarantined.map(\.id) == ["a"])
      try folder.quarantine("list", false)
      #expect(try BankShelf([], folder: folder).ask(picture).matches.map(\.id) == ["a"])
    }
  }

  /// What is imported beside a running installation is in force without a start.
  @Test func importsAreTakenUp() throws {
    try withFolder { folder in
      let picture = try HashBankTests.picture(1)
      _ = try folder.take([known("a", 2)], into: "list")
      let shelf = try BankShelf([], folder: folder, pause: .zero)
      #expect(shelf.ask(picture).matches == [])
      _ = try folder.take([known("b", 1)], into: "list")
      #expect(shelf.ask(picture).matches.map(\.id) == ["b"])
      _ = try folder.take([known("c", 1)], into: "other", isNegative: true)
      #expect(shelf.ask(picture).excused.map(\.id) == ["c"])
      try folder.remove("other")
      #expect(shelf.ask(picture).matches.map(\.id) == ["b"])
      #expect(shelf.names == ["list"])
    }
  }
}
