import TestKit
import Testing

/// What the built executables load: the wall around FFmpeg, and the small verifier.
@Suite struct LinkageTests {
  private static let libav = [
    "libavformat", "libavcodec", "libavfilter", "libavutil", "libswscale", "libswresample",
    "libx264",
  ]

  private func libraries(of executable: String) async throws -> [String] {
    let path = try #require(TestKit.builtExecutable(named: executable))
    let listing = try await TestKit.run("ldd", arguments: [path])
    #expect(listing.status == 0, "ldd failed: \(listing.stderr)")
    return listing.stdout.split(separator: "\n").map(String.init)
  }

  private func loads(_ libraries: [String], anyOf names: [String]) -> [String] {
    libraries.filter { line in names.contains { line.contains($0) } }
  }

  @Test(.enabled(if: isBuilt("assay-verify"), "SKIPPED: this run did not build assay-verify"))
  func verifierIsSmall() async throws {
    let libraries = try await libraries(of: "assay-verify")
    #expect(loads(libraries, anyOf: Self.libav + ["libsqlite3"]).isEmpty)
    #expect(loads(libraries, anyOf: ["libcrypto"]).count == 1)
    // The decoder and the dictionary it needs, for compressed manifests; the encoder is not wanted.
    #expect(loads(libraries, anyOf: ["libbrotlidec"]).count == 1)
    #expect(loads(libraries, anyOf: ["libbrotlienc"]).isEmpty)
  }

  @Test(.enabled(if: isBuilt("assay"), "SKIPPED: this run did not build assay"))
  func gatewayDecodesNothing() async throws {
    #expect(loads(try await libraries(of: "assay"), anyOf: Self.libav).isEmpty)
  }

  @Test(.enabled(if: isBuilt("assay-media"), "SKIPPED: this run did not build assay-media"))
  func decoderHoldsNoDatabaseOrKeys() async throws {
    let executable = try #require(TestKit.builtExecutable(named: "assay-media"))
    // FFmpeg's own libraries may load libcrypto; what counts is what the program itself asks for.
    let needed = try await TestKit.run("objdump", arguments: ["-p", executable])
    let own = needed.stdout.split(separator: "\n").filter { $0.contains("NEEDED") }.map(String.init)
    #expect(!loads(own, anyOf: ["libavformat"]).isEmpty)
    #expect(loads(own, anyOf: ["libsqlite3", "libcrypto", "libssl"]).isEmpty)
  }
}

private func isBuilt(_ executable: String) -> Bool {
  TestKit.builtExecutable(named: executable) != nil
}
