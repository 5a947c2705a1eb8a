import Foundation
import MediaClient
import MediaJobs
import TestKit
import Testing

@testable import Provenance
@testable import Watermark

/// Marks written and found by the real media process, in files as people have them.
@Suite(
  .enabled(
    if: TestKit.builtExecutable(named: "assay-media") != nil,
    "SKIPPED: this run did not build assay-media"))
struct WatermarkSearchTests {
  let folder = try! TemporaryDirectory()
  let media = MediaClient(executable: TestKit.builtExecutable(named: "assay-media"))
  let secret = WatermarkSecret([UInt8](repeating: 9, count: 32))!
  let id: UInt64 = 0xA5A5_0000_1234_FFFF

  static let source = "testsrc2=s=640x400:r=24:d=0.5,noise=alls=8:allf=t"
  /// name: what ffmpeg makes it with.
  static let files: [(String, [String])] = [
    ("plain.mp4", ["-pix_fmt", "yuv420p"]),
    ("odd.mkv", ["-vf", "scale=641:411", "-c:v", "ffv1", "-pix_fmt", "yuv420p"]),
    ("uneven.mkv", ["-vf", "setpts='PTS+random(1)*0.01/TB'", "-fps_mode", "vfr", "-c:v", "ffv1"]),
    ("ten.mp4", ["-pix_fmt", "yuv420p10le", "-profile:v", "high10"]),
    ("full.mp4", ["-pix_fmt", "yuvj420p"]),
    ("rgb.mkv", ["-c:v", "ffv1", "-pix_fmt", "bgr0"]),
    ("still.png", ["-frames:v", "1", "-pix_fmt", "rgb24"]),
    ("glass.png", ["-frames:v", "1", "-pix_fmt", "rgba"]),
    ("grey.png", ["-frames:v", "1", "-pix_fmt", "gray"]),
    ("still.jpg", ["-frames:v", "1", "-q:v", "3"]),
    ("still.webp", ["-frames:v", "1", "-c:v", "libwebp", "-pix_fmt", "yuv420p", "-quality", "90"]),
    ("exact.webp", ["-frames:v", "1", "-c:v", "libwebp", "-lossless", "1", "-pix_fmt", "bgra"]),
  ]

  private func make(_ name: String, _ arguments: [String]) async throws -> String {
    let path = folder.path(name)
    let made = try await TestKit.run(
      "ffmpeg", arguments: ["-v", "error", "-f", "lavfi", "-i", Self.source] + arguments + [path])
    try #require(made.status == 0, "\(made.stderr)")
    return path
  }

  @Test(arguments: files) func theMarkIsReadBack(_ file: (String, [String])) async throws {
    let input = try await make(file.0, file.1)
    let output = folder.path("marked-" + file.0)
    let marked = try await media.embed(
      input, output: output, request: EmbedRequest(mark: secret.mark(id: id)))
    let search = WatermarkSearch(secrets: [secret])
    #expect(await search.reads(id, in: marked.residuals))
    #expect(await search.reads(id, in: try await media.residuals(output)))
    #expect(try await search.find(in: input, media: media).verdict == .none)
  }

  /// A telephone held upright stores its picture lying, with a note to turn it.
  @Test func aClipThatAsksToBeTurnedIsMarkedUpright() async throws {
    let plain = try await make("lying.mp4", ["-pix_fmt", "yuv420p"])
    let input = folder.path("turned.mp4")
    let made = try await TestKit.run(
      "ffmpeg",
      arguments: [
        "-v", "error", "-i", plain, "-c", "copy", "-metadata:s:v:0", "rotate=90", input,
      ])
    try #require(made.status == 0, "\(made.stderr)")
    let output = folder.path("upright.mp4")
    try await media.embed(
      input, output: output, request: EmbedRequest(mark: secret.mark(id: id)))
    let info = try await media.probe(output)
    #expect(info.width == 400 && info.height == 640 && info.rotation == 0)
    let finding = try await WatermarkSearch(secrets: [secret]).find(in: output, media: media)
    #expect(finding.id == id)
  }

  /// Nothing but the mark changes, and the sound and the times stay.
  @Test func losslessMeansThatOnlyTheMarkChanges() async throws {
    let input = try await make("source.mkv", ["-c:v", "ffv1", "-pix_fmt", "yuv444p"])
    let output = folder.path("marked.mkv")
    try await media.embed(
      input, output: output,
      request: EmbedRequest(mark: secret.mark(id: id), isLossless: true))
    let compared = try await TestKit.run(
      "ffmpeg",
      arguments: ["-v", "info", "-i", output, "-i", input, "-lavfi", "psnr", "-f", "null", "-"])
    let line = try #require(compared.stderr.split(separator: "\n").first { $0.contains("PSNR y:") })
    #expect(line.contains("u:inf v:inf"), "\(line)")
    let luma = try #require(line.split(separator: " ").first { $0.hasPrefix("y:") })
    #expect(try #require(Double(luma.dropFirst(2))) > 45, "\(line)")
  }

  @Test func barsAroundAMarkedClipDoNotHideIt() async throws {
    let input = try await make("wide.mp4", ["-pix_fmt", "yuv420p"])
    let output = folder.path("wide-marked.mp4")
    try await media.embed(
      input, output: output, request: EmbedRequest(mark: secret.mark(id: id)))
    let boxed = folder.path("boxed.mp4")
    let made = try await TestKit.run(
      "ffmpeg",
      arguments: [
        "-v", "error", "-i", output, "-vf", "pad=640:1140:0:370", "-c:v", "libx264", "-crf", "23",
        boxed,
      ])
    try #require(made.status == 0, "\(made.stderr)")
    #expect(try await media.residuals(boxed).count == 2)
    #expect(
      try await WatermarkSearch(secrets: [secret]).find(in: boxed, media: media).id == id)
  }

  @Test func whatCannotCarryAMarkIsRefused() async throws {
    for (name, arguments) in [
      ("small.png", ["-vf", "scale=100:100", "-frames:v", "1"]),
      ("moving.gif", ["-vf", "scale=200:200"]),
    ] {
      let input = try await make(name, arguments)
      let failure = await #expect(throws: MediaFailure.self) {
        try await media.embed(
          input, output: folder.path("out"), request: EmbedRequest(mark: secret.mark(id: id)))
      }
      #expect(failure?.isFinal == true)
    }
  }
}
