import HTTPTypes
import Testing

@testable import Gateway

@Suite struct AdmissionGateTests {
  @Test func `a full gate answers at once, and opens again`() async throws {
    let gate = AdmissionGate(limit: 1)
    try await gate.pass {
      let error = await #expect(throws: APIError.self) { try await gate.pass {} }
      #expect(error?.status == .tooManyRequests)
      #expect(error?.headers[.retryAfter] == "1")
    }
    try await gate.pass {}
    // Also behind work that failed.
    await #expect(throws: CancellationError.self) {
      try await gate.pass { throw CancellationError() }
    }
    try await gate.pass {}
  }
}
