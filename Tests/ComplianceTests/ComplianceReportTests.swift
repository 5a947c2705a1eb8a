import C2PA
import Compliance
import Containers
import Labels
import StrictJSON
import Testing

@Suite struct ComplianceReportTests {
  private static let day = "2026-11-22"
  private static let unlooked = ComplianceEvidence.Layer.notLookedFor("no key")

  private static var signed: ComplianceEvidence.Credentials {
    var credentials = ComplianceEvidence.Credentials(state: .trusted)
    credentials.manifestLabel = "urn:c2pa:1"
    credentials.manifests = ["urn:c2pa:1", "urn:c2pa:0"]
    credentials.signer = "Signer"
    credentials.isTimeStamped = true
    credentials.sourceTypes = [DigitalSourceTerm.trainedAlgorithmicMedia.uri]
    (credentials.system, credentials.systemVersion) = ("Model", "3")
    credentials.when = "2026-11-22T10:00:00Z"
    return credentials
  }

  private static let label = AIGCLabel(contentProducer: "A", produceID: "1")
  private static let unlabelled = LabelReading(png, format: .png)

  /// Structure only.
  private static let png: [UInt8] =
    [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13] + Array("IHDR".utf8)
    + [UInt8](repeating: 1, count: 17) + [0, 0, 0, 0] + Array("IEND".utf8) + [0, 0, 0, 0]

  private static func labelled(_ label: AIGCLabel?) throws -> LabelReading {
    let labels = MediaLabels(sourceType: .trainedAlgorithmicMedia, aigc: label)
    return LabelReading(
      try LabelWriter.labelled(png, format: .png, labels: labels).asset, format: .png)
  }

  private static func evidence(
    _ credentials: ComplianceEvidence.Credentials = .init(state: .noManifest),
    _ labels: LabelReading = unlabelled, watermark: ComplianceEvidence.Layer = unlooked,
    visible: ComplianceEvidence.Layer = unlooked, before: ComplianceEvidence.Original? = nil
  ) -> ComplianceEvidence {
    ComplianceEvidence(
      file: "a b/clip.mp4", medium: .video, credentials: credentials, labels: labels,
      watermark: watermark, visibleMark: visible, before: before)
  }

  private static func recording(_ audible: ComplianceEvidence.Layer) -> ComplianceEvidence {
    ComplianceEvidence(
      file: "speech.mp3", medium: .audio, credentials: signed, labels: unlabelled,
      watermark: unlooked, visibleMark: .missing("no picture"), audibleMark: audible)
  }

  /// A recording has no place for a visible label: what is heard of it counts.
  @Test(arguments: ["EU-7", "CN-3", "IN-1", "KR-3", "CA-6"])
  func recordingsAreJudgedByWhatIsHeard(rule: String) {
    #expect(findings(Self.recording(.found("Morse code")))[rule]?.outcome.name == "met")
    #expect(findings(Self.recording(.missing("silence")))[rule]?.outcome == .notMet("silence"))
    #expect(findings(Self.recording(Self.unlooked))[rule]?.outcome.name == "not checkable")
  }

  private func findings(_ evidence: ComplianceEvidence) -> [String: ComplianceFinding] {
    let report = ComplianceReport([evidence], jurisdictions: [], day: Self.day)
    return Dictionary(
      uniqueKeysWithValues: report.files[0].findings.map { ($0.rule.id, $0) })
  }

  @Test func bareFileFailsWhatAFileCanShow() {
    let found = findings(Self.evidence())
    for id in ["EU-1", "EU-2", "CA-1", "CA-2", "CA-3", "CA-4", "CN-1", "CN-2"] {
      #expect(found[id]?.severity == .error, "\(id)")
    }
    for id in ["EU-3", "EU-6", "CA-5", "CA-7", "IN-2", "KR-1", "EU-5", "CN-5"] {
      #expect(found[id]?.outcome.name == "not checkable", "\(id)")
      #expect(found[id]?.severity == ComplianceFinding.Severity.none)
    }
  }

  @Test func sealedFileMeetsWhatAFileCanShow() throws {
    let found = findings(
      Self.evidence(
        Self.signed, try Self.labelled(Self.label), watermark: .found("mark 01"),
        visible: .found("mark in every frame")))
    for id in [
      "EU-1", "EU-2", "EU-3", "EU-7", "CA-1", "CA-2", "CA-3", "CA-4", "CA-5", "CA-6", "CN-1",
      "CN-2", "CN-3", "IN-1", "KR-2", "KR-3", "NY-1",
    ] {
      #expect(found[id]?.outcome.name == "met", "\(id): \(String(describing: found[id]?.outcome))")
    }
  }

  @Test func unsignedLabelsAloneAreNotEnough() throws {
    let found = findings(Self.evidence(.init(state: .noManifest), try Self.labelled(Self.label)))
    #expect(found["EU-1"]?.outcome.name == "not met")
    #expect(found["EU-1"]?.outcome.explanation.contains("IPTC, AIGC") == true)
    #expect(found["CA-4"]?.outcome.name == "met")
  }

  @Test func nothingIsTakenFromInvalidCredentials() {
    var invalid = ComplianceEvidence.Credentials(state: .invalid)
    invalid.sourceTypes = []
    let found = findings(Self.evidence(invalid))
    #expect(found["EU-1"]?.outcome.explanation.contains("invalid") == true)
    #expect(found["CA-1"]?.outcome.name == "not met")
  }

  @Test func whatWasNotReadIsNeverAnError() {
    let missing = ComplianceEvidence.Layer.missing("none")
    for finding in findings(Self.evidence(watermark: missing, visible: missing)).values {
      if finding.rule.basis == .secondary { #expect(finding.severity <= .warning) }
      if finding.rule.basis == .informative { #expect(finding.severity <= .note) }
    }
    let found = findings(Self.evidence(visible: missing))
    #expect(found["CN-3"]?.severity == .warning)
    #expect(found["CA-6"]?.severity == .note)
  }

  @Test func ruleOfTheFutureIsANote() {
    let before = ComplianceEvidence.Original(credentials: Self.signed, labels: Self.unlabelled)
    let stripped = Self.evidence(before: before)
    #expect(findings(stripped)["CA-9"]?.severity == .note)
    #expect(findings(stripped)["EU-5"]?.severity == .error)
    let later = ComplianceReport([stripped], jurisdictions: [.ca], day: "2027-01-01")
    #expect(later.files[0].findings.first { $0.rule.id == "CA-9" }?.severity == .error)
  }

  @Test func marksOfTheInputAreLookedFor() throws {
    let before = ComplianceEvidence.Original(
      credentials: Self.signed, labels: try Self.labelled(Self.label))
    var resigned = Self.signed
    resigned.manifestLabel = "urn:c2pa:2"
    resigned.manifests = ["urn:c2pa:2", "urn:c2pa:1"]
    var passed = Self.label
    passed.contentPropagator = "B"
    passed.propagateID = "2"
    let kept = findings(Self.evidence(resigned, try Self.labelled(passed), before: before))
    for id in ["EU-5", "CA-9", "CN-4", "CN-5"] {
      #expect(kept[id]?.outcome.name == "met", "\(id)")
    }
    var forged = Self.label
    forged.contentProducer = "C"
    let altered = findings(Self.evidence(resigned, try Self.labelled(forged), before: before))
    #expect(altered["CN-5"]?.outcome == .notMet("the input's label was altered"))
    #expect(altered["CN-4"]?.outcome.name == "not met")
    // Who passes on what nothing calls AI made has nothing to add itself to.
    let plain = ComplianceEvidence.Original(
      credentials: .init(state: .noManifest), labels: Self.unlabelled)
    let passedOn = findings(
      Self.evidence(.init(state: .noManifest), Self.unlabelled, before: plain))
    #expect(passedOn["CN-4"]?.outcome.name == "not checkable")
    let gone = findings(Self.evidence(Self.signed, Self.unlabelled, before: before))
    #expect(gone["CN-4"]?.outcome.name == "not met")
    #expect(gone["EU-5"]?.outcome.name == "not met")
  }

  @Test func sarifSaysEachResultOnce() throws {
    let report = ComplianceReport([Self.evidence()], jurisdictions: [.eu, .cn], day: Self.day)
    let run = try #require(report.sarif(version: "1.0.0")["runs"]?.array?.first)
    let rules = try #require(run["tool"]?["driver"]?["rules"]?.array)
    let results = try #require(run["results"]?.array)
    #expect(rules.count == results.count && rules.count == report.files[0].findings.count)
    for result in results {
      let index = try #require(result["ruleIndex"]?.integer)
      #expect(rules[index]["id"] == result["ruleId"])
      // Section 3.27.9.
      #expect((result["kind"] == "fail") == (result["level"] != "none"))
      let place = result["locations"]?.array?.first?["physicalLocation"]?["artifactLocation"]
      #expect(place?["uri"] == "a%20b/clip.mp4")
    }
  }

  @Test func pageEscapesWhatAFileSays() {
    var hostile = Self.signed
    hostile.signer = "<script>alert(1)</script>"
    let page = ComplianceReport([Self.evidence(hostile)], jurisdictions: [], day: Self.day).html
    #expect(!page.contains("<script>") && page.contains("&lt;script&gt;"))
  }

  @Test func everyRuleIsCitedOnce() {
    let ids = ComplianceRule.all.map(\.id)
    #expect(Set(ids).count == ids.count)
    #expect(ComplianceRule.all.allSatisfy { !$0.citation.isEmpty && $0.requirement.hasSuffix(".") })
    #expect(Set(ComplianceRule.all.map(\.jurisdiction)) == Set(Jurisdiction.allCases))
  }
}
