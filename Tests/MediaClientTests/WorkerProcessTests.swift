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

  /// Not even a zombie is left.
  private func expectGone(_ numberFile: String) throws {
    let text = try String(contentsOfFile: numberFile, encoding: .utf8)
    let number = try #require(pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)))
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
    budget.wallClockSeconds = 0.1
    #expect(await failure(client, budget)?.code == "timed_out")
    try expectGone(number)
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
    let (client, number) = try standIn("cancel", "exec sleep 1000")
    let clip = try MediaFixtures.clip()
    let task = Task { try await client.probe(clip) }
    while (try? String(contentsOfFile: number, encoding: .utf8))?.hasSuffix("\n") != true {
      await Task.yield()
    }
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
    // Many frames, so that the process is still at work when the signal comes.
    let clip = try MediaFixtures.make(
      "long.mp4",
      [
        "-f", "lavfi", "-i", "testsrc2=s=640x360:r=60:d=20", "-c:v", "libx264", "-preset",
        "ultrafast", "-pix_fmt", "yuv420p",
      ])
    let executable = try #require(MediaFixtures.executable)
    let copy = MediaFixtures.path("assay-media-to-be-killed")
    // A link of its own name tells this process from those of tests beside it.
    try FileManager.default.createSymbolicLink(atPath: copy, withDestinationPath: executable)
    let client = MediaClient(executable: copy)
    let task = Task { try await client.sample(clip, plan: SamplePlan(everySeconds: 0.05)) }
    var number: pid_t?
    while number == nil {
      number = processes(running: copy).first
      await Task.yield()
    }
    kill(try #require(number), SIGSEGV)
    #expect(await task.result.failureCode == "crashed")
    #expect(processes(running: copy).isEmpty)
  }

  private func processes(running path: String) -> [pid_t] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.compactMap { pid_t($0) }.filter {
      let line = FileManager.default.contents(atPath: "/proc/\($0)/cmdline") ?? Data()
      return line.split(separator: 0).first.map { String(decoding: $0, as: UTF8.self) } == path
    }
  }
}

extension Result where Failure == any Error {
  var failureCode: String? {
    if case .failure(let error as MediaFailure) = self { return error.code }
    return nil
  }
}
