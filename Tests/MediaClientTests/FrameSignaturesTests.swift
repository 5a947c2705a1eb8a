import Foundation
import MediaClient
import MediaJobs
import Testing

@Suite(.enabled(if: MediaFixtures.isReady, "needs assay-media and the ffmpeg command"))
struct FrameSignaturesTests {
  /// What the ISCC's own kit makes of the marked clip: the `ffmpeg` command's signatures, five a second.
  @Test(arguments: [24, 25, 60])
  func sumsAreThoseOfTheReference(rate: Int) async throws {
    let input = try MediaFixtures.make(
      "moving\(rate).mp4",
      [
        "-f", "lavfi", "-i", "testsrc2=s=320x240:r=\(rate):d=5", "-c:v", "libx264", "-preset",
        "veryfast", "-pix_fmt", "yuv420p",
      ])
    let output = MediaFixtures.path("signed.mp4")
    let made = try await MediaFixtures.client.mark(
      input, output: output,
      request: MarkRequest(text: "AI generated", seed: [UInt8](repeating: 7, count: 32)))
    let sums = try #require(made.signatureSums, "\(made.outcome.notes)")
    let report = MediaFixtures.path("signatures.xml")
    try MediaFixtures.run(
      "ffmpeg",
      [
        "-v", "error", "-i", output, "-vf", "fps=fps=5,signature=format=xml:filename=\(report)",
        "-f", "null", "-",
      ])
    let text = try String(contentsOfFile: report, encoding: .utf8)
    let signatures = Set(
      text.components(separatedBy: "<FrameSignature>").dropFirst().map { part in
        part.prefix { $0 != "<" }.split(whereSeparator: \.isWhitespace).map { UInt32($0)! }
      })
    #expect(signatures.count > 10)
    let expected = (0..<380).map { index in signatures.reduce(0) { $0 + $1[index] } }
    #expect(sums == expected)
  }
}
