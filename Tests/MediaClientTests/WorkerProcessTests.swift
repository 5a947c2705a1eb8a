import Foundation
import Glibc
import MediaClient
import MediaJobs
import Testing

/// What becomes of the caller when the process on the other side misbehaves.
@Suite(.enabled(if: MediaFixtures.isReady, "needs assay-media and the ffmpeg command"))
struct WorkerProcessTests {
  /// A stand-in for the sandboxed process, which leaves its number behind.
  private func standIn(_ name: String, _ script: String) throws -> (MediaClient, String) {
    let numberFile = MediaFixtures.path(name + ".pid")
    let path = MediaFixtures.path(name)
    // Written by another process: a file that this one had open for writing is "busy" for as long as
    // any child that a test beside this one is just starting still holds it.
    try MediaFixtures.run(
      "sh",
      [
        "-c", "printf '%s' \"$2\" > \"$1\" && chmod 700 \"$1\"", "sh", path,
        "#!/bin/sh\necho $$ > '\(numberFile)'\n\(script)\n",
      ])
    return (MediaClient(executable: path), numberFile)
  }

  private static func process(_ numberFile: String) -> pid_t? {
    guard let text = try? String(contentsOfFile: numberFile, encoding: .utf8) else { return nil }
    return pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines))
  }

  /// Not even a zombie is left.
  private func expectGone(_ numberFile: String) throws {
    let number = try #require(Self.process(numberFile))
    #expect(kill(number, 0) == -1)
    #expect(errno == ESRCH)
  }

  private func failure(_ client: MediaClient, _ budget: MediaBudget = MediaBudget()) async
    -> MediaFailure?
  {
    await #expect(throws: MediaFailure.self) {
      try await client.probe(try MediaFixtures.clip(), budget: budget)
    }
  }

  @Test func aCrashIsTold() async throws {
    let (client, number) = try standIn("crash", "kill -SEGV $$")
    #expect(await failure(client) == .crashed("signal 11"))
    try expectGone(number)
  }

  @Test func aHangIsEndedAtTheDeadline() async throws {
    let (client, number) = try standIn("hang", "exec sleep 1000")
    var budget = MediaBudget()
    // Room to leave its number first, however busy the machine is.
    budget.wallClockSeconds = 5
    #expect(await failure(client, budget)?.code == "timed_out")
    // One that had not come to its first line was ended before it began.
    if Self.process(number) != nil { try expectGone(number) }
  }

  @Test func aProcessThatClosesItsOutputAndStaysIsEnded() async throws {
    let (client, number) = try standIn("stay", "exec >&- 2>&-; exec sleep 1000")
    #expect(await failure(client)?.code == "crashed")
    try expectGone(number)
  }

  @Test func rubbishForAnAnswerIsACrash() async throws {
    let (client, number) = try standIn("rubbish", "yes rubbish")
    #expect(await failure(client)?.code == "crashed")
    try expectGone(number)
  }

  @Test func limitsThatEndedTheProcessAreNamed() async throws {
    for (signal, name) in [("XCPU", "cpu"), ("XFSZ", "size")] {
      let (client, number) = try standIn(name, "kill -\(signal) $$; sleep 1000")
      #expect(await failure(client)?.code == "over_budget")
      try expectGone(number)
    }
  }

  @Test func silenceIsACrashAndItsLastWordsAreTold() async throws {
    let (client, _) = try standIn("words", "echo 'out of order' >&2; exit 3")
    #expect(await failure(client) == .crashed("exit code 3: out of order"))
  }

  @Test func aMissingExecutableIsNamed() async throws {
    let failure = await failure(MediaClient(executable: "/nonexistent/assay-media"))
    #expect(failure?.code == "media_unavailable")
    #expect(failure?.sentence.contains("/nonexistent/assay-media") == true)
  }

  @Test func cancellingEndsTheProcess() async throws {
    let answer = try MediaFixtures.write("answer", MediaAnswer.progress(0).message.encoded)
    let (client, number) = try standIn("cancel", "cat '\(answer)'; exec sleep 1000")
    let (reports, report) = AsyncStream<Double>.makeStream()
    let task = Task {
      // Whatever happens to the process, the wait below ends.
      defer { report.finish() }
      return try await client.synthesize(
        clipOfTwoMinutes, output: MediaFixtures.path("never.mp4"), progress: { report.yield($0) })
    }
    var first = reports.makeAsyncIterator()
    #expect(await first.next() == 0)
    task.cancel()
    #expect(await task.result.failureCode == "cancelled")
    try expectGone(number)
  }

  @Test func nothingOfTheCallersEnvironmentOrFilesIsHandedOver() async throws {
    setenv("ASSAY_TEST_SECRET", "canary", 1)
    let list = MediaFixtures.path("handed")
    let (client, _) = try standIn("look", "(env; ls -l /proc/self/fd) > '\(list)'; exit 0")
    _ = await failure(client)
    let text = try String(contentsOfFile: list, encoding: .utf8)
    #expect(!text.contains("canary"))
    #expect(text.contains("clip.mp4"))
  }

  @Test func aDeadRealProcessIsACrash() async throws {
    let executable = try #require(MediaFixtures.executable)
    // Leaves its number and becomes the real one.
    let (client, number) = try standIn("killed", "exec '\(executable)'")
    let output = MediaFixtures.path("killed.mp4")
    let failure = await #expect(throws: MediaFailure.self) {
      try await client.synthesize(clipOfTwoMinutes, output: output) { _ in
        // After one of 120 seconds: it is at work, and the client, which is here, has not reaped it.
        if let process = Self.process(number) { kill(process, SIGSEGV) }
      }
    }
    #expect(failure == .crashed("signal 11"))
    #expect(!FileManager.default.fileExists(atPath: output))
    try expectGone(number)
  }

  /// Longer to draw than any test looks on.
  private var clipOfTwoMinutes: SynthesisRequest {
    SynthesisRequest(prompt: "A calm blue sea", seed: 1, width: 320, height: 180, seconds: 120)
  }
}

extension Result where Failure == any Error {
  var failureCode: String? {
    if case .failure(let error as MediaFailure) = self { return error.code }
    return nil
  }
}
