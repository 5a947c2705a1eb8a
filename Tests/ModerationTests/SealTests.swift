import Bytes
import C2PA
import Evidence
import Foundation
import MediaClient
import MediaJobs
import Moderation
import PKI
import Pixels
import Provenance
import Synchronization
import TestKit
import Testing
import Watermark

struct SealTests {
  /// An inspected clip, as the stage before leaves it.
  private func inspected(_ bench: Bench) throws -> Job {
    var job = try bench.job(.inspected)
    job.inspectionEntry = 0
    job.hashes["raw"] = HashAlgorithm.sha256.digest(Array("raw".utf8)).map {
      String(format: "%02x", $0)
    }.joined()
    return job
  }

  private func firedRules(_ bench: Bench) -> [String] {
    bench.log.records.flatMap { $0.decision.fired.map(\.rule) }
  }

  @Test func aClipThatCrashesTheMarkerIsHeldWithItsLeaf() async throws {
    var bench = try Bench()
    bench.media.failure = .crashed("signal 11")
    let job = try await bench.pipeline().advance(inspected(bench)) { _ in }
    #expect(job.state == .held)
    #expect(firedRules(bench) == ["seal.unmarkable"])
    #expect(!FileManager.default.fileExists(atPath: bench.workspace.releasedClip(job.id)))
  }

  @Test func aMarkerThatTookTooLongIsTriedAgain() async throws {
    var bench = try Bench()
    bench.media.failure = .timedOut(seconds: 60)
    let job = try inspected(bench)
    let pipeline = try bench.pipeline()
    await #expect(throws: MediaFailure.self) { try await pipeline.advance(job) { _ in } }
    #expect(bench.log.records.isEmpty)
  }

  // MARK: Layers of what was written

  /// A bench that signs for good, and whose clip of three frames shows all that it must.
  private func sealing() throws -> (bench: Bench, job: Job) {
    var bench = try Bench()
    try bench.signForGood()
    let sums = [UInt32](0..<380)
    bench.media.marked = MarkedMedia(outcome: MediaOutcome(frames: 3), signatureSums: sums)
    var job = try bench.job(.inspected)
    job.inspectionEntry = 0
    // Its format is told by its bytes: a picture is as good as a clip to whoever signs it.
    let raw = PlainPNG.encode(RGBImage(width: 2, height: 1, pixels: [1, 2, 3, 4, 5, 6])!)
    try Data(raw).write(to: URL(fileURLWithPath: bench.workspace.rawClip(job.id)))
    try FileManager.default.removeItem(atPath: bench.workspace.sealedClip(job.id))
    job.hashes["raw"] = Hex.encode(HashAlgorithm.sha256.digest(raw))
    bench.media.shown = Self.shown(residuals: [try Self.residual(of: job.id)], sums: sums)
    return (bench, job)
  }

  private static func shown(
    frames: Int = 3, score: Double = 0.9, residuals: [FloatPlane], sums: [UInt32]?
  ) -> ReadBack {
    ReadBack(
      outcome: MediaOutcome(frames: frames),
      visibleMark: VisibleMarkReading(lowestScore: score, at: 1), residuals: residuals,
      signatureSums: sums, thumbnail: Array("RIFFa".utf8), sheet: Array("RIFFb".utf8))
  }

  /// What a grey picture that carries the job's own mark leaves.
  private static func residual(of job: String) throws -> FloatPlane {
    let secret = try #require(WatermarkSecret(Bench.markKey))
    let tile = try #require(WatermarkTile(fixedPoint: secret.mark(id: secret.id(of: job)).tile))
    var luma = [UInt8](repeating: 128, count: 640 * 360)
    var span = luma.mutableSpan
    WatermarkEmbedder(tile: tile, width: 640, height: 360).embed(luma: &span, stride: 640)
    let accumulator = ResidualAccumulator()
    accumulator.add(luma: luma.span, width: 640, height: 360, stride: 640)
    return try #require(accumulator.mean)
  }

  @Test func aClipThatShowsAllOfItsLayersIsSealed() async throws {
    let (bench, job) = try sealing()
    let ended = try await bench.pipeline().advance(job) { _ in }
    #expect(ended.state == .sealed, "\(firedRules(bench))")
    #expect(ended.watermark != nil)
    let thumbnail = try Data(
      contentsOf: URL(fileURLWithPath: bench.workspace.sealedThumbnail(job.id)))
    #expect(thumbnail == Data("RIFFa".utf8))
    let sheet = try Data(contentsOf: URL(fileURLWithPath: bench.workspace.sealedSheet(job.id)))
    #expect(sheet == Data("RIFFb".utf8))
  }

  enum Loss: CaseIterable {
    case trust, frame, visibleMark, watermark, code, codeUnread

    var rule: String {
      switch self {
      case .trust: "seal.unverified"
      case .frame, .visibleMark: "seal.unseen"
      case .watermark: "seal.unreadable"
      case .code, .codeUnread: "seal.miscoded"
      }
    }
  }

  @Test(arguments: Loss.allCases)
  func aClipThatLacksALayerIsHeldUnderTheLayersOwnRule(_ loss: Loss) async throws {
    let (made, job) = try sealing()
    var bench = made
    let whole = bench.media.shown
    switch loss {
    case .trust: bench.trust = TrustConfiguration()
    case .frame:
      bench.media.shown = Self.shown(
        frames: 2, residuals: whole.residuals, sums: whole.signatureSums)
    case .visibleMark:
      bench.media.shown = Self.shown(
        score: 0.4, residuals: whole.residuals, sums: whole.signatureSums)
    case .watermark:
      bench.media.shown = Self.shown(
        residuals: [try Self.residual(of: "another")], sums: whole.signatureSums)
    case .code:
      bench.media.shown = Self.shown(
        residuals: whole.residuals, sums: [UInt32](repeating: 0, count: 380))
    case .codeUnread: bench.media.shown = Self.shown(residuals: whole.residuals, sums: nil)
    }
    let ended = try await bench.pipeline().advance(job) { _ in }
    #expect(ended.state == .held)
    #expect(firedRules(bench) == [loss.rule])
  }

  @Test func aClipWithoutFrameSignaturesIsSealedAndSaidAloud() async throws {
    let (made, job) = try sealing()
    var bench = made
    bench.media.marked = MarkedMedia(outcome: MediaOutcome(frames: 3, notes: ["No filter."]))
    let warnings = Mutex<[PipelineWarning]>([])
    let pipeline = try bench.pipeline().warning { warning in
      warnings.withLock { $0.append(warning) }
    }
    let ended = try await pipeline.advance(job) { _ in }
    #expect(ended.state == .sealed)
    #expect(
      warnings.withLock { $0 } == [
        PipelineWarning(code: .noFrameSignatures, asset: job.id, sentence: "No filter.")
      ])
    let payload = String(decoding: try #require(bench.log.records.last?.payload), as: UTF8.self)
    #expect(payload.contains("\"content_code_missing\":\"No filter.\""))
  }

  @Test func aClipThatChangedSinceItWasInspectedIsHeld() async throws {
    let bench = try Bench()
    let job = try inspected(bench)
    try Data("other".utf8).write(to: URL(fileURLWithPath: bench.workspace.rawClip(job.id)))
    let ended = try await bench.pipeline().advance(job) { _ in }
    #expect(ended.state == .held)
    #expect(firedRules(bench) == ["seal.changed"])
  }
}
