import CBOR
import Containers
import PKI

/// The hard binding of a new manifest: first with a hash of zeros, then with the real one, at the
/// same encoded length.
struct HardBindingAssertion {
  let label: String
  let cbor: CBORValue

  static let algorithm = HashAlgorithm.sha256
  static let placeholder = [UInt8](repeating: 0, count: 32)

  /// `c2pa.hash.bmff.v3` with the mandatory exclusions and no others (C2PA 2.5 section 16.3.2).
  static func bmff(hash: [UInt8]) -> HardBindingAssertion {
    HardBindingAssertion(
      label: "c2pa.hash.bmff.v3",
      cbor: [
        "exclusions": [
          ["xpath": "/uuid", "data": [["offset": 8, "value": .bytes(BMFFStore.userType)]]],
          ["xpath": "/mfra"],
        ],
        "alg": "sha256", "hash": .bytes(hash), "name": "jumbf manifest",
      ])
  }

  /// `c2pa.hash.data` without the bytes of `range`, where the store and its framing go.
  static func data(excluding range: Range<Int>, hash: [UInt8]) -> HardBindingAssertion {
    // Numbers grow a byte or more with their value; `pad` gives way so that the whole does not.
    let start = CBORValue.integer(range.lowerBound)
    let length = CBORValue.integer(range.count)
    let used = start.encodeDeterministic().count + length.encodeDeterministic().count
    return HardBindingAssertion(
      label: "c2pa.hash.data",
      cbor: [
        "exclusions": [["start": start, "length": length]],
        "alg": "sha256", "hash": .bytes(hash), "name": "jumbf manifest",
        "pad": .bytes([UInt8](repeating: 0, count: padding - used)),
      ])
  }

  /// Two integers take 18 bytes at most; with 23 the head of `pad` is always one byte.
  private static let padding = 23
}
