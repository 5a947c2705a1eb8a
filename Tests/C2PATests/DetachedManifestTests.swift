import C2PA
import Testing

@Suite struct DetachedManifestTests {
  @Test(arguments: [
    (
      "HTTP/2 200\r\nLink: <https://a.example/x.c2pa>; rel=\"c2pa-manifest\"\r\n",
      "https://a.example/x.c2pa"
    ),
    (
      "link: <https://a.example/s,1.css>; rel=preload; title=\"a, b\", "
        + "<https://a.example/m>; rel=\"alternate c2pa-manifest\"", "https://a.example/m"
    ),
    ("Link: <https://a.example/m>; rel=stylesheet", nil),
    ("X-Link: <https://a.example/m>; rel=c2pa-manifest", nil), ("", nil), ("Link: <https://", nil),
  ])
  func theLinkHeaderNamesTheManifest(_ text: String, _ address: String?) {
    #expect(DetachedManifest.address(inHeaders: text) == address)
  }

  @Test func sidecarsAreLookedForInTheSameFolderOnly() {
    #expect(
      DetachedManifest.sidecarPaths(for: "a/clip.mp4") == ["a/clip.mp4.c2pa", "a/clip.c2pa"])
    #expect(
      DetachedManifest.sidecarPaths(for: "clip.mp4", address: "https://a.example/d/k7.c2pa?v=1")
        == ["k7.c2pa", "clip.mp4.c2pa", "clip.c2pa"])
    for address in ["https://a.example/..", "https://a.example/a%2F..%2Fb.c2pa", "x", ""] {
      #expect(
        DetachedManifest.sidecarPaths(for: "clip", address: address) == ["clip.c2pa"], "\(address)")
    }
    #expect(DetachedManifest.sidecarPaths(for: "store.c2pa") == ["store.c2pa.c2pa"])
  }

  /// A file without a store whose metadata says where one is.
  @Test func whatTheMetadataNamesIsTold() throws {
    let link = "https://a.example/k7.c2pa?a=1&amp;b=2"
    let packet = Array(
      "<x:xmpmeta><rdf:Description dcterms:provenance=\"\(link)\"/></x:xmpmeta>".utf8)
    let file =
      SignedPNG.head + SignedPNG.chunk("iTXt", Array("XML:com.adobe.xmp\0\0\0\0\0".utf8) + packet)
      + SignedPNG.tail
    let report = Verifier(trust: .none, at: SignedPNG.now).verify(file)
    #expect(report.state == .noManifest)
    #expect(report.remoteManifest == "https://a.example/k7.c2pa?a=1&b=2")
    #expect(report.codes(.failure) == ["manifest.inaccessible"])
    #expect(report.reason.contains("--sidecar"))
    // With a store at hand that is what counts.
    let store = try SignedPNG().store()
    #expect(
      Verifier(trust: .none, at: SignedPNG.now).verify(file, sidecar: store).state == .invalid)
  }
}
