import C2PA
import CBOR
import JUMBF
import Testing

/// Files that are small on disk and large in mind. Each must get an answer; that it comes at once
/// and in little memory is what the named limits are for.
@Suite struct BudgetTests {
  @Test func manyAssertionsUnderOneClaim() throws {
    var file = SignedPNG()
    for index in 1...4000 { file.assertions.append(("org.example.note__\(index)", "x")) }
    let report = try file.report()
    #expect(report.state == .trusted)
    #expect(report.active?.assertions.count == 4002)
  }

  @Test func aClaimThatListsOneAssertionManyTimes() throws {
    var file = SignedPNG()
    file.editClaim = { claim in
      guard let first = claim["created_assertions"]?.array?.first else { return }
      claim["gathered_assertions"] = .array(Array(repeating: first, count: 20_000))
    }
    let report = try file.report()
    #expect(report.active?.assertions.count == 2)
  }

  @Test func assertionsThatUnfoldToMillionsOfItems() throws {
    var file = SignedPNG()
    let zeros = CBORValue.array(Array(repeating: 0, count: 300_000))
    file.assertions += [("org.example.a", zeros), ("org.example.b", zeros)]
    let report = try file.report()
    #expect(report.state == .invalid)
    #expect(report.codes(.failure) == ["assertion.cbor.invalid"])
    #expect(report.findings.contains { $0.explanation.contains("limit") })
  }

  @Test func nestingBeyondAnyManifest() throws {
    var file = SignedPNG()
    var value: CBORValue = 0
    for _ in 0..<200 { value = [value] }
    file.assertions.append(("org.example.deep", value))
    #expect(try file.report().codes(.failure) == ["assertion.cbor.invalid"])

    var boxes = SignedPNG()
    var box = SignedPNG.assertionBox("x", 0)
    for _ in 0..<100 { box = JUMBFBuilder.superbox(.uuid, label: "x", contents: box) }
    boxes.earlier = [box]
    #expect(try boxes.report().codes(.failure) == ["manifest.inaccessible.malformed"])
  }

  @Test func moreManifestsThanAnyHistoryHas() throws {
    var file = SignedPNG()
    let empty = JUMBFBuilder.superbox(.standardManifest, label: "urn:c2pa:x", contents: [])
    file.earlier = Array(repeating: empty, count: ManifestStore.manifestLimit)
    #expect(try file.report().codes(.failure) == ["assay.budgetExceeded"])
  }
}
