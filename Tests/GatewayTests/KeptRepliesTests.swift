import Foundation
import NIOCore
import TestKit
import Testing

@testable import Gateway

/// Answers that are kept for a request that comes again, and how they go.
@Suite struct KeptRepliesTests {
  let folder: TemporaryDirectory
  let kept: KeptReplies

  init() throws {
    folder = try TestKit.temporaryDirectory()
    try FileManager.default.createDirectory(
      atPath: folder.path("data"), withIntermediateDirectories: true)
    kept = try KeptReplies(data: DataFolder(path: folder.path("data")))
  }

  private func keep(_ name: String, about asset: String?, until expiry: Int64 = 100) async {
    await kept.keep(
      KeptReplies.Reply(
        status: 200, contentType: "text/plain", bytes: ByteBuffer(string: "for \(name)")),
      name: name, digest: "d", asset: asset, expiresAt: expiry)
  }

  private func isKept(_ name: String) async throws -> Bool {
    let isOnDisk = FileManager.default.fileExists(atPath: folder.path("data/replies/\(name)"))
    let isOnRecord = try await kept.reply(name, at: 1) != nil
    #expect(isOnDisk == isOnRecord)
    return isOnRecord
  }

  @Test func `an answer is kept until it expires`() async throws {
    await keep("a", about: nil)
    let (reply, digest) = try #require(try await kept.reply("a", at: 99))
    #expect(String(buffer: reply.bytes) == "for a" && reply.status == 200 && digest == "d")
    #expect(try await kept.reply("a", at: 100) == nil)
  }

  @Test func `an answer goes with what it is about`() async throws {
    await keep("a", about: "image_1")
    await keep("b", about: "image_2")
    await keep("c", about: nil)
    #expect(try await kept.erase(about: ["image_1", "image_9"]) == 1)
    #expect(try await !isKept("a"))
    #expect(try await isKept("b"))
    #expect(try await isKept("c"))
  }
}
