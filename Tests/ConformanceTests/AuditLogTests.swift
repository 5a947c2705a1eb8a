import Foundation
import TestKit
import Testing

extension Conformance {
  /// The log as its operator and an outsider meet it: the real program, killed and starved of its
  /// disk, and a checker that shares no code with it.
  @Suite struct AuditLogTests {
    private static let isBuilt = TestKit.builtExecutable(named: "assay") != nil
    private static let python = TestKit.packageRoot + "/.tools/venv-tlog/bin/python"
    private static let hasPython = FileManager.default.fileExists(atPath: python)
    private static let strace = "/usr/bin/strace"
    private static let hasStrace = FileManager.default.fileExists(atPath: strace)

    let folder: TemporaryDirectory

    init() throws { folder = try TestKit.temporaryDirectory() }

    private func assay(_ arguments: [String], input: String = "") async throws -> CommandResult {
      try await TestKit.run(
        try RunningGateway.executable("assay"), arguments: arguments,
        environment: ["ASSAY_DATA": folder.path("data"), "ASSAY_KEYS": folder.path("keys")],
        input: Array(input.utf8))
    }

    private func makeKeys() async throws {
      let made = try await assay(["keys", "init", "--dir", folder.path("keys/dev")])
      try #require(made.status == 0, "\(made.stderr)")
      try FileManager.default.createDirectory(
        atPath: folder.path("data"), withIntermediateDirectories: true)
    }

    private func acts(_ range: Range<Int>) -> String {
      range.map { "{\"id\":\"act.\($0)\",\"act\":\"test\",\"detail\":\"number \($0)\"}\n" }.joined()
    }

    private var vkey: String {
      get throws {
        try String(contentsOfFile: folder.path("data/log/vkey"), encoding: .utf8)
          .trimmingCharacters(in: .newlines)
      }
    }

    @Test(.enabled(if: isBuilt && hasPython, "needs assay and the Python tools"))
    func aCheckerOfOtherPeoplesAgreesOnEveryProofAndNote() async throws {
      try await makeKeys()
      let recorded = try await assay(
        ["audit", "record", "--origin", "conformance.example/log"], input: acts(0..<600))
      try #require(recorded.status == 0, "\(recorded.stderr)")
      #expect(recorded.stdout.split(separator: "\n").count == 600)
      var arguments = [
        TestKit.packageRoot + "/Tests/ConformanceTests/Clients/tlog_check.py",
        folder.path("data/log"), try vkey,
      ]
      for number in [0, 1, 255, 256, 511, 598, 599] {
        let (proof, entry) = (folder.path("\(number).tlog-proof"), folder.path("\(number).entry"))
        let proved = try await assay([
          "audit", "prove", "\(number)", "-o", proof, "--entry", entry,
        ])
        #expect(proved.status == 0, "\(proved.stderr)")
        arguments += [proof, entry]
      }
      let checked = try await TestKit.run(Self.python, arguments: arguments)
      #expect(checked.status == 0, "\(checked.stderr)")
      #expect(checked.stdout.contains("\"size\": 600"), "\(checked.stdout)")
      // And disagrees where it should.
      let tile = folder.path("data/log/tile/entries/000")
      var bytes = try Data(contentsOf: URL(filePath: tile))
      bytes[100] ^= 1
      try bytes.write(to: URL(filePath: tile))
      #expect(try await TestKit.run(Self.python, arguments: arguments).status != 0)
      let fsck = try await assay(["audit", "fsck"])
      #expect(
        fsck.status == 1 && fsck.stdout.contains("DAMAGED: tile/entries/000"), "\(fsck.stdout)")
    }

    @Test(.enabled(if: isBuilt, "assay was not built with the tests"))
    func aKilledWriterLosesNothingItAnswered() async throws {
      try await makeKeys()
      for round in 0..<3 {
        // The writer is killed as soon as so many answers were read, in the middle of its work.
        let script =
          "mkfifo \"$3.pipe\"; \"$1\" audit record --origin conformance.example/log < \"$2\""
          + " > \"$3.pipe\" & p=$!;"
          + " head -n $4 < \"$3.pipe\" > \"$3\"; kill -9 $p; wait"
        try folder.write("acts.\(round)", acts(round * 2000..<(round * 2000 + 2000)))
        try folder.write("answers.\(round)", [])
        _ = try await TestKit.run(
          "bash",
          arguments: [
            "-c", script, "kill", try RunningGateway.executable("assay"),
            folder.path("acts.\(round)"), folder.path("answers.\(round)"), "\(40 + round * 130)",
          ],
          environment: ["ASSAY_DATA": folder.path("data"), "ASSAY_KEYS": folder.path("keys")])
      }
      try await checkAnswers((0..<3).map { "answers.\($0)" })
    }

    @Test(
      .enabled(if: isBuilt && hasStrace, "needs assay and strace"),
      arguments: [
        "fdatasync:error=EIO:when=6", "pwrite64:error=ENOSPC:when=30",
        "pwrite64:retval=100:when=25",
        "fdatasync:signal=SIGKILL:when=8",
      ])
    func aFailingDiskLosesNothingThatWasAnswered(fault: String) async throws {
      try await makeKeys()
      let first = try await assay(
        ["audit", "record", "--origin", "conformance.example/log"], input: acts(0..<10))
      try #require(first.status == 0, "\(first.stderr)")
      let result = try await TestKit.run(
        Self.strace,
        arguments: [
          "-f", "-qq", "-o", "/dev/null", "-e", "trace=\(fault.prefix { $0 != ":" })", "-e",
          "inject=\(fault)", try RunningGateway.executable("assay"), "audit", "record",
        ],
        environment: ["ASSAY_DATA": folder.path("data"), "ASSAY_KEYS": folder.path("keys")],
        input: Array(acts(10..<900).utf8))
      try folder.write("answers", Array((first.stdout + result.stdout).utf8))
      try await checkAnswers(["answers"])
    }

    /// Every answered act stands where it was said to stand, and the files are whole.
    private func checkAnswers(_ files: [String]) async throws {
      // The next start finishes what was cut off.
      let again = try await assay(["audit", "record"], input: acts(0..<1))
      try #require(again.status == 0, "\(again.stderr)")
      let fsck = try await assay(["audit", "fsck"])
      #expect(fsck.status == 0, "\(fsck.stdout) \(fsck.stderr)")
      var places: [String: String] = [:]
      for number in 0... {
        let path = String(format: "%03d", number)
        let full = folder.path("data/log/tile/entries/\(path)")
        let isFull = FileManager.default.fileExists(atPath: full)
        let partials = (try? FileManager.default.contentsOfDirectory(atPath: full + ".p")) ?? []
        guard
          let file = isFull
            ? full : partials.max(by: { Int($0)! < Int($1)! }).map({ "\(full).p/\($0)" })
        else { break }
        var bundle = Array(try Data(contentsOf: URL(filePath: file)))[...]
        var offset = 0
        while bundle.count >= 2 {
          let count = Int(bundle.removeFirst()) << 8 | Int(bundle.removeFirst())
          let leaf = try object(String(decoding: bundle.prefix(count), as: UTF8.self))
          places["\(leaf["id"] ?? "")"] = String(number * 256 + offset)
          bundle = bundle.dropFirst(count)
          offset += 1
        }
        if !isFull { break }
      }
      var answered = 0
      for file in files {
        let text = try String(contentsOfFile: folder.path(file), encoding: .utf8)
        for line in text.split(separator: "\n") {
          let words = line.split(separator: " ").map(String.init)
          guard words.count == 2, text.contains("\(line)\n") else { continue }
          answered += 1
          #expect(places[words[1]] == words[0], "\(words[1]) was answered with \(words[0])")
        }
      }
      #expect(answered > 10)
      let verified = try await assay(["audit", "verify"])
      #expect(verified.status == 0, "\(verified.stdout) \(verified.stderr)")
    }

    @Test(.enabled(if: isBuilt, "assay was not built with the tests"))
    func aFollowerCriesWhenTheLogIsRolledBack() async throws {
      try await makeKeys()
      let first = try await assay(
        ["audit", "record", "--origin", "conformance.example/log"], input: acts(0..<20))
      try #require(first.status == 0, "\(first.stderr)")
      try FileManager.default.copyItem(
        atPath: folder.path("data/log"), toPath: folder.path("old"))
      _ = try await assay(["audit", "record"], input: acts(20..<40))
      let key = try vkey
      func follow(_ log: String) async throws -> CommandResult {
        try await assay([
          "audit", "follow", log, "--once", "--vkey", key, "--state", folder.path("state"),
        ])
      }
      let good = try await follow(folder.path("data/log"))
      #expect(
        good.status == 0 && good.stdout.contains("40 entries"), "\(good.stdout)\(good.stderr)")
      let bad = try await follow(folder.path("old"))
      #expect(bad.status == 1 && bad.stdout.contains("[rollback]"), "\(bad.stdout)\(bad.stderr)")
      #expect(try await follow(folder.path("nothing")).status == 1)
    }
  }
}
