import Fingerprint
import OutputStore
import Provenance
import TestKit
import Testing

struct OutputCodeSearchTests {
  let folder: TemporaryDirectory

  init() throws { folder = try TestKit.temporaryDirectory() }

  private var path: String { folder.path("outputs.sqlite") }

  /// A code of 256 bits of which about half are set.
  private func code(_ seed: UInt64, _ kind: ISCCUnit.Kind = .video, flips: Int = 0) -> ISCCUnit {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    var body = (0..<32).map { _ -> UInt8 in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(truncatingIfNeeded: state >> 56)
    }
    for bit in 0..<flips { body[bit % 32] ^= 1 << UInt8(bit / 32) }
    return ISCCUnit(kind, body: body)
  }

  private func record(_ seed: UInt64, _ codes: [ISCCUnit]) -> OutputRecord {
    OutputRecord(
      asset: "video_\(seed)", manifestID: "urn:c2pa:\(seed)", manifestStore: [1],
      subject: "somebody", mark: nil, mediaType: "video/mp4", sha256: "00", deliveredAt: 0,
      content: ContentPrint(width: 2, height: 2, seconds: 1, isClip: true, frames: []),
      codes: codes)
  }

  @Test func equalAndNearCodesAreFoundAfterARestartToo() async throws {
    let store = try OutputStore(path: path)
    for seed: UInt64 in 1...3 { try await store.keep(record(seed, [code(seed)])) }
    try await store.keep(record(4, [code(2, flips: 6), code(4, .audio)]))
    for store in [store, try OutputStore(path: path, isReadOnly: true)] {
      let found = try await store.search(codes: [code(2)])
      #expect(found.map(\.output.asset) == ["video_2", "video_4"])
      #expect(found.map(\.similarity) == [100, 95])
      #expect(try await store.search(codes: [code(2)], limit: 1).count == 1)
      // A strange one, and the same bits of another medium.
      #expect(try await store.search(codes: [code(9), code(2, .audio)]).isEmpty)
      #expect(try await store.search(codes: [code(9), code(4, .audio)]).count == 1)
    }
  }

  @Test func aDigestIsEqualOrAnother() async throws {
    let store = try OutputStore(path: path)
    try await store.keep(record(1, [code(1, .instance)]))
    #expect(try await store.search(codes: [code(1, .instance)]).map(\.similarity) == [100])
    #expect(try await store.search(codes: [code(1, .instance, flips: 1)]).isEmpty)
  }

  /// Short codes collide by chance; those of black clips are everybody's.
  @Test func codesThatSayTooLittleLeadNowhere() async throws {
    let store = try OutputStore(path: path)
    let black = ISCCUnit(.video, body: [UInt8](repeating: 0, count: 32))
    let short = ISCCUnit(.video, body: [1, 2, 3, 4, 5, 6, 7, 8])
    try await store.keep(record(1, [black, short]))
    #expect(try await store.search(codes: [black, short]).isEmpty)
  }

  @Test func whatIsReplacedOrErasedIsNotFound() async throws {
    let store = try OutputStore(path: path)
    try await store.keep(record(1, [code(1)]))
    try await store.keep(record(1, [code(2)]))
    #expect(try await store.search(codes: [code(1)]).isEmpty)
    #expect(try await store.search(codes: [code(2)]).count == 1)
    #expect(try await store.erase(asset: "video_1") == 1)
    #expect(try await store.search(codes: [code(2)]).isEmpty)
  }
}
