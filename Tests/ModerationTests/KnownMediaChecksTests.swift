import Bytes
import Evidence
import Fingerprint
import MediaClient
import MediaJobs
import Moderation
import Pixels
import Policy
import TestKit
import Testing

@Suite struct KnownMediaChecksTests {
  private struct Quiet: FrameChecking {
    func signals(for image: RGBImage) async -> [Signal] {
      [Signal(name: "nudity", value: .score(0), check: "nudity")]
    }
  }

  private static func picture(_ shift: Int) throws -> RGBImage {
    var pixels: [UInt8] = []
    for y in 0..<96 {
      for x in 0..<96 {
        let value = UInt8((x / 12 * 37 + y / 12 * 91 * shift) & 255)
        pixels += [value, value, value]
      }
    }
    return try #require(RGBImage(width: 96, height: 96, pixels: pixels))
  }

  private static func policy() throws -> PolicySet {
    try PolicySet.load(
      directory: TestKit.packageRoot + "/Policies", names: ["default", "known-media"])
  }

  private func outcome(
    of image: RGBImage, with checks: KnownMediaChecks
  ) async throws -> Decision {
    let signals = await checks.signals(for: image)
    return try Self.policy().evaluate(
      stage: .inspect, items: [EvidenceItem(kind: .frame, time: 0...0, signals: signals)],
      subject: Subject(tenant: "t"))
  }

  @Test func knownPictureIsBlockedAndItsHashIsToldToNobody() async throws {
    let known = try Self.picture(1)
    try #require(PDQ(of: known).isReliable)
    var bank = HashBank(name: "list")
    bank.apply([KnownMediaUpdate(id: "a", hashes: [.pdq(PDQ(of: known).hash)])])
    let checks = KnownMediaChecks(try BankShelf([bank]), beside: Quiet())
    let signals = await checks.signals(for: known)
    #expect(signals.map(\.name) == ["known_media", "known_media/quarantined", "nudity"])
    #expect(signals[0].model?.name == "list list, distance 0")
    #expect(try await outcome(of: known, with: checks).outcome == .block)
    #expect(try await outcome(of: try Self.picture(3), with: checks).outcome == .allow)
  }

  private func screened(
    _ bank: HashBank, path: String = "/nowhere", _ change: (inout CopyingMedia) -> Void = { _ in }
  ) async throws -> (answer: ScreeningAnswer, records: [DecisionRecord]) {
    var bench = try Bench()
    change(&bench.media)
    let known = KnownMediaChecks(try BankShelf([bank]), beside: Quiet())
    let answer = try await bench.pipeline(under: Self.policy(), frames: known).asking(known).screen(
      id: "video_1",
      Bench.request(
        "a boat", reference: ReferenceFile(path: path, declaredMediaType: "image/png")),
      subject: Bench.subject)
    return (answer, bench.log.records)
  }

  private func isBlocked(_ answer: ScreeningAnswer) -> Bool {
    if case .refused = answer { true } else { false }
  }

  /// A file that is known by its bytes is refused without being opened: opening it would fail here.
  @Test func fileKnownByItsDigestIsNotOpened() async throws {
    let folder = try TestKit.temporaryDirectory()
    let path = try folder.write("abc", "abc")
    var bank = HashBank(name: "list")
    bank.apply([
      KnownMediaUpdate(
        id: "a", hashes: [.md5(try #require(Hex.decode("900150983cd24fb0d6963f7d28e17f72")))])
    ])
    let (answer, records) = try await screened(bank, path: path) {
      $0.failure = .refused(MediaRefusal(.malformed, "It was opened."))
    }
    #expect(isBlocked(answer))
    #expect(records.map(\.id) == ["video_1.screen"])
    #expect(records.first?.decision.fired.contains { $0.rule == "known-media.upload" } == true)
  }

  @Test func knownPictureInAnUploadedClipIsRefused() async throws {
    let known = try Self.picture(1)
    var bank = HashBank(name: "list")
    bank.apply([KnownMediaUpdate(id: "a", hashes: [.pdq(PDQ(of: known).hash)])])
    let stranger = try Self.picture(3)
    let folder = try TestKit.temporaryDirectory()
    let path = try folder.write("clip", "clip")
    let (answer, records) = try await screened(bank, path: path) {
      $0.uploadKind = .video
      $0.frames = [stranger, known, stranger].enumerated().map {
        SampledFrame(time: Double($0.offset), isSceneCut: false, image: $0.element)
      }
    }
    #expect(isBlocked(answer))
    #expect(
      records.first?.decision.fired.contains { $0.rule == "known-media.upload" } == true)
  }

  @Test func withoutAnAnswerNothingIsReleased() throws {
    // What is left when the checks run out of time.
    let late = EvidenceItem(
      kind: .frame, time: 0...0,
      signals: [Signal(name: "nudity", value: .unknown(.timedOut), check: "nudity")])
    let decision = try Self.policy().evaluate(
      stage: .inspect, items: [late], subject: Subject(tenant: "t"))
    #expect(decision.outcome != .allow && decision.outcome != .flag)
  }
}
