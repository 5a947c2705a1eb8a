import Foundation
import TestKit
import Testing

extension Conformance {
  /// Machine-readable labels in every container that is signed, read by programs that share no code
  /// with the writer.
  struct LabelCommandTests {
    private static let python = TestKit.referencePython
    private static let exifTool = FileManager.default.isExecutableFile(atPath: "/usr/bin/exiftool")

    private struct Line: Decodable {
      let file: String
      let signed: Bool
      let error: String?
      let state: String?
      let codes: [String]?
      let decodes: Bool?
      let sourceType: [String]?
      let aigc: [[String: String]]?
      let warnings: [String]?
      let title: [String]?
      let probed: [String: String]?
      let refused: Int?
    }

    @Test(.enabled(if: python != nil && exifTool, "no reference library, or no exiftool"))
    func labelsAreReadElsewhereUnderATrustedSignature() async throws {
      let folder = try TemporaryDirectory()
      let result = try await TestKit.run(
        try #require(Self.python),
        arguments: [
          TestKit.packageRoot + "/Tests/ConformanceTests/Clients/labels.py",
          RunningGateway.executable("assay"), folder.path,
        ], directory: folder.path, limit: 600)
      try #require(result.status == 0, "\(result.stderr)")
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      let lines = try result.stdout.split(separator: "\n").map {
        try decoder.decode(Line.self, from: Data($0.utf8))
      }
      #expect(lines.count >= 13)
      for line in lines {
        #expect(line.signed, "\(line.file): \(line.error ?? "")")
        #expect(line.state == "Trusted" && line.codes == [], "\(line)")
        #expect(line.decodes == true, "\(line.file) plays differently")
        #expect(line.warnings == [], "\(line)")
        #expect(
          line.sourceType == [
            "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
          ], "\(line)")
        let labels = line.aigc ?? []
        #expect(
          !labels.isEmpty && labels.allSatisfy { $0.count == 7 && $0["ProduceID"] == "clip-7" })
        // ffprobe shows the field where FFmpeg has a reader for it.
        let isProbed = [".mp4", ".m4v", ".mov", ".m4a", ".mp3"].contains { line.file.hasSuffix($0) }
        #expect(!isProbed || line.probed?["ContentProducer"] == "Matrix", "\(line)")
        let isTitled = ["still.jpg", "still.png", "still.webp", "moving.gif"].contains(line.file)
        #expect(!isTitled || line.title?.contains("A title") == true, "\(line)")
        #expect(line.refused == 66, "\(line.file): another label was written over the first")
      }
    }

    @Test func labelIsWrittenListedAndNotWrittenOver() async throws {
      let folder = try TemporaryDirectory()
      let png = try folder.write("dot.png", Self.dot)
      let labelled = folder.path("labelled.png")
      #expect(try await label([png]).status == 2)
      let written = try await label([
        png, "--out", labelled, "--label", "algorithmicMedia", "--aigc-producer", "A", "--aigc-id",
        "1",
      ])
      #expect(written.status == 0, "\(written.stderr)")
      let listed = try await label([labelled])
      #expect(listed.status == 0)
      #expect(listed.stdout.contains("digitalsourcetype/algorithmicMedia"))
      let again = folder.path("again.png")
      let other = try await label([
        labelled, "--out", again, "--label", "trainedAlgorithmicMedia",
      ])
      #expect(other.status == 66 && other.stderr.contains("already says"))
      #expect(!FileManager.default.fileExists(atPath: again))
      let passed = try await label([
        labelled, "--out", again, "--aigc-propagator", "B", "--aigc-propagate-id", "2",
      ])
      #expect(passed.status == 0, "\(passed.stderr)")
      #expect(try await label([again]).stdout.contains(#""ContentPropagator":"B""#))
    }

    private func label(_ arguments: [String]) async throws -> CommandResult {
      try await TestKit.run(
        RunningGateway.executable("assay"), arguments: ["label"] + arguments)
    }

    /// One grey pixel.
    private static let dot: [UInt8] =
      [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13] + Array("IHDR".utf8)
      + [0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0, 0x3A, 0x7E, 0x9B, 0x55, 0, 0, 0, 10]
      + Array("IDAT".utf8)
      + [0x78, 0x9C, 0x63, 0x68, 0, 0, 0, 0x82, 0, 0x81, 0x77, 0xCD, 0x72, 0xB6, 0, 0, 0, 0]
      + Array("IEND".utf8) + [0xAE, 0x42, 0x60, 0x82]
  }
}
