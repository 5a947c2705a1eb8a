import AuditStore
import Bytes
import Foundation
import MerkleLog
import PKI
import Testing

/// One flipped bit in any file of a closed log is found, and the file named.
struct LogFileCheckTests {
  let folder: Folder
  let key: VerifierKey

  init() async throws {
    folder = try Folder()
    let log = try await openLog(folder)
    _ = try await log.append(
      contentsOf: (0..<300).map {
        record("r\($0)", asset: "video_\($0 % 7)", payload: "{\"n\":\($0)}")
      })
    key = log.verifierKey
    try await log.close()
  }

  private func problems() async -> [LogProblem] {
    await LogFileCheck.run(directory: folder.path, key: key, payloadKeys: testPayloadKeys).problems
  }

  @Test func `an untouched log is clean, with every payload opened`() async throws {
    let (verdict, problems) = await LogFileCheck.run(
      directory: folder.path, key: nil, payloadKeys: testPayloadKeys)
    #expect(problems == [])
    #expect(verdict?.size == 300 && verdict?.openedPayloads == 300)
  }

  @Test(arguments: [
    "log.sqlite", "payloads.sqlite", "checkpoint", "vkey", "sums", "tile/0/000", "tile/0/001.p/44",
    "tile/1/000.p/1", "tile/entries/000", "tile/entries/001.p/44",
  ])
  func `each flipped bit's file is named`(file: String) async throws {
    let path = "\(folder.path)/\(file)"
    let good = try FileByteSource.contents(of: path)
    // Seeded, so that a failure can be looked at again.
    var state: UInt64 = 0x9E37_79B9_7F4A_7C15
    for _ in 0..<8 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      var bytes = good
      let place = Int((state >> 33) % UInt64(good.count))
      bytes[place] ^= 1 << UInt8((state >> 20) & 7)
      try Data(bytes).write(to: URL(filePath: path))
      let files = Set(await problems().map(\.file))
      #expect(files.contains(file), "bit at byte \(place) of \(file): \(files)")
    }
    try Data(good).write(to: URL(filePath: path))
    #expect(await problems() == [])
  }

  @Test func `a missing tile is named`() async throws {
    try FileManager.default.removeItem(atPath: "\(folder.path)/tile/entries/000")
    #expect(await problems().map(\.file) == ["tile/entries/000"])
  }
}
