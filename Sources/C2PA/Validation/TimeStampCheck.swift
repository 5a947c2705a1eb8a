import COSE
import PKI

/// C2PA 2.4 section 15.8: a time stamp moves the moment at which the signer's certificate must have
/// been valid from now to when it signed. One that fails a check is as good as none.
enum TimeStampCheck {
  struct Outcome {
    /// Seconds since 1970; nil without a time stamp that holds.
    var time: Int64?
    var findings: [Finding] = []
  }

  static func run(
    _ sign1: COSESign1, _ test: ManifestUnderTest, _ session: ValidationSession
  ) -> Outcome {
    guard let header = sign1.timeStamp else { return Outcome() }
    let uri = JUMBFURI.signature(in: test.label)
    guard header.tokens.count == 1 else {
      return Outcome(findings: [
        Finding(
          .timeStampMalformed, at: uri,
          "The signature carries \(header.tokens.count) time stamps; exactly one is allowed.")
      ])
    }
    return Outcome(findings: [
      Finding(
        .timeStampNotEvaluated, at: uri,
        "A time stamp is there and was not evaluated; the signature counts as not time-stamped.")
    ])
  }
}
