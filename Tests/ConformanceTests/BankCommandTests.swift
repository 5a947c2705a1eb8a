import Foundation
import TestKit
import Testing

extension Conformance {
  /// Lists of known media, from the file that an organisation hands out to the upload that is refused.
  struct BankCommandTests {
    private func assay(_ arguments: [String]) async throws -> CommandResult {
      try await TestKit.run(RunningGateway.executable("assay"), arguments: arguments)
    }

    private func made(_ source: String, _ path: String) async throws {
      let made = try await TestKit.run(
        "ffmpeg",
        arguments: ["-v", "error", "-y", "-f", "lavfi", "-i", source, "-frames:v", "1", path])
      #expect(made.status == 0, "\(made.stderr)")
    }

    /// The four shapes in which lists come, each with something that it takes back.
    @Test func listsOfEveryShapeAreTakenOver() async throws {
      let folder = try TestKit.temporaryDirectory()
      let data = ["--data", folder.path("data")]
      let picture = folder.path("known.png")
      try await made("mandelbrot=s=640x360", picture)
      let print = try await assay(["fingerprint", "--pdq", picture])
      let hash = String(try #require(print.stdout.split(separator: " ").first))
      let other = String(repeating: "0f", count: 32)
      let md5 = try await TestKit.run("md5sum", arguments: [picture]).stdout.prefix(32)

      try folder.write("list.csv", "hash,quality,label\n\(hash),100,A1\n\(other),100,A2\n")
      try folder.write(
        "ncmec.xml",
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <queryResult xmlns="https://hashsharing.ncmec.org/hashsharing/v2"><images count="2">
        <image><member id="42">m</member><timestamp>2026-01-01T00:00:00Z</timestamp><id>i1</id>
        <classification>A1</classification><fingerprints><md5>\(md5)</md5></fingerprints></image>
        <image><member id="42">m</member><timestamp>2026-01-01T00:00:00Z</timestamp><id>i2</id>
        <classification>B2</classification><fingerprints><pdq>\(other)</pdq></fingerprints></image>
        </images></queryResult>
        """)
      try folder.write(
        "ncmec-2.xml",
        """
        <queryResult xmlns="https://hashsharing.ncmec.org/hashsharing/v2"><images count="1">
        <deletedImage><member id="42">m</member><timestamp>2026-01-02T00:00:00Z</timestamp>
        <id>i2</id></deletedImage></images></queryResult>
        """)
      func record(_ hash: String, _ status: String) -> String {
        """
        {"lastModtimestamp":1,"hashValue":"\(hash)","hashStatus":"\(status)","caseNumbers":{},
        "signalType":"ImagePDQ","CSPFeedbacks":[]}
        """
      }
      try folder.write(
        "stopncii.json",
        """
        {"count":2,"nextSetTimestamp":1,"hasMoreRecords":false,
        "hashRecords":[\(record(hash, "Active")),\(record(other, "Withdrawn"))]}
        """)
      try folder.write(
        "te.json",
        """
        {"data":[{"id":"1","type":"HASH_PDQ","indicator":"\(hash)","tags":["x"]},
        {"id":"2","type":"HASH_MD5","indicator":"\(md5)","should_delete":true}]}
        """)
      let shapes = [
        ("csv", ["list.csv"], 2), ("ncmec", ["ncmec.xml", "ncmec-2.xml"], 1),
        ("stopncii", ["stopncii.json"], 1), ("te", ["te.json"], 1),
      ]
      for (name, files, count) in shapes {
        let answer = try await assay(
          ["bank", "import", name] + files.map { folder.path($0) } + data)
        #expect(answer.status == 0, "\(name): \(answer.stderr)")
        #expect(answer.stdout.contains("\(name): \(count) known media"), "\(answer.stdout)")
      }
      let listed = try await assay(["bank", "list"] + data)
      #expect(
        listed.stdout == """
          csv 2 distance 31
          ncmec 1 distance 31
          stopncii 1 distance 31
          te 1 distance 31

          """)
      let copy = folder.path("copy.jpg")
      _ = try await TestKit.run(
        "ffmpeg", arguments: ["-v", "error", "-i", picture, "-vf", "hflip,scale=320:-2", copy])
      let near = try await assay(["bank", "check", copy] + data)
      #expect(near.status == 1)
      let lines = near.stdout.split(separator: "\n")
      #expect(
        Set(lines.compactMap { $0.split(separator: " ").first }) == ["csv", "stopncii", "te"])
      let exact = try await assay(["bank", "check", picture, "--json"] + data)
      #expect(exact.status == 1)
      #expect(
        exact.stdout.contains(#""bank":"ncmec","id":"ncmec/42/i1","label":"A1","distance":0"#))

      try folder.write("harmless.txt", "\(hash)\n")
      let excused = try await assay(
        ["bank", "import", "good", folder.path("harmless.txt"), "--negative"] + data)
      #expect(excused.status == 0)
      #expect(try await assay(["bank", "check", copy] + data).status == 0)
      #expect(try await assay(["bank", "remove", "good", "--all"] + data).status == 0)
      let removed = try await assay(["bank", "remove", "csv", "pdq/\(hash)"] + data)
      #expect(removed.stdout == "csv: 1 removed\n")
      #expect(try await assay(["bank", "remove", "csv", "pdq/\(hash)"] + data).status == 2)
      #expect(
        try await assay(["bank", "import", "../x", folder.path("te.json")] + data).status == 64)
    }

    /// A list with a hole would be taken for a whole one: nothing of it is.
    @Test func damagedListChangesNothing() async throws {
      let folder = try TestKit.temporaryDirectory()
      let data = ["--data", folder.path("data")]
      try folder.write("good.txt", String(repeating: "0f", count: 32))
      try folder.write("bad.txt", "\(String(repeating: "a5", count: 32))\nnothing\n")
      let files = [folder.path("good.txt"), folder.path("bad.txt")]
      let refused = try await assay(["bank", "import", "list"] + files + data)
      #expect(refused.status == 66 && refused.stderr.contains("line 2"))
      #expect(try await assay(["bank", "list"] + data).status == 2)
      #expect(try await assay(["bank", "check", files[0]] + data).status == 2)
    }

    /// Refused before any core or person sees it, logged without the list's hash, and not kept.
    @Test(.enabled(if: RunningGateway.isEquipped))
    func knownUploadIsRefusedLoggedAndNotKept() async throws {
      let folder = try TestKit.temporaryDirectory()
      let known = folder.path("known.png")
      try await made("mandelbrot=s=1280x720", known)
      let print = try await assay(["fingerprint", "--pdq", known])
      let hash = String(try #require(print.stdout.split(separator: " ").first))
      try folder.write("list.txt", "\(hash)\n")
      let imported = try await assay([
        "bank", "import", "agency", folder.path("list.txt"), "--data", folder.path("data"),
      ])
      #expect(imported.status == 0, "\(imported.stderr)")

      let gateway = try await RunningGateway.start(reusing: folder)
      let upload = folder.path("upload.jpg")
      _ = try await TestKit.run(
        "ffmpeg", arguments: ["-v", "error", "-i", known, "-vf", "hflip", "-q:v", "6", upload])
      let answer = try await gateway.client("openai_one.py", ["A slow zoom", "", upload])
      let refusal = try #require(
        JSONSerialization.jsonObject(with: Data(answer.stdout.utf8)) as? [String: Any])
      #expect(refusal["http"] as? Int == 400, "\(answer.stdout) \(answer.stderr)")
      let error = try #require(refusal["error"] as? [String: Any])
      #expect(error["code"] as? String == "moderation_blocked")
      #expect(error["param"] as? String == "input_reference")
      #expect(!answer.stdout.contains(hash) && !answer.stdout.contains("agency"))

      let trail = try await assay(["audit", "list", "--data", gateway.dataFolder, "--json"])
      #expect(trail.stdout.contains("known-media.upload"), "\(trail.stdout)")
      #expect(trail.stdout.contains("list agency, distance "), "\(trail.stdout)")
      #expect(!trail.stdout.contains(hash))
      let size = try FileManager.default.attributesOfItem(atPath: upload)[.size] as? Int
      let kept = try #require(FileManager.default.enumerator(atPath: gateway.dataFolder))
      for case let name as String in kept {
        let path = gateway.dataFolder + "/" + name
        let found = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
        #expect(found != size, "\(name) has the upload's size")
      }
    }
  }
}
