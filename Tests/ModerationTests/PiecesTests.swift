import Classifiers
import Evidence
import Foundation
import MediaClient
import MediaJobs
import Moderation
import Pixels
import Policy
import TestKit
import Testing
import Watermark

extension ScriptedCore {
  func drawStill(
    _ request: GenerationRequest, to path: String
  ) async throws(GenerationFailure) -> GeneratedClip {
    try await generate(request, to: path)
  }

  func speak(
    _ order: SpeechOrder, to path: String
  ) async throws(GenerationFailure) -> GeneratedClip {
    if let failure { throw failure }
    _ = FileManager.default.createFile(atPath: path, contents: Data(Self.recording))
    return GeneratedClip(scene: nil)
  }
}

extension ScriptedCore {
  /// Two samples in a RIFF file.
  fileprivate static let recording: [UInt8] =
    Array("RIFF".utf8) + [40, 0, 0, 0] + Array("WAVEfmt ".utf8)
    + [16, 0, 0, 0, 1, 0, 1, 0, 0x80, 0x3E, 0, 0, 0, 0x7D, 0, 0, 2, 0, 16, 0]
    + Array("data".utf8) + [4, 0, 0, 0, 1, 0, 2, 0]
}

/// Pictures and sound: what must not get out ends where it is found, with a leaf.
struct PiecesTests {
  private func draw(_ bench: Bench, _ prompt: String) async throws -> PieceAnswer {
    try bench.workspace.prepare("img_1")
    return try await bench.pipeline().draw(
      id: "img_1",
      StillOrder(request: Bench.request(prompt), format: .png, quality: 100, count: 1),
      subject: Bench.subject)
  }

  private func speak(_ bench: Bench, _ text: String) async throws -> PieceAnswer {
    try bench.workspace.prepare("speech_1")
    return try await bench.pipeline().speak(
      id: "speech_1", SpeechOrder(model: "m", speech: SpeechRequest(text: text), voice: "alloy"),
      subject: Bench.subject)
  }

  private func stages(_ bench: Bench) -> [Stage] { bench.log.records.map(\.decision.stage) }

  @Test func aForbiddenPromptReachesNoCore() async throws {
    let bench = try Bench()
    guard case .refused(let refusal) = try await draw(bench, "sexual") else {
      Issue.record("not refused")
      return
    }
    #expect(refusal.stage == .screen && refusal.categories == ["sexual"])
    #expect(stages(bench) == [.screen])
  }

  @Test func aForbiddenPictureIsRefusedAfterItWasDrawn() async throws {
    var bench = try Bench()
    bench.media.image = RGBImage(width: 1, height: 1, pixels: [255, 0, 0])!
    guard case .refused(let refusal) = try await draw(bench, "a boat") else {
      Issue.record("not refused")
      return
    }
    #expect(refusal.stage == .inspect)
    #expect(stages(bench) == [.screen, .generate, .inspect])
  }

  @Test func aPictureThatCannotBeLookedAtIsHeld() async throws {
    var bench = try Bench()
    bench.media.failure = .crashed("signal 11")
    #expect(try await draw(bench, "a boat") == .held)
    #expect(stages(bench) == [.screen, .generate, .inspect])
  }

  @Test func whatACoreScenedIsJudgedWithThePicture() async throws {
    var bench = try Bench()
    bench.core.scene = "something sexual"
    guard case .refused = try await draw(bench, "a boat") else {
      Issue.record("not refused")
      return
    }
  }

  @Test func aCoresOwnRefusalIsOurs() async throws {
    var bench = try Bench()
    bench.core.failure = .refused(detail: "upstream words")
    guard case .refused(let refusal) = try await draw(bench, "a boat") else {
      Issue.record("not refused")
      return
    }
    #expect(refusal.message?.contains("upstream words") != true)
    #expect(bench.log.records.last?.decision.outcome == .block)
  }

  @Test func aTextIsJudgedByTheRulesForSpeechBeforeItIsSaid() async throws {
    let bench = try Bench()
    // Allowed in writing, not aloud.
    guard case .refused(let refusal) = try await speak(bench, "a scene of violence") else {
      Issue.record("not refused")
      return
    }
    #expect(refusal.categories == ["violence"] && refusal.stage == .inspect)
  }

  @Test func speechThatCannotBeHeardBackIsHeld() async throws {
    var bench = try Bench()
    bench.speech = FixedSpeech(answer: .unknown(.modelMissing("no speech model")))
    #expect(try await speak(bench, "welcome") == .held)
  }

  private func rules(_ bench: Bench) -> [String] {
    bench.log.records.flatMap { $0.decision.fired.map(\.rule) }
  }

  /// Asserted on what was written: a disclosure that is not heard in it is none.
  @Test func speechIsDeliveredOnlyIfItBeginsWithItsDisclosure() async throws {
    var silent = try Bench()
    try silent.signForGood()
    #expect(try await speak(silent, "welcome") == .held)
    #expect(rules(silent) == ["seal.unheard"])
    #expect(stages(silent) == [.screen, .generate, .inspect, .seal])
    var heard = try Bench()
    try heard.signForGood()
    heard.media.audio = DisclosureRhythm.samples(at: DisclosureRhythmDetector.sampleRate)
    guard case .released(let pieces) = try await speak(heard, "welcome") else {
      Issue.record("not released: \(rules(heard))")
      return
    }
    let file = String(
      decoding: try Data(contentsOf: URL(fileURLWithPath: pieces[0].path)), as: UTF8.self)
    #expect(file.contains("audible disclosure added at the start"))
  }

  @Test func aPolicyMayWantNothingToBeHeard() async throws {
    var bench = try Bench()
    try bench.signForGood()
    try bench.workspace.prepare("speech_1")
    let quiet = try PolicySet(layers: [
      .parse(Array(Bench.policy.utf8), file: "floor.json"),
      .parse(
        Array(
          #"{"policy": "quiet", "version": "1", "rules": [], "marking": {"audible": "never"}}"#.utf8
        ), file: "quiet.json"),
    ])
    let answer = try await bench.pipeline(under: quiet).speak(
      id: "speech_1",
      SpeechOrder(model: "m", speech: SpeechRequest(text: "welcome"), voice: "alloy"),
      subject: Bench.subject)
    guard case .released(let pieces) = answer else {
      Issue.record("not released: \(rules(bench))")
      return
    }
    let file = String(
      decoding: try Data(contentsOf: URL(fileURLWithPath: pieces[0].path)), as: UTF8.self)
    #expect(!file.contains("audible disclosure"))
  }

  @Test func aTranscriptIsToldOnlyWhenItMay() async throws {
    var bench = try Bench()
    bench.media.audio = [Float](repeating: 0, count: 16_000)
    func hear(_ text: String) async throws -> HeardAnswer {
      bench.speech = FixedSpeech(
        answer: .transcript(
          Transcript(speechRatio: 1, segments: [.init(start: 0, end: 1, text: " \(text) ")])))
      let path = bench.folder.path("sound.wav")
      _ = FileManager.default.createFile(atPath: path, contents: Data("raw".utf8))
      return try await bench.pipeline().hear(id: text, path, subject: Bench.subject)
    }
    #expect(
      try await hear("good morning")
        == .heard(
          Heard(seconds: 1, segments: [.init(start: 0, end: 1, text: "good morning")])))
    guard case .refused = try await hear("violence") else {
      Issue.record("not refused")
      return
    }
    #expect(bench.log.records.count == 2)
  }
}
