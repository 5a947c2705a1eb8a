import Bytes
import C2PA
import CBOR
import Containers
import Foundation
import JUMBF
import PKI
import StrictJSON
import TestKit
import Testing

/// The binding assertion of a store's active manifest, found without any of the verifier's code.
struct BindingSample {
  let label: String
  let assertion: CBORValue
  let claimAlgorithm: String?

  init?(_ store: [UInt8]) {
    guard let root = try? JUMBFSuperbox.parse(store),
      let manifest = root.superboxes.last,
      let assertions = manifest.child(labelled: "c2pa.assertions"),
      let box = assertions.superboxes.first(where: {
        $0.label.hasPrefix("c2pa.hash.") && !$0.label.hasPrefix("c2pa.hash.multi")
      }),
      let content = box.payload(.cbor),
      let assertion = try? CBORValue.decode(Array(store[content]))
    else { return nil }
    label = box.label
    self.assertion = assertion
    let claim =
      manifest.child(labelled: "c2pa.claim.v2") ?? manifest.child(labelled: "c2pa.claim")
    claimAlgorithm =
      claim?.payload(.cbor)
      .flatMap { try? CBORValue.decode(Array(store[$0])) }?["alg"]?.text
  }
}

struct HardBindingTests {
  private static let corpus = TestKit.shared("corpus/EXPECTED.json")

  /// Files on which the reference library is laxer: an excluded `free` box that hides bytes.
  private static let argued: Set<String> = ["generated/tampered/appended-free-box.mp4"]

  @Test(.enabled(if: corpus != nil, "no conformance corpus beside the package"))
  func `Every binding of the corpus is judged as the reference library judges it`() throws {
    let folder = try #require(TestKit.sharedDirectory) + "/corpus/"
    let expected = try JSONValue.parse(FileByteSource.contents(of: folder + "EXPECTED.json"))
    let sidecars = try JSONValue.parse(FileByteSource.contents(of: folder + "SIDECARS.json"))
    var judged = 0
    var disagreements: [String] = []
    for file in try #require(expected["files"]?.members) {
      let success = file.value["success"]?.array?.compactMap(\.string) ?? []
      let failure = file.value["failure"]?.array?.compactMap(\.string) ?? []
      let isBinding = { (code: String) in
        ["assertion.dataHash", "assertion.bmffHash", "assertion.boxesHash"]
          .contains { code.hasPrefix($0) }
      }
      guard success.contains(where: isBinding) || failure.contains(where: isBinding) else {
        continue
      }
      let asset = try FileByteSource(path: folder + file.name)
      let format = try AssetFormat.detect(in: asset)
      let links = sidecars["files"]?[file.name]
      let embedded: EmbeddedStore?
      do { embedded = try EmbeddedStore.locate(in: asset, format: format) } catch { continue }
      let manifest =
        if let path = links?["sidecar"]?.string, embedded == nil {
          try FileByteSource.contents(of: folder + path)
        } else { embedded?.update?.bytes ?? embedded?.bytes ?? [] }
      guard let sample = BindingSample(manifest) else { continue }
      let fragments = try (links?["fragments"]?.array ?? []).compactMap(\.string)
        .map { try FileByteSource(path: folder + $0) }
      let findings = HardBinding.validate(
        assertionLabel: sample.label, assertion: sample.assertion, asset: asset, format: format,
        store: embedded, claimAlgorithm: sample.claimAlgorithm, fragments: fragments)
      judged += 1
      let isGood = !findings.contains { $0.kind == .failure }
      #expect(findings.contains { $0.kind != .informational }, "\(file.name) has no verdict")
      let isGoodThere = !failure.contains(where: isBinding)
      if isGood != isGoodThere, !Self.argued.contains(file.name) {
        let codes = findings.map { "\($0.code): \($0.explanation)" }.joined(separator: "; ")
        disagreements.append("\(file.name): ours \(codes), expected \(failure)")
      }
    }
    #expect(disagreements.isEmpty, "\(disagreements.joined(separator: "\n"))")
    #expect(judged > 100)
  }
}
