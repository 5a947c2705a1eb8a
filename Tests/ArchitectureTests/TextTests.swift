import Foundation
import TestKit
import Testing

/// Text files of the project say nothing about the machine they were written on.
@Suite struct TextTests {
  /// Tracked files where git is there and this is a checkout, else everything in the known folders.
  private func textFiles() async throws -> [String] {
    let listing = try await TestKit.run(
      "git", arguments: ["ls-files", "--cached", "--others", "--exclude-standard"],
      directory: TestKit.packageRoot)
    if listing.status == 0 { return listing.stdout.split(separator: "\n").map(String.init) }
    return ["Sources", "Tests", "Policies", "Scripts"].flatMap {
      SourceMap.files(under: $0, suffix: "")
    }
  }

  @Test func noMachinePaths() async throws {
    // Put together here, so that this file does not find itself.
    let homes = ["work", "root", "home", "Users"].map { "/" + $0 + "/" }
    var read = 0
    for file in try await textFiles() {
      guard let text = try? SourceMap.text(file) else { continue }
      read += 1
      for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false)
        .enumerated()
      {
        for home in homes where startsAPath(line, home) {
          Issue.record("\(file):\(index + 1) names a path of one machine: \(home)…")
        }
      }
    }
    #expect(read > 100)
  }

  /// Whether `home` stands in the line as the start of an absolute path, rather than inside a longer
  /// one or an address.
  private func startsAPath(_ line: Substring, _ home: String) -> Bool {
    var rest = line
    while let found = rest.range(of: home) {
      let before = rest[..<found.lowerBound].last
      if before == nil || !(before!.isLetter || before!.isNumber || "._-})/".contains(before!)) {
        return true
      }
      rest = rest[found.upperBound...]
    }
    return false
  }

  @Test func sourceFilesStayShort() throws {
    for folder in ["Sources", "Tests"] {
      for file in SourceMap.files(under: folder, suffix: ".swift") {
        let lines = try SourceMap.text(file).split(
          separator: "\n", omittingEmptySubsequences: false
        ).count
        #expect(lines <= 501, "\(file) has \(lines - 1) lines; split what is two concepts")
      }
    }
  }
}
