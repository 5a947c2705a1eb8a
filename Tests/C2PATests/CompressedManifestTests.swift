import Bytes
import C2PA
import JUMBF
import Testing

/// Manifests that stand compressed in their store.
@Suite struct CompressedManifestTests {
  /// A Brotli stream of one uncompressed meta-block and an empty last one (RFC 7932 section 9.2);
  /// at most 65,536 bytes.
  private static func stream(_ content: [UInt8]) -> [UInt8] {
    let head = UInt32(content.count - 1) << 4 | 1 << 20
    return [UInt8(head & 0xFF), UInt8(head >> 8 & 0xFF), UInt8(head >> 16)] + content + [3]
  }

  private static func wrapped(_ content: [UInt8], label: String) -> [UInt8] {
    JUMBFBuilder.superbox(
      JUMBFType("c2cm"), label: label, contents: JUMBFBuilder.box(.brotli, content))
  }

  private func report(_ edit: @escaping (inout [UInt8]) -> Void) throws -> VerificationReport {
    var file = SignedPNG()
    let label = file.label
    file.editManifest = { manifest in
      var stream = Self.stream(manifest)
      edit(&stream)
      manifest = Self.wrapped(stream, label: label)
    }
    return try file.report()
  }

  @Test func isReadAndValidated() throws {
    let report = try report { _ in }
    #expect(report.state == .trusted, "\(report.reason)")
    #expect(report.active?.generators.first?.name == "Test Camera")
  }

  @Test func damagedStreamIsInvalid() throws {
    let report = try report { $0.removeLast() }
    #expect(report.state == .invalid)
    #expect(report.codes(.failure).contains("manifest.compressed.invalid"))
  }

  @Test func alteredContentIsFound() throws {
    var file = SignedPNG()
    let label = file.label
    file.editManifest = { manifest in
      let index = manifest.firstRange(of: Array("Test Camera".utf8))!.lowerBound
      manifest[index] = UInt8(ascii: "B")
      manifest = Self.wrapped(Self.stream(manifest), label: label)
    }
    #expect(try file.report().codes(.failure).contains("claimSignature.mismatch"))
  }

  @Test func anotherLabelInsideIsInvalid() throws {
    var file = SignedPNG()
    file.editManifest = { manifest in
      manifest = Self.wrapped(
        Self.stream(manifest), label: "urn:c2pa:ffffffff-cc77-4ae0-89b7-e873bb7e4bf1")
    }
    #expect(try file.report().codes(.failure) == ["manifest.compressed.invalid"])
  }

  @Test func bombIsRefused() throws {
    // One mebibyte of zeros in fourteen bytes.
    let bomb = try #require(Hex.decode("5bffff8f7f02201e0b0472ef1f00"))
    let report = try report { $0 = bomb }
    #expect(report.codes(.failure) == ["assay.budgetExceeded"])
  }
}
