import Foundation
import TestKit
import Testing

/// Files made from other files, redacted, updated and mixed, judged by the reference library.
struct SignedIngredientsTests {
  private static let assay = TestKit.builtExecutable(named: "assay")
  private static let python = TestKit.referencePython
  private static let isEquipped = assay != nil && python != nil

  private struct Line: Decodable {
    let file: String
    let signed: Bool
    let state: String?
    let codes: [String]?
    let manifests: [String]?
    let error: String?
  }

  @Test(.enabled(if: isEquipped, "no assay, or no reference library"))
  func `What is made from other files is trusted elsewhere too`() async throws {
    let folder = try TemporaryDirectory()
    let result = try await TestKit.run(
      try #require(Self.python),
      arguments: [
        TestKit.packageRoot + "/Tests/ConformanceTests/Clients/c2pa_ingredients.py",
        try #require(Self.assay), folder.path,
      ], directory: folder.path, limit: 600)
    try #require(result.status == 0, "\(result.stderr)")
    let lines = try result.stdout.split(separator: "\n").map {
      try JSONDecoder().decode(Line.self, from: Data($0.utf8))
    }
    let counts = [
      "taken.png": 1, "collage.jpg": 2, "thumbnail.jpg": 1, "opened.png": 2, "again.png": 3,
      "redacted.png": 2, "update.png": 2, "met.jpg": 3, "conflict.jpg": 3,
    ]
    #expect(Set(lines.map(\.file)) == Set(counts.keys))
    for line in lines {
      #expect(line.signed, "\(line.file): \(line.error ?? "")")
      #expect(line.manifests?.count == counts[line.file], "\(line)")
      #expect(line.codes == [], "\(line)")
      #expect(line.state == "Trusted", "\(line)")
    }
  }
}
