import Foundation
import TestKit
import Testing

extension Conformance {
  struct FingerprintCommandTests {
    private func assay(_ arguments: [String]) async throws -> CommandResult {
      try await TestKit.run(
        RunningGateway.executable("assay"), arguments: ["fingerprint"] + arguments)
    }

    /// The reference's hashes of real pictures, where that data lies beside the project.
    @Test func everyVectorIsHashedAsTheReferenceDoes() async throws {
      guard let folder = TestKit.shared("corpus-pdq") else { return }
      struct Expected: Decodable {
        struct Vector: Decodable {
          let file: String
          let pdq: String
          let quality: Int
        }
        let vectors: [Vector]
      }
      let expected = try JSONDecoder().decode(
        Expected.self, from: Data(contentsOf: URL(fileURLWithPath: folder + "/expected.json")))
      let answer = try await assay(["--pdq"] + expected.vectors.map { "\(folder)/\($0.file)" })
      #expect(answer.status == 0, "\(answer.stderr)")
      #expect(
        answer.stdout.split(separator: "\n").map(String.init)
          == expected.vectors.map { "\($0.pdq) \($0.quality) \(folder)/\($0.file)" })
    }

    @Test func aClipIsFoundByAPictureOutOfIt() async throws {
      let folder = try TestKit.temporaryDirectory()
      let clip = folder.path("clip.mp4")
      let still = folder.path("still.png")
      for arguments in [
        ["-f", "lavfi", "-i", "mandelbrot=s=640x360:r=10", "-t", "3", "-pix_fmt", "yuv420p", clip],
        ["-ss", "1", "-i", clip, "-frames:v", "1", "-vf", "hflip,scale=320:-2", still],
      ] {
        let made = try await TestKit.run("ffmpeg", arguments: ["-v", "error", "-y"] + arguments)
        #expect(made.status == 0, "\(made.stderr)")
      }
      let hash = try await assay(["--pdq", still])
      #expect(hash.status == 0)
      let fields = hash.stdout.split(separator: " ")
      try folder.write("known.csv", Array("hash,quality,label\n\(fields[0]),100,fractal\n".utf8))
      let match = try await assay([clip, "--match", folder.path("known.csv")])
      #expect(match.status == 1)
      #expect(match.stdout.contains(" fractal "))

      let lines = try await assay([clip])
      #expect(lines.stdout.contains("\"vpdq\":[\""))
      let refused = try await assay(["--pdq", clip])
      #expect(refused.status == 66)
      #expect(refused.stderr.contains("leave --pdq out"))
    }

    @Test func aDamagedListIsNotTakenForAWholeOne() async throws {
      let folder = try TestKit.temporaryDirectory()
      try folder.write("list", Array("nothing of the kind\n".utf8))
      let answer = try await assay([folder.path("list"), "--match", folder.path("list")])
      #expect(answer.status == 66)
      #expect(answer.stderr.contains("line 1"))
    }
  }
}
