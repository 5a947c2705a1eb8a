import COSE
import PKI

/// C2PA 2.5 section 14.8: a time stamp moves the moment at which the signer's certificate must have
/// been valid from now to when it signed. One that fails a check is as good as none.
enum TimeStampCheck {
  struct Outcome {
    /// Seconds since 1970; nil without a time stamp that holds.
    var time: Int64?
    /// Whether an authority on the list said so.
    var isTrusted = true
    var findings: [Finding] = []
  }

  static func run(
    _ sign1: COSESign1, _ test: ManifestUnderTest, _ session: ValidationSession
  ) -> Outcome {
    let uri = JUMBFURI.signature(in: test.label)
    var outcome = Outcome()
    if let header = sign1.timeStamp { outcome = embedded(header, sign1, test, session, uri) }
    guard outcome.time == nil else { return outcome }
    // Stamps that came later, in any manifest of the store; the first that holds counts.
    for token in session.lateTimeStamps[test.label] ?? [] {
      for message in sign1.lateTimeStampedMessages {
        let verdict = TimeStampToken.verify(
          token, imprinted: message, anchors: session.trust.timeStampAnchors)
        if case .trusted(let time, let path) = verdict {
          outcome.time = time
          outcome.findings += accepted(time, path, uri)
          return outcome
        }
      }
    }
    return outcome
  }

  private static func embedded(
    _ header: TimeStampHeader, _ sign1: COSESign1, _ test: ManifestUnderTest,
    _ session: ValidationSession, _ uri: String
  ) -> Outcome {
    guard header.tokens.count == 1, let token = header.tokens.first else {
      return Outcome(findings: [
        Finding(
          .timeStampMalformed, at: uri,
          "The signature carries \(header.tokens.count) time stamps; exactly one is allowed.")
      ])
    }
    let message = sign1.timeStampedMessage(version: header.version, claim: test.claim.bytes)
    let verdict = TimeStampToken.verify(
      token, imprinted: message, anchors: session.trust.timeStampAnchors)
    // There was no list of time-stamping authorities before claims of version 2: what an authority
    // nobody lists says of an older claim counts, and the reader hears whose word it is.
    if case .untrusted = verdict, test.claim.version == .v1,
      case .trusted(let time, let path) = TimeStampToken.verifyUnanchored(
        token, imprinted: message)
    {
      return Outcome(time: time, isTrusted: false, findings: unlisted(time, path, uri))
    }
    let code: StatusCode
    let explanation: String
    switch verdict {
    case .trusted(let time, let path):
      return Outcome(time: time, findings: accepted(time, path, uri))
    case .malformed(let reason): (code, explanation) = (.timeStampMalformed, reason)
    case .mismatch(let reason): (code, explanation) = (.timeStampMismatch, reason)
    case .untrusted(let reason): (code, explanation) = (.timeStampUntrusted, reason)
    case .outsideValidity(let reason): (code, explanation) = (.timeStampOutsideValidity, reason)
    }
    return Outcome(findings: [
      Finding(code, at: uri, "The time stamp does not count: \(explanation).")
    ])
  }

  private static func unlisted(
    _ time: Int64, _ path: [Certificate], _ uri: String
  ) -> [Finding] {
    [
      Finding(
        .timeStampValidated, at: uri,
        "A time stamp that fits says that it was signed at \(InstantText.format(time)) at the "
          + "latest."),
      Finding(
        .timeStampUntrusted, at: uri,
        "The time stamp comes from \(name(path)), which no configured list names; claims of "
          + "version 1 had no such list."),
    ]
  }

  private static func name(_ path: [Certificate]) -> String {
    path.first.map { $0.subject.organization ?? $0.subject.text } ?? "an authority"
  }

  private static func accepted(
    _ time: Int64, _ path: [Certificate], _ uri: String
  ) -> [Finding] {
    return [
      Finding(
        .timeStampValidated, at: uri,
        "It was signed at \(InstantText.format(time)) at the latest: the time stamp fits."),
      Finding(
        .timeStampTrusted, at: uri, "The time stamp comes from \(name(path)), which is trusted."),
    ]
  }
}
