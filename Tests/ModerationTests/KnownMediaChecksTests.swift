import Evidence
import Fingerprint
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
    let checks = KnownMediaChecks(HashBanks([bank]), beside: Quiet())
    let signals = await checks.signals(for: known)
    #expect(signals.map(\.name) == ["known_media", "known_media/quarantined", "nudity"])
    #expect(signals[0].model?.name == "list list, distance 0")
    #expect(try await outcome(of: known, with: checks).outcome == .block)
    #expect(try await outcome(of: try Self.picture(3), with: checks).outcome == .allow)
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
