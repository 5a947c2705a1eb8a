import Foundation
import TestKit
import Testing

extension Conformance {
  /// A clip on its way through the world: stripped, cropped, compressed; and a mark on another's clip.
  @Suite(.enabled(if: RunningGateway.isEquipped))
  struct RecoveryTests {
    @Test func aStrippedCropIsRecoveredAndATransplantedMarkIsNot() async throws {
      let gateway = try await RunningGateway.start()
      let clip = gateway.folder.path("clip.mp4")
      let result = try await gateway.client("openai_one.py", ["A harbour at dawn", clip])
      let video = try object(result.stdout)
      try #require(video["status"] as? String == "completed", "\(result.stdout)\n\(gateway.log)")
      let id = try #require(video["id"] as? String)

      // What platforms do: metadata off, a crop that is nowhere in the middle, hard compression.
      let copy = gateway.folder.path("copy.mp4")
      try await ffmpeg([
        "-i", clip, "-map_metadata", "-1", "-vf",
        "crop=trunc(iw*0.4)*2:trunc(ih*0.4)*2:iw*0.13:ih*0.07", "-c:v", "libx264", "-preset",
        "veryfast", "-crf", "28", "-an", copy,
      ])
      let own = try await verify(copy, ["--json"], gateway)
      #expect(own.status == 0, "\(own.stdout)\(own.stderr)")
      let provenance = try #require(object(own.stdout)["provenance"] as? [String: Any])
      #expect(provenance["conclusion"] as? String == "recovered")
      let recovery = try #require(provenance["recovery"] as? [String: Any])
      #expect(recovery["basis"] as? String == "mark")
      #expect(recovery["content"] as? String == "same")
      let credentials = try #require(recovery["credentials"] as? [String: Any])
      #expect(credentials["validation_state"] as? String == "Trusted")
      let text = try await verify(copy, [], gateway)
      #expect(text.stdout.contains("CREDENTIALS RECOVERED (DURABLE)"))
      #expect(text.stdout.contains("Assay Development"))

      // The same by the API alone, as somebody without the mark's key asks.
      let keyless = gateway.folder.path("no-keys")
      let remote = try await verify(
        copy,
        ["--json", "--recover", gateway.baseURL, "--trust", "own=\(gateway.rootCertificate)"],
        gateway, keys: keyless)
      #expect(remote.status == 0, "\(remote.stdout)\(remote.stderr)")
      #expect(
        (try object(remote.stdout)["provenance"] as? [String: Any])?["conclusion"] as? String
          == "recovered")

      // Without the mark: a screenshot of a passage, by its look.
      let screenshot = gateway.folder.path("screenshot.png")
      try await ffmpeg([
        "-ss", "2", "-i", clip, "-frames:v", "1", "-vf", "scale=400:-2", screenshot,
      ])
      let found = try await assay(["search", "--json", screenshot], gateway)
      #expect(found.status == 0, "\(found.stdout)\(found.stderr)")
      let match = try #require((try object(found.stdout)["matches"] as? [[String: Any]])?.first)
      #expect(match["asset"] as? String == id)
      #expect(abs((match["seconds"] as? Double ?? 99) - 2) <= 0.6)

      try await checkSound(gateway, clip, id)
      try await checkCode(gateway, clip)

      // The mark of this clip over another scene.
      let mark = try #require((provenance["mark"] as? [String: Any])?["id"] as? String)
      let scene = gateway.folder.path("scene.mkv")
      try await ffmpeg([
        "-f", "lavfi", "-i", "cellauto=s=640x360:r=24:rule=110:seed=13", "-t", "3", "-vf",
        "gblur=sigma=6,eq=contrast=3", "-c:v", "ffv1", scene,
      ])
      let transplant = gateway.folder.path("transplant.mp4")
      let embedded = try await assay(
        [
          "watermark", "embed", scene, transplant, "--id", mark, "--key",
          gateway.folder.path("keys/dev/mark.key"),
        ], gateway)
      try #require(embedded.status == 0, "\(embedded.stdout)\(embedded.stderr)")
      let conflict = try await verify(transplant, ["--json"], gateway)
      #expect(conflict.status == 1, "\(conflict.stdout)\(conflict.stderr)")
      let disagreement = try #require(object(conflict.stdout)["provenance"] as? [String: Any])
      #expect(disagreement["conclusion"] as? String == "mark_and_content_disagree")
      let api = try await curl(
        gateway, "v1/matches/byContent",
        ["-H", "Content-Type: video/mp4", "--data-binary", "@\(transplant)"])
      #expect(api.status == 200 && !api.body.contains("urn:c2pa"), "\(api)")

      // Credentials of somebody else's on a copy of ours.
      let camera = gateway.folder.path("camera.mp4")
      let signed = try await assay(["sign", copy, camera], gateway)
      try #require(signed.status == 0, "\(signed.stdout)\(signed.stderr)")
      let claimed = try await verify(camera, ["--json", "--marks"], gateway)
      #expect(claimed.status == 1, "\(claimed.stdout)\(claimed.stderr)")
      #expect(
        (try object(claimed.stdout)["provenance"] as? [String: Any])?["conclusion"] as? String
          == "mark_and_credentials_disagree")

      try await checkVisibleMark(gateway, clip, copy, transplant)
      try await checkPage(gateway, copy)
      try await checkErasure(gateway, copy)
    }

    /// The soundtrack alone, compressed, and the same under other pictures; a stranger's is nobody's.
    private func checkSound(_ gateway: RunningGateway, _ clip: String, _ id: String) async throws {
      let recording = gateway.folder.path("soundtrack.mp3")
      try await ffmpeg(["-i", clip, "-vn", "-map_metadata", "-1", "-b:a", "64k", recording])
      let other = gateway.folder.path("other-pictures.mp4")
      try await ffmpeg([
        "-f", "lavfi", "-i", "testsrc2=s=320x180:r=24:d=4", "-i", recording, "-c:v", "libx264",
        "-preset", "veryfast", "-c:a", "aac", other,
      ])
      // The recording is a copy; the same sound under other pictures is a lead.
      for (file, conclusion, status) in [
        (recording, "recovered", 0), (other, "sound_on_record", 2),
      ] {
        let own = try await verify(file, ["--json"], gateway)
        #expect(own.status == Int32(status), "\(own.stdout)\(own.stderr)")
        let provenance = try #require(object(own.stdout)["provenance"] as? [String: Any])
        #expect(provenance["conclusion"] as? String == conclusion)
        let recovery = try #require(provenance["recovery"] as? [String: Any])
        #expect(recovery["basis"] as? String == "sound")
        let heard = try #require(recovery["heard"] as? [String: Any])
        #expect((heard["length"] as? Double ?? 0) > 3)
        let api = try await curl(
          gateway, "v1/matches/byContent",
          ["-H", "Content-Type: audio/mpeg", "--data-binary", "@\(file)"])
        #expect(api.status == 200 && api.body.contains("urn:c2pa"), "\(api)")
        #expect(api.body.contains("similarityScore") == (file == recording), "\(api)")
        let remote = try await verify(
          file,
          ["--json", "--recover", gateway.baseURL, "--trust", "own=\(gateway.rootCertificate)"],
          gateway, keys: gateway.folder.path("no-keys"))
        #expect(
          (try object(remote.stdout)["provenance"] as? [String: Any])?["conclusion"] as? String
            == (file == recording ? "recovered" : "nothing"), "\(remote.stdout)")
      }
      for file in [recording, other] {
        let found = try await assay(["search", "--json", file], gateway)
        #expect(found.status == 0, "\(found.stdout)\(found.stderr)")
        let matches = try #require(try object(found.stdout)["matches"] as? [[String: Any]])
        #expect(matches.count == 1)
        #expect(matches.first?["by"] as? String == "sound")
        #expect(matches.first?["asset"] as? String == id)
        #expect((matches.first?["seconds"] as? Double ?? 99) < 0.3)
      }
      let stranger = gateway.folder.path("stranger.mp3")
      try await ffmpeg([
        "-f", "lavfi", "-i", "anoisesrc=color=brown:seed=77:d=12", "-b:a", "64k", stranger,
      ])
      let nobody = try await assay(["search", "--json", stranger], gateway)
      #expect(nobody.status == 2, "\(nobody.stdout)\(nobody.stderr)")
    }

    /// The Video-Code that the reference implementation makes of a copy leads to the manifest, by C2PA's
    /// own algorithm name; a stranger's does not.
    private func checkCode(_ gateway: RunningGateway, _ clip: String) async throws {
      let copy = gateway.folder.path("half.mp4")
      try await ffmpeg([
        "-i", clip, "-map_metadata", "-1", "-vf", "scale=trunc(iw/4)*2:-2", "-c:v", "libx264",
        "-preset", "veryfast", "-crf", "28", "-an", copy,
      ])
      let stranger = gateway.folder.path("stranger.mp4")
      try await ffmpeg([
        "-f", "lavfi", "-i", "testsrc2=s=320x180:r=24:d=2", "-c:v", "libx264", stranger,
      ])
      for (file, isOurs) in [(clip, true), (copy, true), (stranger, false)] {
        let code = try await gateway.client("iscc_query.py", [file], python: "venv-formats")
        try #require(code.status == 0, "\(code.stderr)")
        let value = code.stdout.trimmingCharacters(in: .whitespacesAndNewlines)
        let answer = try await curl(
          gateway, "v1/matches/byBinding",
          [
            "-H", "Content-Type: application/json", "-d",
            #"{"alg": "io.iscc.v0", "value": "\#(value)"}"#,
          ])
        #expect(answer.status == 200)
        let matches = try #require(try object(answer.body)["matches"] as? [[String: Any]])
        #expect(matches.count == (isOurs ? 1 : 0), "\(file): \(answer.body)")
        // Two programs' readings of one file may differ in a bit or two.
        if file == clip { #expect((matches.first?["similarityScore"] as? Int ?? 0) >= 97) }
      }
    }

    /// The visible mark's keyed path is worked out again: it is seen in what was delivered and in copies,
    /// and not in another scene that carries this clip's invisible mark.
    private func checkVisibleMark(
      _ gateway: RunningGateway, _ clip: String, _ copy: String, _ transplant: String
    ) async throws {
      let small = gateway.folder.path("small.mp4")
      try await ffmpeg([
        "-i", clip, "-vf", "scale=640:-2", "-c:v", "libx264", "-preset", "veryfast", "-crf", "28",
        "-an", small,
      ])
      for (file, verdict) in [
        (clip, "seen"), (copy, "seen"), (small, "seen"), (transplant, "not seen"),
      ] {
        let answer = try await assay(["detect", "--json", file], gateway)
        #expect(answer.status == 0, "\(answer.stdout)\(answer.stderr)")
        let visible = try #require(object(answer.stdout)["visible"] as? [String: Any])
        #expect(visible["verdict"] as? String == verdict, "\(file) \(visible)")
        if file == copy {
          // The crop began at 13 % and 7 % of the frame and left 80 % of it.
          let shift = try #require(visible["shift"] as? [Double])
          #expect(abs(shift[0] + 0.13 / 0.8) < 0.02 && abs(shift[1] + 0.07 / 0.8) < 0.02)
        }
      }
      let key = gateway.folder.path("keys/dev/mark.key")
      for (file, outcome) in [(small, "met"), (transplant, "not met")] {
        let report = try await assay(
          ["compliance", file, "--jurisdiction", "kr", "--watermark-key", key], gateway)
        #expect(report.stdout.contains("KR-3  \(outcome)"), "\(report.stdout)\(report.stderr)")
      }
    }

    /// The page answers without a script, and programs by Accept; strangers' addresses are not fetched.
    private func checkPage(_ gateway: RunningGateway, _ copy: String) async throws {
      let page = "http://127.0.0.1:\(gateway.port)/verify"
      let answer = try await gateway.curl(["-F", "file=@\(copy)", page])
      #expect(answer.status == 200)
      #expect(answer.body.contains("Credentials recovered (durable)"))
      #expect(answer.body.contains("Recovered history"))
      #expect(!answer.body.contains("<script>"))
      let json = try await gateway.curl(
        ["-H", "Accept: application/json", "-F", "file=@\(copy)", page])
      let verdict = try object(json.body)
      #expect(verdict["conclusion"] as? String == "recovered")
      // Verdicts, not scores.
      #expect((verdict["mark"] as? [String: Any])?["sync"] == nil)
      let fetched = try await gateway.curl(["-F", "url=http://127.0.0.1:1/x.png", page])
      #expect(fetched.status == 400 && fetched.body.contains("fetches no files from addresses"))
      let left = try FileManager.default.contentsOfDirectory(
        atPath: gateway.dataFolder + "/quarantine")
      #expect(left.filter { $0.hasPrefix("look_") }.isEmpty)
    }

    /// An erased clip's copies are nobody's, and no answer about a picture is kept.
    private func checkErasure(_ gateway: RunningGateway, _ copy: String) async throws {
      let drawn = try await curl(
        gateway, "v1/images/generations",
        ["-H", "Content-Type: application/json", "-d", #"{"prompt": "a paper boat"}"#])
      #expect(drawn.status == 200, "\(drawn.body.prefix(300))")
      let replies = gateway.dataFolder + "/replies"
      #expect(try FileManager.default.contentsOfDirectory(atPath: replies).count == 1)
      gateway.kill()
      let listed = try await assay(
        ["audit", "list", "--stage", "release", "--json", "--data", gateway.dataFolder],
        gateway)
      let line = try #require(listed.stdout.split(separator: "\n").first, "\(listed.stderr)")
      let leaf = try object(String(line))
      let subject = try #require(
        (leaf["leaf"] as? [String: Any] ?? leaf)["subject"] as? String, "\(line)")
      let erased = try await assay(
        [
          "audit", "erase", "--subject", subject, "--ground", "gdpr.art17", "--data",
          gateway.dataFolder,
        ], gateway)
      #expect(erased.status == 0, "\(erased.stdout)\(erased.stderr)")
      #expect(erased.stdout.contains("2 delivered files forgotten"), "\(erased.stdout)")
      #expect(erased.stdout.contains("1 kept answers deleted"), "\(erased.stdout)")
      #expect(try FileManager.default.contentsOfDirectory(atPath: replies).isEmpty)
      let forgotten = try await verify(copy, ["--json"], gateway)
      #expect(
        (try object(forgotten.stdout)["provenance"] as? [String: Any])?["conclusion"] as? String
          == "unresolved", "\(forgotten.stdout)")
    }

    private func ffmpeg(_ arguments: [String]) async throws {
      let made = try await TestKit.run("ffmpeg", arguments: ["-v", "error", "-y"] + arguments)
      try #require(made.status == 0, "\(made.stderr)")
    }

    private func verify(
      _ file: String, _ options: [String], _ gateway: RunningGateway, keys: String? = nil
    ) async throws -> CommandResult {
      try await assay(["verify", file] + options, gateway, keys: keys)
    }

    private func assay(
      _ arguments: [String], _ gateway: RunningGateway, keys: String? = nil
    ) async throws -> CommandResult {
      try await TestKit.run(
        try RunningGateway.executable("assay"), arguments: arguments,
        environment: [
          "ASSAY_KEYS": keys ?? gateway.folder.path("keys"), "ASSAY_DATA": gateway.dataFolder,
          "ASSAY_RECOVER_KEY": RunningGateway.apiKey,
        ])
    }

    private func curl(
      _ gateway: RunningGateway, _ path: String, _ arguments: [String]
    ) async throws -> (status: Int, body: String) {
      try await gateway.curl(
        ["-H", gateway.authorization] + arguments + ["http://127.0.0.1:\(gateway.port)/\(path)"])
    }

    private func object(_ text: String) throws -> [String: Any] {
      try #require(
        try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any], "\(text)")
    }
  }
}
