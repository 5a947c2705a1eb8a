import Foundation
import TestKit
import Testing

/// Every container that `assay sign` writes, judged by the reference library, which shares no code
/// with it; each of the seven algorithms signs some. `Scripts/reference-matrix` does the whole table.
struct SignedContainersTests {
  private static let assay = TestKit.builtExecutable(named: "assay")
  private static let python = TestKit.referencePython
  private static let isEquipped = assay != nil && python != nil

  private struct Line: Decodable {
    let file: String
    let algorithm: String
    let signed: Bool
    let state: String?
    let codes: [String]?
    let decodes: Bool?
    let error: String?
  }

  @Test(.enabled(if: isEquipped, "no assay, or no reference library"))
  func `Everything that is signed is trusted elsewhere, and plays as before`() async throws {
    let folder = try TemporaryDirectory()
    let result = try await TestKit.run(
      try #require(Self.python),
      arguments: [
        TestKit.packageRoot + "/Tests/ConformanceTests/Clients/c2pa_matrix.py",
        try #require(Self.assay), folder.path,
      ], directory: folder.path, limit: 600)
    try #require(result.status == 0, "\(result.stderr)")
    let lines = try result.stdout.split(separator: "\n").map {
      try JSONDecoder().decode(Line.self, from: Data($0.utf8))
    }
    #expect(lines.count >= 23)
    #expect(Set(lines.map(\.algorithm)).count == 7)
    for line in lines {
      #expect(line.signed, "\(line.file): \(line.error ?? "")")
      #expect(line.state == "Trusted", "\(line)")
      #expect(line.codes == [], "\(line)")
      #expect(line.decodes == true, "\(line.file) plays differently")
    }
  }
}
