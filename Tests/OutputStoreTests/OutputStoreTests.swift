import Bytes
import Fingerprint
import OutputStore
import Pixels
import Provenance
import TestKit
import Testing
import Watermark

struct OutputStoreTests {
  let folder: TemporaryDirectory

  init() throws { folder = try TestKit.temporaryDirectory() }

  private var path: String { folder.path("outputs.sqlite") }

  private func content(
    _ seed: UInt64, x: Double = 0, y: Double = 0, part: Double = 1, times: [Double] = [0, 0.5, 1]
  ) -> ContentPrint {
    let scene = PaintedScene(seed: seed)
    return ContentPrint(
      width: Int(160 * part), height: Int(90 * part), seconds: 1.5, isClip: true,
      frames: times.compactMap {
        FramePrint(
          of: scene.image(
            width: Int(160 * part), height: Int(90 * part), x: x, y: y, part: part, time: $0),
          time: $0)
      })
  }

  private func record(
    _ seed: UInt64, subject: String = "somebody", sound: Chromaprint? = nil
  ) -> OutputRecord {
    OutputRecord(
      asset: "video_\(seed)", manifestID: "urn:c2pa:\(seed)", manifestStore: [1, 2, UInt8(seed)],
      subject: subject, mark: 1000 + seed, mediaType: "video/mp4", sha256: "00",
      deliveredAt: 1_767_225_600_000, content: content(seed), sound: sound,
      thumbnail: [9])
  }

  private func finding(scale: Double, id: UInt64) -> WatermarkFinding {
    WatermarkFinding(
      verdict: .readable, id: id, key: 0, sync: 20, bound: 1e-9, scale: scale, rotation: 0,
      isMirrored: false)
  }

  @Test func whatWasKeptIsFoundByMarkAndNameAfterARestart() async throws {
    for seed: UInt64 in 1...3 { try await OutputStore(path: path).keep(record(seed)) }
    let store = try OutputStore(path: path, isReadOnly: true)
    #expect(try await store.count() == 3)
    let output = try #require(try await store.output(mark: 1002))
    #expect(output.asset == "video_2")
    #expect(try await store.storedManifest(output.manifestID) == [1, 2, 2])
    #expect(try await store.thumbnail(output.manifestID) == [9])
    #expect(try await store.output(mark: 7) == nil)
    #expect(try await store.search(content(2)).map(\.output.asset) == ["video_2"])
  }

  @Test func theSameAssetIsKeptOnce() async throws {
    let store = try OutputStore(path: path)
    try await store.keep(record(1))
    try await store.keep(record(1))
    #expect(try await store.count() == 1)
    #expect(try await store.search(content(1)).count == 1)
  }

  @Test func aCropAndALatePassageAreFoundWithTheirSecond() async throws {
    let store = try OutputStore(path: path)
    for seed: UInt64 in 1...5 { try await store.keep(record(seed)) }
    let crop = try await store.search(content(4, x: 0.13, y: 0.07, part: 0.8))
    #expect(crop.first?.output.asset == "video_4")
    #expect(crop.first?.isPart == true)
    let late = content(2, times: [1])
    let screenshot = ContentPrint(
      width: late.width, height: late.height, seconds: 0, isClip: false,
      frames: late.frames.map {
        FramePrint(time: 0, hash: $0.hash, quality: $0.quality, sketch: $0.sketch)
      })
    let found = try #require(try await store.search(screenshot).first)
    #expect(found.output.asset == "video_2" && found.seconds == 1 && found.similarity == 100)
    for stranger: UInt64 in 50..<60 {
      #expect(try await store.search(content(stranger)).isEmpty)
      #expect(try await store.search(content(stranger, x: 0.1, y: 0.1, part: 0.8)).isEmpty)
    }
  }

  @Test func aMarkOnOtherPicturesIsToldFromACrop() async throws {
    let store = try OutputStore(path: path)
    try await store.keep(record(1))
    let output = try #require(try await store.output(mark: 1001))
    let crop = content(1, x: 0.13, y: 0.07, part: 0.8)
    let same = try await store.agreement(
      of: crop, with: output, finding: finding(scale: 0.8, id: 1001))
    guard case .same = same else {
      Issue.record("\(same)")
      return
    }
    let lifted = try await store.agreement(
      of: content(30), with: output, finding: finding(scale: 1, id: 1001))
    #expect(lifted == .different)
    let black = ContentPrint(
      width: 320, height: 180, seconds: 1, isClip: true,
      frames: [
        try #require(
          FramePrint(
            of: RGBImage(
              width: 320, height: 180, pixels: [UInt8](repeating: 16, count: 320 * 180 * 3))!,
            time: 0))
      ])
    let nothing = try await store.agreement(
      of: black, with: output, finding: finding(scale: 1, id: 1001))
    #expect(nothing == .unknown)
  }

  @Test func anErasedSubjectIsForgottenButForHolds() async throws {
    let store = try OutputStore(path: path)
    try await store.keep(record(1, subject: "alice"))
    try await store.keep(record(2, subject: "alice"))
    try await store.keep(record(3, subject: "bob"))
    #expect(try await store.erase(subject: "alice", except: ["video_2"]) == 1)
    #expect(try await store.output(mark: 1001) == nil)
    #expect(try await store.search(content(1)).isEmpty)
    #expect(try await store.output(mark: 1002) != nil)
    #expect(try await store.erase(asset: "video_3") == 1)
    #expect(try await OutputStore(path: path, isReadOnly: true).count() == 1)
    let bytes = try FileByteSource.contents(of: path)
    #expect(!String(decoding: bytes, as: UTF8.self).contains("video_1"))
  }

  @Test func aReaderChangesNothing() async throws {
    try await OutputStore(path: path).keep(record(1))
    let reader = try OutputStore(path: path, isReadOnly: true)
    await #expect(throws: OutputStoreError.isReadOnly) { try await reader.keep(record(2)) }
    await #expect(throws: OutputStoreError.isReadOnly) { try await reader.erase(asset: "video_1") }
  }
}
