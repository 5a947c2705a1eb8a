import CBOR
import JUMBF

/// C2PA 2.5 section 14.6: exactly one claim, readable, with what it must have.
enum ClaimCheck {
  static func run(
    _ manifest: Manifest, spending budget: inout DecodingBudget
  ) -> (claim: Claim?, findings: [Finding]) {
    let uri = JUMBFURI.manifest(manifest.label)
    let boxes = manifest.box.superboxes.filter { $0.type == .claim }
    guard let box = boxes.first else {
      return (nil, [Finding(.claimMissing, at: uri, "The manifest holds no claim.")])
    }
    guard boxes.count == 1 else {
      return (
        nil,
        [Finding(.claimMultiple, at: uri, "The manifest holds \(boxes.count) claims, not one.")]
      )
    }
    let claimURI = "\(uri)/\(box.label)"
    let version: Claim.Version
    switch box.label {
    case ManifestLabel.claim: version = .v2
    case ManifestLabel.legacyClaim: version = .v1
    default:
      return (
        nil,
        [Finding(.claimMissing, at: claimURI, "The claim box carries a label of its own making.")]
      )
    }
    guard let range = box.payload(.cbor) else {
      return (nil, [Finding(.claimCborInvalid, at: claimURI, "The claim box holds no CBOR.")])
    }
    guard box.children.count == 1 else {
      return (
        nil,
        [
          Finding(
            .claimMalformed, at: claimURI, "The claim box holds more than the claim.")
        ]
      )
    }
    let bytes = manifest.bytes(range)
    let value: CBORValue
    do throws(CBORError) {
      value = try CBORValue.decode(bytes, spending: &budget.cbor)
    } catch {
      return (
        nil, [Finding(.claimCborInvalid, at: claimURI, "The claim cannot be read: \(error).")]
      )
    }
    let claim = Claim(version: version, bytes: bytes, value: value)
    guard version == .v1 || ManifestURN(manifest.label) != nil else {
      return (
        claim,
        [
          Finding(
            .claimMalformed, at: claimURI,
            "The manifest is not named by a URN of the standard's form.")
        ]
      )
    }
    guard claim.missing.isEmpty else {
      let missing = claim.missing.joined(separator: ", ")
      return (
        claim, [Finding(.claimMalformed, at: claimURI, "The claim lacks or garbles: \(missing).")]
      )
    }
    return (claim, [])
  }
}
