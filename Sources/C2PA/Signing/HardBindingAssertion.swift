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

  private static let mandatory: [CBORValue] = [
    ["xpath": "/uuid", "data": [["offset": 8, "value": .bytes(BMFFStore.userType)]]],
    ["xpath": "/mfra"],
  ]

  /// Where the hashing of an `mdat` in pieces begins: behind a header of 16 bytes, whatever header
  /// it has. The bytes before are under the hash of the file.
  static let mediaOffset = 16

  /// `c2pa.hash.bmff.v3` with the mandatory exclusions and no others (C2PA 2.5 section 16.3.2).
  static func bmff(hash: [UInt8]) -> HardBindingAssertion {
    bmff(exclusions: mandatory, [.init("hash", .bytes(hash))])
  }

  /// The same for a file whose one `mdat` is hashed in pieces of `blockSize` bytes.
  static func bmff(hash: [UInt8], pieces: MerkleTree, blockSize: Int) -> HardBindingAssertion {
    let media: CBORValue = [
      "xpath": "/mdat", "subset": [["offset": .integer(mediaOffset), "length": 0]],
    ]
    let map: CBORValue = [
      "uniqueId": 1, "localId": 0, "count": .integer(pieces.row.count), "alg": "sha256",
      "hashes": .array(pieces.row.map { .bytes($0) }), "fixedBlockSize": .integer(blockSize),
    ]
    return bmff(
      exclusions: mandatory + [media],
      [.init("hash", .bytes(hash)), .init("merkle", .array([map]))])
  }

  /// The same for a fragmented file: no hash of the whole, a leaf for each fragment.
  static func bmff(
    initHash: [UInt8], fragments: MerkleTree, count: Int, trackID: Int
  ) -> HardBindingAssertion {
    let map: CBORValue = [
      "uniqueId": 1, "localId": .integer(trackID), "count": .integer(count), "alg": "sha256",
      "initHash": .bytes(initHash), "hashes": .array(fragments.row.map { .bytes($0) }),
    ]
    return bmff(exclusions: mandatory, [.init("merkle", .array([map]))])
  }

  private static func bmff(
    exclusions: [CBORValue], _ hashes: [CBORValue.Pair]
  ) -> HardBindingAssertion {
    HardBindingAssertion(
      label: "c2pa.hash.bmff.v3",
      cbor: .map(
        [
          .init("exclusions", .array(exclusions)), .init("alg", "sha256"),
          .init("name", "jumbf manifest"),
        ] + hashes))
  }

  /// `c2pa.hash.data` over a whole file, whose manifest lies elsewhere.
  static func data(hash: [UInt8]) -> HardBindingAssertion {
    HardBindingAssertion(
      label: "c2pa.hash.data",
      cbor: [
        "alg": "sha256", "hash": .bytes(hash), "name": "jumbf manifest", "pad": .bytes([]),
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
