import Foundation
import TestKit
import Testing

extension Conformance {
  /// `assay watermark` as a person uses it, on files as people have them.
  struct WatermarkCommandTests {
    let folder = try! TemporaryDirectory()
    static let id = "0123456789abcdef"

    /// What ffmpeg makes: input options, output options, and whether the stored picture lies.
    struct Input: CustomTestStringConvertible, Sendable {
      let name: String
      var filters = "null"
      var options: [String] = []
      var isTurned = false
      var testDescription: String { name }
    }

    static let inputs = [
      Input(name: "odd.mkv", filters: "scale=641:483", options: ["-c:v", "ffv1"]),
      Input(
        name: "uneven.mp4", filters: "settb=1/1000,setpts='N*40+if(gt(mod(N,5),2),17,0)'",
        options: ["-fps_mode", "vfr", "-pix_fmt", "yuv420p", "-video_track_timescale", "1000"]),
      Input(
        name: "ten.mp4", options: ["-pix_fmt", "yuv420p10le", "-profile:v", "high10"]),
      Input(name: "turned.mp4", options: ["-pix_fmt", "yuv420p"], isTurned: true),
      Input(name: "still.png", options: ["-frames:v", "1"]),
      Input(name: "still.jpg", options: ["-frames:v", "1", "-q:v", "3"]),
    ]

    @Test(arguments: inputs) func whatIsEmbeddedIsDetected(_ input: Input) async throws {
      let file = try await make(input)
      let key = try folder.write("own.key", [UInt8](repeating: 7, count: 32))
      let older = try folder.write("older.key", [UInt8](repeating: 8, count: 32))
      let output = folder.path("marked-" + input.name)
      let embedded = try await assay(["embed", file, output, "--id", Self.id, "--key", older])
      try #require(embedded.status == 0, "\(embedded.stderr)")
      // A later key is in use; the older one is still tried.
      let detected = try await assay(["detect", output, "--key", key, older])
      #expect(detected.status == 0, "\(detected.stderr)")
      let finding = try object(detected.stdout)
      #expect(finding["verdict"] as? String == "readable")
      #expect(finding["id"] as? String == Self.id)
      #expect(finding["key"] as? String == older)
      #expect(try #require(finding["bound"] as? Double) <= 1e-9)
      let unmarked = try await assay(["detect", file, "--key", key, older])
      #expect(unmarked.status == 2)
      if input.isTurned {
        #expect(try await size(output) == "480,640")
      }
    }

    /// A scene that fills every frequency and moves: the mark is heard all the same after a crop.
    @Test func aBusyMovingSceneKeepsTheMark() async throws {
      let source = folder.path("cells.mkv")
      let made = try await TestKit.run(
        "ffmpeg",
        arguments: [
          "-v", "error", "-f", "lavfi", "-i", "cellauto=s=240x160:r=24:rule=110:seed=13",
          "-t", "2", "-vf", "scale=960:640:flags=bilinear,gblur=sigma=2,eq=contrast=0.5", "-c:v",
          "ffv1", "-pix_fmt", "yuv420p", source,
        ])
      try #require(made.status == 0, "\(made.stderr)")
      let key = try folder.write("own.key", [UInt8](repeating: 7, count: 32))
      let marked = folder.path("marked.mp4")
      let embedded = try await assay(["embed", source, marked, "--id", Self.id, "--key", key])
      #expect(embedded.status == 0, "\(embedded.stderr)")
      let copy = folder.path("copy.mp4")
      let cut = try await TestKit.run(
        "ffmpeg",
        arguments: [
          "-v", "error", "-i", marked, "-vf", "crop=trunc(iw*0.45)*2:trunc(ih*0.45)*2", "-c:v",
          "libx264", "-crf", "23", copy,
        ])
      try #require(cut.status == 0, "\(cut.stderr)")
      let detected = try await assay(["detect", copy, "--key", key])
      #expect(detected.status == 0, "\(detected.stdout)")
    }

    private func make(_ input: Input) async throws -> String {
      let path = folder.path(input.name)
      let source = input.isTurned ? folder.path("lying.mp4") : path
      let made = try await TestKit.run(
        "ffmpeg",
        arguments: [
          "-v", "error", "-f", "lavfi", "-i", "testsrc2=s=640x480:r=24:d=0.5", "-vf",
          input.filters + ",noise=alls=8:allf=t",
        ] + input.options + [source])
      try #require(made.status == 0, "\(made.stderr)")
      guard input.isTurned else { return path }
      let turned = try await TestKit.run(
        "ffmpeg",
        arguments: [
          "-v", "error", "-i", source, "-c", "copy", "-metadata:s:v:0", "rotate=90", path,
        ])
      try #require(turned.status == 0, "\(turned.stderr)")
      return path
    }

    private func assay(_ arguments: [String]) async throws -> CommandResult {
      try await TestKit.run(
        RunningGateway.executable("assay"), arguments: ["watermark"] + arguments)
    }

    private func size(_ path: String) async throws -> String {
      try await TestKit.run(
        "ffprobe",
        arguments: [
          "-v", "error", "-select_streams", "v:0", "-show_entries", "stream=width,height", "-of",
          "csv=p=0", path,
        ]
      ).stdout.trimmingCharacters(in: .whitespacesAndNewlines)
    }
  }
}
