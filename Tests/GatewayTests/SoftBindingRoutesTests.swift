import Bytes
import Fingerprint
import Foundation
import HTTPTypes
import MediaClient
import OutputStore
import Provenance
import StrictJSON
import Testing

@testable import Gateway

/// C2PA's soft binding resolution API: the statuses that it names, and who may ask.
struct SoftBindingRoutesTests {
  let bench: Bench
  static let manifest = "urn:c2pa:6ba7b810-9dad-41d1-80b4-00c04fd430c8"
  /// 0x0102030405060708 as eight bytes.
  static let value = "AQIDBAUGBwg="

  init() throws { bench = try Bench() }

  private func keep() async throws {
    try await bench.outputs.keep(
      OutputRecord(
        asset: "video_1", manifestID: Self.manifest, manifestStore: [0, 1, 2], subject: "s",
        mark: 0x0102_0304_0506_0708, mediaType: "video/mp4", sha256: "00", deliveredAt: 0,
        content: ContentPrint(width: 2, height: 2, seconds: 1, isClip: true, frames: []),
        codes: [Self.code]))
  }

  static let code = ISCCUnit(.video, body: (0..<32).map { UInt8(truncatingIfNeeded: $0 * 37) })

  @Test func aContentCodeLeadsToItsManifest() async throws {
    try await keep()
    let meta = [0x00, 0x07] + [UInt8](repeating: 5, count: 32)
    let value = Base64.encode(meta + Self.code.bytes)
    let got = try await bench.send(.get, query("io.iscc.v0", value))
    let match = got.json?["matches"]?.array?.first
    #expect(match?["manifestId"]?.string == Self.manifest)
    #expect(match?["similarityScore"]?.integer == 100)
    var near = Self.code.bytes
    near[9] ^= 0xFF
    let similar = try await bench.post(
      "/v1/matches/byBinding", ["alg": "io.iscc.v0", "value": .string(Base64.encode(near))])
    #expect(similar.json?["matches"]?.array?.first?["similarityScore"]?.integer == 94)
    // A sequence of nothing that is matched here, and what is no sequence.
    let other = try await bench.send(.get, query("io.iscc.v0", Base64.encode(meta)))
    #expect(other.status == 200 && other.json?["matches"]?.array == [])
    for bytes in [[0x23, 0x07, 1, 2], [0x50, 0x05], Self.code.bytes + [0]] {
      let refused = try await bench.send(.get, query("io.iscc.v0", Base64.encode(bytes)))
      #expect(refused.status == 400 && refused.json?["error"]?["param"]?.string == "value")
    }
  }

  private func query(_ alg: String, _ value: String) -> String {
    "/v1/matches/byBinding?alg=\(alg)&value=\(value.replacing("+", with: "%2B").replacing("/", with: "%2F").replacing("=", with: "%3D"))"
  }

  @Test func aMarkLeadsToItsManifestByEitherMethod() async throws {
    try await keep()
    let got = try await bench.send(.get, query("org.assay.tds.1", Self.value))
    #expect(got.status == 200)
    #expect(got.json?["matches"]?.array?.first?["manifestId"]?.string == Self.manifest)
    let posted = try await bench.post(
      "/v1/matches/byBinding?maxResults=1",
      ["alg": "org.assay.tds.1", "value": .string(Self.value)])
    #expect(posted.json == got.json)
    // The mark in the sound of the same output has the same id.
    let heard = try await bench.send(.get, query("org.assay.tbp.1", Self.value))
    #expect(heard.json == got.json)
    let other = try await bench.send(.get, query("com.example.other", Self.value))
    #expect(other.status == 200 && other.json?["matches"]?.array == [])
  }

  @Test func theStatusesAreThoseOfTheStandard() async throws {
    try await keep()
    #expect(try await bench.send(.get, query("org.assay.tds.1", "!!!")).status == 400)
    #expect(try await bench.send(.get, query("org.assay.tds.1", "AQI=")).status == 400)
    #expect(try await bench.send(.get, "/v1/matches/byBinding?value=AQI=").status == 400)
    #expect(
      try await bench.send(.get, query("org.assay.tds.1", Self.value) + "&maxResults=0").status
        == 400)
    let long = String(repeating: "A", count: 4000)
    #expect(try await bench.send(.get, query("org.assay.tds.1", long)).status == 414)
    #expect(try await bench.send(.get, "/v1/manifests/nothing").status == 400)
    let unknown = "urn:c2pa:00000000-0000-4000-8000-000000000000"
    #expect(try await bench.send(.get, "/v1/manifests/\(unknown)").status == 404)
    let text = try await bench.send(
      .post, "/v1/matches/byContent", headers: [.contentType: "font/woff"], body: "x")
    #expect(text.status == 415)
  }

  @Test func aManifestStoreComesAsItWasKept() async throws {
    try await keep()
    for id in [Self.manifest, Self.manifest.replacing(":", with: "%3A")] {
      let answer = try await bench.send(.get, "/v1/manifests/\(id)")
      #expect(answer.status == 200 && answer.bytes == [0, 1, 2])
      #expect(answer.headers[.contentType] == "application/c2pa")
    }
  }

  @Test func onlyWhatIsPublicNeedsNoKey() async throws {
    for path in [
      "/v1/services/supportedAlgorithms", "/v1/services/status", "/v1/services/capabilities",
      "/.well-known/c2pa-soft-binding-resolution",
    ] {
      #expect(try await bench.send(.get, path, key: nil).status == 200, "\(path)")
    }
    let algorithms = try await bench.send(.get, "/v1/services/supportedAlgorithms", key: nil)
    #expect(
      algorithms.json?["watermarks"]?.array?.first?["alg"]?.string == "org.assay.tds.1")
    #expect(algorithms.json?["fingerprints"]?.array?.first?["alg"]?.string == "io.iscc.v0")
    #expect(try await bench.send(.get, "/v1/manifests/\(Self.manifest)", key: nil).status == 401)
    // A reviewer's key has other scopes.
    #expect(try await bench.send(.get, "/v1/manifests/\(Self.manifest)", key: "sk-r").status == 403)
    #expect(
      try await bench.send(
        .post, "/v1/outputs/search", headers: [.contentType: "image/png"], body: "x"
      ).status == 403)
  }

  @Test func theScopeIsWrittenAsTheStandardNamesIt() throws {
    let keys = try APIKeys(parsing: "finder[fetch:manifests]=sk-f")
    #expect(keys.owner(of: "sk-f")?.scopes == [.fetchManifests])
  }
}
