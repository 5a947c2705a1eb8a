import Bytes
import Evidence
import TestKit
import Testing

@testable import Policy

@Suite struct PolicyDocumentTests {
  /// The language's own example.
  @Test func readsTheWholeLanguage() throws {
    let example = try document(
      """
      {"$schema": "policy.schema.json", "policy": "default", "version": "1",
       "rules": [
         {"id": "young", "on": ["prompt", "scene", "transcript", "frame"],
          "when": {"all": [{"subject": "age_band", "in": ["under_13", "13_17"]},
                           {"score": "sexual", "at_least": 0.25}]},
          "then": "block", "category": "sexual"},
         {"id": "nudity.frames", "on": ["frame"], "when": {"score": "nudity", "at_least": 0.80},
          "over": {"frames": 2, "within_seconds": 1.0}, "then": "block", "category": "sexual"},
         {"id": "upload.video", "on": ["upload"], "when": {"upload": "kind", "is": "video"},
          "then": "block", "category": "upload", "say": "Video uploads are not accepted."},
         {"id": "upload.real-person", "on": ["upload"],
          "when": {"all": [{"score": "face", "at_least": 0.6},
                           {"not": {"consent": "covers_likeness"}}]},
          "then": "block", "category": "likeness", "mode": "shadow", "may_be_loosened": true},
         {"id": "upload.camera", "on": ["upload"],
          "when": {"any": [{"provenance": "source_type", "is": "digitalCapture"},
                           {"provenance": "state", "in": ["Valid", "Trusted"]}]},
          "then": "review", "category": "likeness", "note": "for the reader"},
         {"id": "words", "on": ["prompt"], "when": {"lexicon": "slurs"}, "then": "flag",
          "category": "hate"}],
       "checks": {"nudity": {"timeout_ms": 3000, "on_error": "hold"}},
       "marking": {"visible": "always", "creator_name": true, "watermark": "always"}}
      """)
    #expect(example.rules.count == 6)
    #expect(example.rules[1].over == Rule.Window(unit: .frames, count: 2, seconds: 1))
    #expect(example.rules[3].mode == .shadow && example.rules[3].mayBeLoosened)
    #expect(example.rules[5].when == .lexicon("slurs"))
    #expect(example.checks["nudity"] == Check(timeoutMilliseconds: 3000, onError: .hold))
    #expect(example.marking == Marking(visible: .always, creatorName: true, watermark: .always))
  }

  @Test func identityIsTheCanonicalForm() throws {
    let first = try document(#"{"policy": "a", "version": "1", "rules": []}"#)
    let same = try document("{\"rules\":[],\n\"version\":\"1\",\"policy\":\"a\"}")
    let other = try document(#"{"policy": "a", "version": "2", "rules": []}"#)
    // SHA-256 of {"policy":"a","rules":[],"version":"1"}.
    #expect(
      first.identity.sha256 == "ecce7c170a610295baf4cf676738e1b7c03da56b78b26f3f619cada36600120f")
    #expect(first.identity == same.identity)
    #expect(first.identity.sha256 != other.identity.sha256)
  }

  @Test func everyMistakeAtItsPlace() {
    let found = diagnostics { () throws(PolicyLoadError) in
      _ = try document(
        """
        { "policy": "Default", "version": 1,
          "rules": [
            { "id": "a", "on": ["promt"], "when": { "score": "sexual", "at_least": 80 },
              "then": "blok", "category": "sexual" },
            { "id": "a", "on": ["prompt"], "whn": { "lexicon": "slurs" },
              "then": "allow", "category": "hate" },
            { "id": "b", "on": ["frame"], "when": { "scor": "nudity" }, "then": "flag",
              "category": "sexual", "over": { "segments": 2, "within_seconds": 1 } } ],
          "checks": { "nudity": { "timeout_ms": 0, "on_error": "retry" } } }
        """, file: "bad.json")
    }
    #expect(
      found.map { "\($0.line):\($0.column) \($0.code)" } == [
        "1:13 bad-name", "1:35 wrong-type", "3:25 unknown-word", "3:76 out-of-range",
        "4:15 unknown-word", "5:5 missing", "5:13 duplicate-rule", "5:36 unknown-member",
        "6:15 unknown-word", "7:45 unknown-member", "8:37 contradiction",
        "9:41 out-of-range", "9:56 unknown-word",
      ])
    #expect(found.allSatisfy { $0.file == "bad.json" && $0.severity == .error })
    #expect(found[2].description.hasPrefix("bad.json:3:25: error: "))
    #expect(found[2].message.hasSuffix("did you mean \"prompt\"?"))
    #expect(found[4].message.hasSuffix("did you mean \"block\"?"))
    #expect(found[7].message.hasSuffix("did you mean \"when\"?"))
    #expect(found[9].message.hasSuffix("did you mean \"score\"?"))
  }

  @Test(arguments: [
    (#"{"score": "x", "at_least": 0.9, "below": 0.5}"#, "never-fires"),
    (#"{"score": "x"}"#, "missing"),
    (#"{"all": []}"#, "empty"),
    (#"{"score": "x", "at_least": 0.5, "lexicon": "y"}"#, "contradiction"),
    (#"{"subject": "age", "in": ["adult"]}"#, "unknown-word"),
    (#"{"subject": "age_band", "in": ["adults"]}"#, "unknown-word"),
    (#"{"subject": "age_band", "in": ["adult"], "is": "adult"}"#, "contradiction"),
    (#"{"upload": "kind", "is": "video"}"#, "contradiction"),
    (#"{"provenance": "state", "in": []}"#, "empty"),
    (#"{"provenance": "state", "is": "valid"}"#, "unknown-word"),
    (#"{"consent": ""}"#, "empty"),
    (#"{"not": [1]}"#, "wrong-type"),
    ("3", "wrong-type"),
    ("{}", "unknown-condition"),
  ])
  func conditionsThatMakeNoSense(condition: String, code: String) {
    let found = diagnostics { () throws(PolicyLoadError) in
      _ = try policy(
        "default",
        rules: """
          {"id": "r", "on": ["prompt"], "when": \(condition), "then": "block", "category": "c"}
          """)
    }
    #expect(found.map(\.code).contains(code), "\(found)")
  }

  @Test func lexiconsReadOnlyText() {
    let found = diagnostics { () throws(PolicyLoadError) in
      _ = try policy(
        "default",
        rules: """
          {"id": "r", "on": ["frame"], "when": {"lexicon": "slurs"}, "then": "block",
           "category": "c"}
          """)
    }
    #expect(found.map(\.code) == ["contradiction"])
  }

  @Test func deepAndWideConditionsAreRefused() {
    let leaf = #"{"consent": "x"}"#
    let deep = String(repeating: #"{"not": "#, count: 40) + leaf + String(repeating: "}", count: 40)
    let wide = "{\"all\": [" + Array(repeating: leaf, count: 400).joined(separator: ",") + "]}"
    for (condition, code) in [(deep, "too-deep"), (wide, "too-many")] {
      let found = diagnostics { () throws(PolicyLoadError) in
        _ = try policy(
          "default",
          rules: """
            {"id": "r", "on": ["prompt"], "when": \(condition), "then": "block", "category": "c"}
            """)
      }
      #expect(found.map(\.code) == [code])
    }
  }

  /// The shipped policy with pieces cut out or doubled: refused or read, never a crash, and every
  /// diagnostic has a place in the text.
  @Test func mutilatedPoliciesAreRefusedWithAPlace() throws {
    let whole = try FileByteSource.contents(of: TestKit.packageRoot + "/Policies/default.json")
    let lines = whole.count { $0 == 0x0A } + 1
    var state: UInt64 = 42
    func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    var refused = 0
    for _ in 0..<200 {
      var text = whole
      let start = next(text.count - 40)
      let piece = Array(text[start..<(start + 1 + next(39))])
      if next(2) == 0 {
        text.removeSubrange(start..<(start + piece.count))
      } else {
        text.insert(contentsOf: piece, at: next(text.count))
      }
      let found = diagnostics { () throws(PolicyLoadError) in
        _ = try PolicyDocument.parse(text, file: "cut.json")
      }
      if !found.isEmpty { refused += 1 }
      #expect(found.allSatisfy { (1...(lines + 40)).contains($0.line) && $0.column >= 1 })
    }
    #expect(refused > 100)
  }

  @Test func brokenTextSaysWhere() {
    let found = diagnostics { () throws(PolicyLoadError) in
      _ = try document("{\n  \"policy\": \"a\",\n  \"policy\": \"b\" }", file: "twice.json")
    }
    #expect(found.map(\.code) == ["not-json"])
    #expect(found.first?.line == 3)
    #expect(found.first?.message.contains("duplicate object key") == true)
  }
}
