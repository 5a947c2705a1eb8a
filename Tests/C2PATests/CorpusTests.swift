import Bytes
import C2PA
import PKI
import StrictJSON
import TestKit
import Testing

/// Every file of the conformance corpus, compared with the reference library's verdict on it.
@Suite struct CorpusTests {
  private static let expected = TestKit.shared("corpus/EXPECTED.json")

  private struct Corpus {
    let folder: String
    let files: [JSONValue.Member]
    let disputed: JSONValue
    let sidecars: JSONValue
    let verifier: Verifier

    init(_ path: String) throws {
      folder = String(path.dropLast("EXPECTED.json".count))
      let root = folder
      func json(_ name: String) throws -> JSONValue {
        try JSONValue.parse(FileByteSource.contents(of: root + name))
      }
      let expected = try json("EXPECTED.json")
      files = expected["files"]?.members ?? []
      disputed = try json("DISPUTED.json")
      sidecars = try json("SIDECARS.json")
      let profile = try #require(expected["profiles"]?["corpus"])
      func certificates(_ name: String) throws -> [Certificate] {
        try Certificate.parsePEM(FileByteSource.contents(of: "\(root)trust/\(name)"))
      }
      let store = try FileByteSource.contents(
        of: "\(root)trust/\(try #require(profile["trust_config"]?.string))")
      let purposes = try #require(
        ExtendedKeyUsage.parseList(String(decoding: store, as: UTF8.self)))
      var trust = TrustConfiguration()
      for name in profile["anchors"]?.array?.compactMap(\.string) ?? [] {
        let anchors = try certificates(name)
        trust.anchorSets.append(
          .init(name: name, anchors: anchors, extendedKeyUsages: purposes))
        trust.timeStampAnchors += anchors
      }
      for name in profile["allowed_list"]?.array?.compactMap(\.string) ?? [] {
        trust.allowedLists.append(.init(name: name, certificates: try certificates(name)))
      }
      let moment = try #require(expected["evaluated_at"]?.string)
      verifier = Verifier(trust: trust, at: InstantText.parse(moment))
    }

    /// Nil for files that are no asset by themselves.
    func report(_ name: String) throws -> VerificationReport? {
      if sidecars["skip"]?.array?.contains(.string(name)) ?? false { return nil }
      let links = sidecars["files"]?[name]
      return verifier.verify(
        try FileByteSource(path: folder + name), name: name,
        sidecar: try links?["sidecar"]?.string.map { try FileByteSource.contents(of: folder + $0) },
        fragments: try (links?["fragments"]?.array ?? []).compactMap(\.string)
          .map { try FileByteSource(path: folder + $0) })
    }

    /// States that count as agreement on a file.
    func accepted(_ file: JSONValue.Member) -> Set<String> {
      if let states = disputed[file.name]?["accept"]?.array {
        return Set(states.compactMap(\.string))
      }
      let state = file.value["core_state"]?.string ?? ""
      return state == "Error" ? ["Invalid", "NoManifest"] : [state]
    }
  }

  /// What is not read yet answers so; everything that is read must agree.
  @Test(.enabled(if: expected != nil, "no conformance corpus beside the package"))
  func everyVerdictAgreesOrSaysThatItCannotBeGiven() throws {
    let corpus = try Corpus(try #require(Self.expected))
    var judged = 0
    var unsupported = 0
    for file in corpus.files {
      guard let report = try corpus.report(file.name) else { continue }
      let accepted = corpus.accepted(file)
      if report.codes(.failure).contains("assay.notSupported") {
        unsupported += 1
        #expect(report.state == .invalid || report.state == .noManifest, "\(file.name)")
        continue
      }
      judged += 1
      #expect(!report.reason.isEmpty, "\(file.name) has no reason")
      #expect(
        accepted.contains(report.state.rawValue),
        "\(file.name): \(report.state.rawValue), wanted \(accepted.sorted()): \(report.reason)")
    }
    print("corpus: \(judged) files judged, \(unsupported) not supported yet")
    #expect(judged > 270)
  }
}
