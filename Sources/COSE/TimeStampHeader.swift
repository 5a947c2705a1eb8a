public import CBOR

/// The time stamp that a signature carries in its unprotected header (C2PA 2.5 section 10.3.2.5).
public struct TimeStampHeader: Equatable, Sendable {
  public enum Version: Sendable {
    /// `sigTst`: a whole TimeStampResp over the claim.
    case claim
    /// `sigTst2`: a TimeStampToken over the signature.
    case signature
  }

  public let version: Version
  /// DER of each token; exactly one is allowed.
  public let tokens: [[UInt8]]

  /// Nil when the header has no time stamp; an entry of the wrong shape gives no tokens.
  public init?(_ unprotectedHeader: CBORValue) {
    let value: CBORValue
    if let current = unprotectedHeader["sigTst2"] {
      version = .signature
      value = current
    } else if let old = unprotectedHeader["sigTst"] {
      version = .claim
      value = old
    } else {
      return nil
    }
    tokens = (value["tstTokens"]?.array ?? []).compactMap { $0["val"]?.bytes }
  }
}

extension COSESign1 {
  public var timeStamp: TimeStampHeader? { TimeStampHeader(unprotectedHeader) }

  /// DER OCSP responses stapled to the signature; empty when there are none.
  public var revocationResponses: [[UInt8]] {
    (unprotectedHeader["rVals"]?["ocspVals"]?.array ?? []).compactMap(\.bytes)
  }

  /// The message over which this signature's time stamp was made.
  public func timeStampedMessage(version: TimeStampHeader.Version, claim: [UInt8]) -> [UInt8] {
    let payload =
      switch version {
      case .claim: claim
      case .signature: CBORValue.bytes(signature).encodeDeterministic()
      }
    return COSESign1.counterSignatureStructure(protectedBytes: protectedBytes, payload: payload)
  }

  /// The messages that a time stamp of a later manifest may be over (C2PA 2.5 section 16.7.2): the
  /// signature as a CBOR byte string and, as the text can also be read, without the string's head.
  public var lateTimeStampedMessages: [[UInt8]] {
    [CBORValue.bytes(signature).encodeDeterministic(), signature].map {
      COSESign1.counterSignatureStructure(protectedBytes: protectedBytes, payload: $0)
    }
  }
}
