import C2PA
import Fingerprint
import MediaClient
import Provenance
import StrictJSON
import Testing
import Watermark

/// What follows from credentials, mark and record together. Files that decode are the conformance
/// tests'.
struct FileExaminerTests {
  /// Records that answer as told.
  private struct Records: OutputLookup {
    var failure: LookupFailure?
    let comparesHere = false

    func manifests(boundTo mark: UInt64) async throws(LookupFailure) -> [String] { [] }
    func agreement(
      of file: ExaminedFile, with manifestID: String
    ) async throws(LookupFailure) -> ContentAgreement { .unknown }
    func manifests(like file: ExaminedFile) async throws(LookupFailure) -> [Likeness] {
      if let failure { throw failure }
      return [Likeness(manifestID: "urn:c2pa:1", similarity: 100, seconds: 0)]
    }
    func manifests(heardIn sound: Chromaprint) async throws(LookupFailure) -> [Hearing] { [] }
    /// No manifest store at all: whoever serves it lies.
    func manifestStore(_ manifestID: String) async throws(LookupFailure) -> [UInt8]? { [1, 2, 3] }
  }

  private let verifier = Verifier(trust: TrustConfiguration(), at: 0)
  private let media = MediaClient(executable: "/nonexistent")

  private func examine(_ lookup: (any OutputLookup)?) async -> Examination {
    await FileExaminer(verifier: verifier, secrets: [], media: media, lookup: lookup)
      .examine("/nonexistent", verifier.verify([UInt8]("plain text".utf8)))
  }

  @Test func withoutRecordsNothingIsRecovered() async {
    let examination = await examine(nil)
    #expect(examination.recovery == nil && examination.mark == nil)
    #expect(examination.json["mark"]?.isNull == true)
  }

  @Test func aStoreThatIsNotTheOneNamedProvesNothing() async {
    let examination = await examine(Records())
    #expect(examination.recovery == nil)
    #expect(examination.conclusion != .recovered)
  }

  @Test func recordsThatCannotBeAskedAreNotAnAnswer() async {
    let examination = await examine(Records(failure: LookupFailure("The service is away.")))
    #expect(examination.problems == ["The service is away."])
    #expect(examination.text.contains("Not known"))
  }
}
