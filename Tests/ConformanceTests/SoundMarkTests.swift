import Foundation
import TestKit
import Testing

extension Conformance {
  /// The mark of sounds, on files as people have them and in what a gateway delivers.
  struct SoundMarkTests {
    let folder = try! TemporaryDirectory()
    static let id = "0123456789abcdef"
    static let line =
      "The harbour was quiet that morning and nobody on the quay had heard the engines yet. "
      + "Seven lanterns went out one after another before the ferry turned towards the northern pier."

    @Test(arguments: ["wav", "mp3", "flac", "ogg", "m4a"])
    func whatIsEmbeddedIsDetectedInCopies(suffix: String) async throws {
      let source = folder.path("speech.\(suffix)")
      try await speech(source, ["-metadata", "comment=made by a machine"])
      let key = try folder.write("own.key", [UInt8](repeating: 7, count: 32))
      let other = try folder.write("other.key", [UInt8](repeating: 8, count: 32))
      let marked = folder.path("marked.\(suffix)")
      let embedded = try await assay(
        ["watermark", "embed", source, marked, "--sound", "--id", Self.id, "--key", key])
      try #require(embedded.status == 0, "\(embedded.stdout)\(embedded.stderr)")
      // Half as good as it was, without its beginning, by a stranger's encoder.
      let copy = folder.path("copy.mp3")
      try await ffmpeg(["-ss", "1.37", "-i", marked, "-map_metadata", "-1", "-b:a", "64k", copy])
      for file in [marked, copy] {
        let finding = try object(
          try await assay(["watermark", "detect", file, "--key", other, key]).stdout)
        #expect(finding["verdict"] as? String == "readable", "\(finding)")
        #expect(finding["id"] as? String == Self.id)
        #expect(finding["key"] as? String == key)
        #expect(finding["algorithm"] as? String == "org.assay.tbp.1")
        #expect(try #require(finding["bound"] as? Double) <= 1e-9)
      }
      #expect(try await assay(["watermark", "detect", source, "--key", key]).status == 2)
      let shown = try await TestKit.run(
        "ffprobe", arguments: ["-v", "error", "-show_entries", "format_tags:stream_tags", marked])
      #expect(shown.stdout.contains("made by a machine"), "\(shown.stdout)")
    }

    /// Pictures pass as they are, frame by frame; sound that is a clip's is told beside them.
    @Test func picturesOfAClipAreLeftAlone() async throws {
      let sound = folder.path("speech.wav")
      try await speech(sound, [])
      let clip = folder.path("clip.mp4")
      try await ffmpeg([
        "-f", "lavfi", "-i", "testsrc2=s=320x240:r=24:d=9", "-i", sound, "-c:v", "libx264",
        "-preset", "veryfast", "-c:a", "aac", "-shortest", clip,
      ])
      let key = try folder.write("own.key", [UInt8](repeating: 7, count: 32))
      let marked = folder.path("marked.mp4")
      let embedded = try await assay(
        ["watermark", "embed", clip, marked, "--sound", "--id", Self.id, "--key", key])
      try #require(embedded.status == 0, "\(embedded.stdout)\(embedded.stderr)")
      #expect(try await pictures(clip) == pictures(marked))
      let detected = try await assay(["watermark", "detect", marked, "--key", key])
      #expect(detected.status == 0)
      let finding = try object(detected.stdout)
      #expect(finding["verdict"] as? String == "none")
      #expect((finding["sound"] as? [String: Any])?["id"] as? String == Self.id)
      let silent = folder.path("silent.mp4")
      try await ffmpeg(["-i", clip, "-an", "-c", "copy", silent])
      let refused = try await assay(
        ["watermark", "embed", silent, marked, "--sound", "--id", Self.id, "--key", key])
      #expect(refused.status == 66 && refused.stderr.contains("no sound"), "\(refused.stderr)")
    }

    /// Switched on, speech and clips are delivered with it: asserted on the very bytes, named in the
    /// manifest, and a way back to it.
    @Test(.enabled(if: RunningGateway.isEquipped))
    func aGatewayMarksWhatItDelivers() async throws {
      let gateway = try await RunningGateway.start(environment: ["ASSAY_SOUND_MARK": "true"])
      let key = gateway.folder.path("keys/dev/mark.key")
      let speech = gateway.folder.path("speech.wav")
      let order = """
        {"model": "tts-1", "voice": "alloy", "response_format": "wav", "input": "\(Self.line)"}
        """
      let spoken = try await TestKit.run(
        "curl",
        arguments: [
          "-sS", "-m", "120", "-H", gateway.authorization, "-H", "Content-Type: application/json",
          "-d", order, "-o", speech, "-w", "%{http_code}", "\(gateway.baseURL)/audio/speech",
        ])
      try #require(spoken.stdout == "200", "\(spoken.stdout)\(gateway.log)")
      let copy = gateway.folder.path("copy.mp3")
      try await ffmpeg(["-ss", "1", "-i", speech, "-map_metadata", "-1", "-b:a", "64k", copy])
      for file in [speech, copy] {
        let found = try object(
          try await assay(["watermark", "detect", file, "--key", key]).stdout)
        #expect(found["verdict"] as? String == "readable", "\(file): \(found)")
      }
      let read = try await gateway.client(
        "c2pa_read.py", [speech, gateway.rootCertificate, "audio/wav"])
      #expect(read.stdout.contains("\"Trusted\""), "\(read.stdout)")
      let own = try await assay(["verify", "--json", speech], gateway)
      #expect(own.stdout.contains("c2pa.watermarked.bound"))
      #expect(own.stdout.contains("org.assay.tbp.1"))
      let recovered = try await assay(["verify", "--json", copy], gateway)
      let provenance = try #require(object(recovered.stdout)["provenance"] as? [String: Any])
      #expect(provenance["conclusion"] as? String == "recovered", "\(recovered.stdout)")
      let recovery = try #require(provenance["recovery"] as? [String: Any])
      #expect(recovery["basis"] as? String == "mark")

      let clip = gateway.folder.path("clip.mp4")
      let made = try await gateway.client(
        "openai_one.py", ["A lighthouse. A voice says \"welcome home\"", clip])
      try #require(made.stdout.contains("completed"), "\(made.stdout)\n\(gateway.log)")
      let verdict = try await gateway.client(
        "c2pa_read.py", [clip, gateway.rootCertificate, "video/mp4"])
      #expect(verdict.stdout.contains("\"Trusted\""), "\(verdict.stdout)")
    }

    private func speech(_ path: String, _ options: [String]) async throws {
      try await ffmpeg(
        ["-f", "lavfi", "-i", "flite=text='\(Self.line)':voice=slt", "-ar", "48000"] + options
          + [path])
    }

    private func pictures(_ path: String) async throws -> String {
      try await TestKit.run(
        "ffmpeg", arguments: ["-v", "error", "-i", path, "-map", "0:v", "-f", "framemd5", "-"]
      ).stdout.split(separator: "\n").filter { !$0.hasPrefix("#") }
        .compactMap { $0.split(separator: ",").last }.joined(separator: "\n")
    }

    private func ffmpeg(_ arguments: [String]) async throws {
      let made = try await TestKit.run("ffmpeg", arguments: ["-v", "error", "-y"] + arguments)
      try #require(made.status == 0, "\(made.stderr)")
    }

    private func assay(
      _ arguments: [String], _ gateway: RunningGateway? = nil
    ) async throws -> CommandResult {
      var environment: [String: String] = [:]
      if let gateway {
        environment = [
          "ASSAY_KEYS": gateway.folder.path("keys"), "ASSAY_DATA": gateway.dataFolder,
        ]
      }
      return try await TestKit.run(
        RunningGateway.executable("assay"), arguments: arguments, environment: environment)
    }

    private func object(_ text: String) throws -> [String: Any] {
      try #require(
        try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any], "\(text)")
    }
  }
}
