import Foundation
import TestKit
import Testing

extension Conformance {
  /// Speech as an integrator's client saves it begins with a disclosure, and everybody can tell.
  struct AudibleDisclosureTests {
    static let line = "The harbour was quiet that morning. Nobody had heard the engines yet."

    /// A tenant's own layer asks for words, another's for nothing, everybody else has the rhythm.
    @Test(.enabled(if: RunningGateway.isEquipped))
    func speechBeginsWithADisclosure() async throws {
      let folder = try TestKit.temporaryDirectory()
      try FileManager.default.copyItem(
        atPath: TestKit.packageRoot + "/Policies", toPath: folder.path("policies"))
      for mode in ["spoken", "never"] {
        try folder.write(
          "policies/\(mode).json",
          Array(
            #"{"policy": "\#(mode)", "version": "1", "rules": [], "marking": {"audible": "\#(mode)"}}"#
              .utf8))
      }
      let gateway = try await RunningGateway.start(
        policies: folder.path("policies"),
        environment: [
          "ASSAY_API_KEYS": "tests=\(RunningGateway.apiKey),words=sk-words,quiet=sk-quiet",
          "ASSAY_TENANTS":
            #"{"words": {"policies": ["spoken"]}, "quiet": {"policies": ["never"]}}"#,
        ])
      let rhythm = try await saved("rhythm.mp3", gateway)
      let spoken = try await saved("spoken.flac", gateway, key: "sk-words")
      let quiet = try await saved("quiet.wav", gateway, key: "sk-quiet")
      // As a platform passes it on: nothing left but what is heard.
      let copy = gateway.folder.path("copy.ogg")
      let made = try await TestKit.run(
        "ffmpeg",
        arguments: [
          "-v", "error", "-y", "-i", rhythm, "-map_metadata", "-1", "-c:a", "libopus", "-b:a",
          "32k", copy,
        ])
      try #require(made.status == 0, "\(made.stderr)")

      for (file, isHeard) in [(rhythm, true), (spoken, true), (copy, true), (quiet, false)] {
        let findings = try await compliance(file, gateway)
        for rule in ["CN-3", "KR-3", "EU-7"] {
          #expect(findings[rule] == (isHeard ? "met" : "not met"), "\(file): \(rule)")
        }
        let detected = try await assay(["detect", file, "--json"], gateway)
        let seen = try object(detected.stdout)["disclosure"] as? [String: Any]
        #expect((seen?["kind"] as? String == "rhythm") == isHeard, "\(detected.stdout)")
      }
      #expect(try await compliance(rhythm, gateway)["IN-1"] == "met")
      let verified = try await assay(["verify", "--marks", rhythm], gateway)
      #expect(verified.status == 0, "\(verified.stdout)\(verified.stderr)")
      #expect(verified.stdout.contains("AI disclosure at second 0."), "\(verified.stdout)")
      let marks = try await assay(
        ["watermark", "detect", copy, "--key", gateway.folder.path("keys/dev/mark.key")], gateway)
      #expect(marks.stdout.contains(#""kind":"rhythm""#), "\(marks.stdout)")

      for (file, type, note) in [
        (rhythm, "audio/mpeg", "rhythm of Morse code"), (spoken, "audio/flac", "and words"),
      ] {
        let read = try await gateway.client(
          "c2pa_read.py", [file, gateway.rootCertificate, type])
        #expect(type == "audio/flac" || read.stdout.contains("\"Trusted\""), "\(read.stdout)")
        let own = try await assay(["verify", "--json", file], gateway)
        #expect(own.stdout.contains(note), "\(own.stdout)")
      }
      // Whoever only listens to what is said is told, too, and hears the text after it.
      let heard = try await TestKit.run(
        "curl",
        arguments: [
          "-sS", "-m", "120", "-H", gateway.authorization, "-F", "model=whisper-1", "-F",
          "file=@\(spoken)", "\(gateway.baseURL)/audio/transcriptions",
        ])
      #expect(heard.stdout.lowercased().contains("artificial intelligence"), "\(heard.stdout)")
      #expect(heard.stdout.lowercased().contains("harbour") || heard.stdout.contains("harbor"))
    }

    @Test func whatCannotBeSaidIsSaidBeforeServing() async throws {
      let folder = try TestKit.temporaryDirectory()
      #expect(
        try await TestKit.run(
          RunningGateway.executable("assay"),
          arguments: ["keys", "init", "--dir", folder.path("keys/dev")]
        ).status == 0)
      let silence = folder.path("silence.wav")
      _ = try await TestKit.run(
        "ffmpeg", arguments: ["-v", "error", "-f", "lavfi", "-i", "anullsrc=d=1", silence])
      func check(_ name: String, _ value: String) async throws -> CommandResult {
        try await TestKit.run(
          RunningGateway.executable("assay"), arguments: ["config", "check"],
          environment: [
            "ASSAY_KEYS": folder.path("keys"), "ASSAY_DATA": folder.path("data"),
            "ASSAY_POLICIES": TestKit.packageRoot + "/Policies", name: value,
          ])
      }
      let foreign = try await check("ASSAY_DISCLOSURE_TEXT", "人工智能生成")
      #expect(foreign.status == 64 && foreign.stdout.contains("disclosure_recording"))
      let missing = try await check("ASSAY_DISCLOSURE_RECORDING", folder.path("nothing.wav"))
      #expect(missing.status == 66 && missing.stdout.contains("disclosure_recording"))
      let silent = try await check("ASSAY_DISCLOSURE_RECORDING", silence)
      #expect(silent.status == 66 && silent.stdout.contains("Nothing can be heard"))
      let good = try await check("ASSAY_DISCLOSURE_TEXT", "A machine reads this to you.")
      #expect(good.status == 0, "\(good.stdout)")
    }

    private func saved(
      _ name: String, _ gateway: RunningGateway, key: String = RunningGateway.apiKey
    ) async throws -> String {
      let path = gateway.folder.path(name)
      let format = String(name.split(separator: ".")[1])
      let made = try await gateway.client("openai_speech.py", [Self.line, format, path, key])
      try #require(made.status == 0, "\(made.stdout)\(made.stderr)\(gateway.log)")
      return path
    }

    private func compliance(
      _ file: String, _ gateway: RunningGateway
    ) async throws -> [String: String] {
      let answer = try await assay(["compliance", file, "--json"], gateway)
      let files = try #require(object(answer.stdout)["files"] as? [[String: Any]])
      let findings = try #require(files.first?["findings"] as? [[String: Any]])
      return Dictionary(
        uniqueKeysWithValues: findings.compactMap { finding in
          guard let rule = finding["rule"] as? String,
            let outcome = finding["status"] as? String
          else { return nil }
          return (rule, outcome)
        })
    }

    private func assay(
      _ arguments: [String], _ gateway: RunningGateway
    ) async throws -> CommandResult {
      try await TestKit.run(
        RunningGateway.executable("assay"), arguments: arguments,
        environment: [
          "ASSAY_KEYS": gateway.folder.path("keys"), "ASSAY_DATA": gateway.dataFolder,
          "ASSAY_MODELS": RunningGateway.models,
        ])
    }

    private func object(_ text: String) throws -> [String: Any] {
      try #require(
        try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any], "\(text)")
    }
  }
}
