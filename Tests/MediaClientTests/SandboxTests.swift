import Foundation
import Testing

/// The real process tries to break out.
@Suite(.enabled(if: MediaFixtures.isReady, "needs assay-media and the ffmpeg command"))
struct SandboxTests {
  @Test func everyAttemptIsRefused() throws {
    let output = try MediaFixtures.run(try #require(MediaFixtures.executable), ["selftest"])
    let lines = output.split(separator: "\n")
    for attempt in [
      "read /etc/passwd", "list /", "create a file in /tmp", "open an internet socket",
      "open a Unix socket", "fork", "run a program", "signal the parent", "trace the parent",
      "make memory executable",
    ] {
      #expect(lines.contains("refused  \(attempt)"), "\(output)")
    }
    #expect(!output.contains("ALLOWED"))
    #expect(!output.contains("RAN"))
    #expect(lines.last == "The sandbox holds.")
  }

  @Test func anUnknownArgumentIsUsage() throws {
    let executable = try #require(MediaFixtures.executable)
    let failure = #expect(throws: MediaFixtures.CommandFailed.self) {
      try MediaFixtures.run(executable, ["--help"])
    }
    #expect(failure?.status == 64)
    #expect(failure?.output.contains("selftest") == true)
  }
}
