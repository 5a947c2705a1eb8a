import C2PA
import CBOR
import COSE
import Testing

@Suite struct SigningTimeCheckTests {
  /// A file whose signer says in the protected header when it signed.
  private func file(issuedAt value: CBORValue, unprotected: Bool = false) -> SignedPNG {
    var file = SignedPNG()
    file.editSignature = { message in
      guard case .tagged(let tag, .array(var parts)) = message, let bytes = parts[0].bytes,
        let header = try? CBORValue.decode(bytes), let pairs = header.pairs
      else { return message }
      if unprotected {
        parts[1] = ["iat": value]
      } else {
        parts[0] = .bytes(CBORValue.map(pairs + [.init("iat", value)]).encodeDeterministic())
      }
      return .tagged(tag: tag, .array(parts))
    }
    return file
  }

  @Test(arguments: [
    (SignedPNG.now - 86400, "timeOfSigning.insideValidity"),
    (1000, "timeOfSigning.outsideValidity"),
  ])
  func theSignersWordIsComparedWithItsCertificate(_ moment: Int64, _ code: String) throws {
    // The header was put in after signing: only what is said of the time is looked at.
    let report = try file(issuedAt: .integer(Int(moment))).report()
    #expect(report.codes(.informational).contains(code))
  }

  @Test func wordsThatAreNoTimeOrNobodySignedAreNotHeard() throws {
    for report in [
      try file(issuedAt: "yesterday").report(),
      try file(issuedAt: 1000, unprotected: true).report(),
    ] {
      #expect(!report.codes(.informational).contains { $0.hasPrefix("timeOfSigning") })
    }
  }

  @Test func aHeaderThatMeansNothingIsTold() throws {
    let report = try file(issuedAt: 1000, unprotected: true).report()
    #expect(report.state == .trusted)
    #expect(report.codes(.informational).contains("assay.claimSignature.unknownHeader"))
  }
}
