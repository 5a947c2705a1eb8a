import TestKit
import Testing

extension Conformance {
  /// A remote server that speaks `/v1/videos`, played by a second gateway.
  @Suite(.enabled(if: RunningGateway.isEquipped))
  struct UpstreamCoreTests {
    @Test func aSecondGatewayServesAsTheCore() async throws {
      let upstream = try await RunningGateway.start()
      let gateway = try await RunningGateway.start(
        core: upstream.baseURL, coreKey: RunningGateway.apiKey)
      let clip = gateway.folder.path("clip.mp4")
      let result = try await gateway.client("openai_one.py", ["A paper boat on a stream", clip])
      let video = try object(result.stdout)
      #expect(video["status"] as? String == "completed", "\(result.stdout)\n\(gateway.log)")
      let report = try await TestKit.run(
        try RunningGateway.executable("assay-verify"),
        arguments: [clip, "--summary", "--trust", "own=\(gateway.rootCertificate)"])
      #expect(report.status == 0, "\(report.stdout) \(report.stderr)")
    }

    @Test func aCoreThatCannotBeReachedEndsInAFailedJob() async throws {
      let gateway = try await RunningGateway.start(core: "http://127.0.0.1:9/v1", coreKey: "none")
      let result = try await gateway.client("openai_one.py", ["A paper boat on a stream"])
      let video = try object(result.stdout)
      #expect(video["status"] as? String == "failed", "\(result.stdout)\n\(gateway.log)")
      let error = try #require(video["error"] as? [String: Any])
      #expect(error["code"] as? String != "moderation_blocked")
      #expect((error["message"] as? String)?.contains("127.0.0.1") == false)
    }
  }
}
