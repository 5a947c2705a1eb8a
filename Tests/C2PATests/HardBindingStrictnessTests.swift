import Bytes
import C2PA
import CBOR
import Containers
import PKI
import Testing

/// What a lax validator lets through: bytes hidden where no hash looks.
struct HardBindingStrictnessTests {
  private static func box(_ type: String, _ payload: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.appendBigEndian(UInt32(payload.count + 8))
    return bytes + Array(type.utf8) + payload
  }

  private static let store: [UInt8] = {
    let type: [UInt8] = [
      0x63, 0x32, 0x70, 0x61, 0x00, 0x11, 0x00, 0x10, 0x80, 0x00, 0x00, 0xAA, 0x00, 0x38, 0x9B,
      0x71,
    ]
    return box("jumb", box("jumd", type + [3] + Array("c2pa".utf8) + [0]) + [1, 2, 3, 4])
  }()

  private func judge(
    _ label: String, _ assertion: CBORValue, _ file: [UInt8]
  ) throws -> [StatusCode] {
    let format = try AssetFormat.detect(in: file)
    return HardBinding.validate(
      assertionLabel: label, assertion: assertion, asset: file, format: format,
      store: try EmbeddedStore.locate(in: file, format: format)
    ).map(\.code)
  }

  // MARK: Data hash

  private func dataHash(_ file: [UInt8], excluding ranges: [Range<Int>]) -> CBORValue {
    var rest: [UInt8] = []
    for index in file.indices where !ranges.contains(where: { $0.contains(index) }) {
      rest.append(file[index])
    }
    return [
      "exclusions": .array(
        ranges.map { ["start": .integer($0.lowerBound), "length": .integer($0.count)] }),
      "alg": "sha256", "hash": .bytes(HashAlgorithm.sha256.digest(rest)), "pad": .bytes([]),
    ]
  }

  private func signedPicture(store: [UInt8] = store) throws -> (file: [UInt8], store: Range<Int>) {
    let plan = try StoreInsertion.plan(
      ManifestSignerTests.jpeg, format: .jpeg, storeLength: store.count)
    var file = try plan.asset.read(0..<plan.asset.count)
    file.replaceSubrange(plan.range, with: try plan.framed(store))
    return (file, plan.range)
  }

  @Test func `The store and nothing else is left out`() throws {
    let (file, range) = try signedPicture()
    #expect(
      try judge("c2pa.hash.data", dataHash(file, excluding: [range]), file)
        == [.assertionDataHashMatch])
    for wider in [range.lowerBound - 1..<range.upperBound, range.lowerBound..<range.upperBound + 1]
    {
      #expect(
        try judge("c2pa.hash.data", dataHash(file, excluding: [wider]), file)
          == [.assertionDataHashMismatch])
    }
    let other = file.count - 4..<file.count - 3
    #expect(
      try judge("c2pa.hash.data", dataHash(file, excluding: [range, other]), file)
        == [.assertionDataHashAdditionalExclusionsPresent, .assertionDataHashMatch])
  }

  @Test func `The store is left out in one piece`() throws {
    let (file, range) = try signedPicture()
    let middle = range.lowerBound + range.count / 2
    for pieces in [
      [range.lowerBound..<middle, middle..<range.upperBound],
      [range.lowerBound..<middle, middle + 1..<range.upperBound],
    ] {
      #expect(
        try judge("c2pa.hash.data", dataHash(file, excluding: pieces), file)
          == [.assertionDataHashMismatch])
    }
    let beyond = file.count..<file.count + 8
    #expect(
      try judge("c2pa.hash.data", dataHash(file, excluding: [range, beyond]), file)
        == [.assertionDataHashMismatch])
  }

  @Test func `Markup in the padding behind a shrunken store is found`() throws {
    for (tail, expected) in [
      ([0, 0, 0, 0], StatusCode.assertionDataHashMatch),
      (Array("<svg".utf8), .assertionDataHashMismatch),
    ] {
      let (file, range) = try signedPicture(store: Self.store + tail)
      #expect(
        try judge("c2pa.hash.data", dataHash(file, excluding: [range]), file) == [expected])
    }
  }

  @Test func `A manifest that lies beside the file leaves nothing out`() throws {
    let file = ManifestSignerTests.jpeg
    #expect(
      try judge("c2pa.hash.data", dataHash(file, excluding: []), file)
        == [.assertionDataHashMatch])
    #expect(
      try judge("c2pa.hash.data", dataHash(file, excluding: [20..<40]), file)
        == [.assertionDataHashMismatch])
  }

  @Test func `Ranges that overlap or leave the file, and unknown hashes, have their codes`() throws
  {
    let (file, range) = try signedPicture()
    #expect(
      try judge("c2pa.hash.data", dataHash(file, excluding: [range, range]), file)
        == [.assertionDataHashMalformed])
    let pastEnd = range.lowerBound..<file.count + 1
    #expect(
      try judge("c2pa.hash.data", dataHash(file, excluding: [pastEnd]), file)
        == [.assertionDataHashMismatch])
    #expect(
      try judge("c2pa.hash.data", ["alg": "md5", "hash": .bytes([1]), "pad": .bytes([])], file)
        == [.algorithmUnsupported])
    #expect(
      try judge("c2pa.hash.data", ["hash": .bytes([1]), "pad": .bytes([])], file)
        == [.algorithmUnsupported])
    #expect(
      try judge("c2pa.hash.data", ["alg": "sha256", "hash": .bytes([1])], file)
        == [.assertionDataHashMalformed])
    let remote: CBORValue = [
      "alg": "sha256", "hash": .bytes([1]), "pad": .bytes([]), "url": "https://example.org/a",
    ]
    #expect(try judge("c2pa.hash.data", remote, file) == [.assertionDataHashMismatch])
    #expect(try judge("c2pa.hash.tomorrow", [:], file) == [.notSupported])
  }

  // MARK: BMFF

  private static let exclusions: [CBORValue] = [
    ["xpath": "/uuid", "data": [["offset": 8, "value": .bytes(BMFFStore.userType)]]],
    ["xpath": "/mfra"],
  ]

  /// `c2pa.hash.bmff.v3` over root boxes other than those of `leftOut`.
  private func bmffHash(
    _ file: [UInt8], leaving leftOut: Set<FourCC> = ["uuid", "mfra"], more: [CBORValue] = []
  ) throws -> CBORValue {
    var hashed: [UInt8] = []
    for box in try BMFFBoxTree(file).roots where !leftOut.contains(box.type) {
      hashed.appendBigEndian(UInt64(box.range.lowerBound))
      hashed += file[box.range]
    }
    return [
      "exclusions": .array(Self.exclusions + more), "alg": "sha256",
      "hash": .bytes(HashAlgorithm.sha256.digest(hashed)),
    ]
  }

  private static let clip =
    box("ftyp", Array("isom".utf8) + [0, 0, 0, 1]) + BMFFStore.frame(store)
    + box("mdat", [1, 2, 3, 4])

  @Test func `The mandatory exclusions bring no remark, others do`() throws {
    let label = "c2pa.hash.bmff.v3"
    #expect(try judge(label, bmffHash(Self.clip), Self.clip) == [.assertionBmffHashMatch])
    let withType = try bmffHash(
      Self.clip, leaving: ["uuid", "ftyp"], more: [["xpath": "/ftyp"]])
    #expect(
      try judge(label, withType, Self.clip)
        == [.assertionBmffHashAdditionalExclusionsPresent, .assertionBmffHashMatch])
  }

  @Test func `Nothing hides in free space, fragment indexes or Merkle boxes`() throws {
    let label = "c2pa.hash.bmff.v3"
    let free: [CBORValue] = [["xpath": "/free"], ["xpath": "/skip"]]
    for type in ["free", "skip"] {
      let empty = Self.clip + Self.box(type, [0, 0, 0])
      let full = Self.clip + Self.box(type, Array("<script>".utf8))
      let assertion = try bmffHash(empty, leaving: ["uuid", "free", "skip"], more: free)
      #expect(try judge(label, assertion, empty) == [.assertionBmffHashMatch])
      #expect(try judge(label, assertion, full) == [.assertionBmffHashMismatch])
    }
    let assertion = try bmffHash(Self.clip)
    let index = Self.clip + Self.box("mfra", Self.box("text", Array("<script>".utf8)))
    #expect(try judge(label, assertion, index) == [.assertionBmffHashMismatch])
    let proof: CBORValue = ["uniqueId": 1, "localId": 0, "location": 0]
    let merkle =
      Self.clip
      + Self.box(
        "uuid",
        BMFFStore.userType + [0, 0, 0, 0] + Array("merkle".utf8) + [0]
          + proof.encodeDeterministic())
    #expect(try judge(label, assertion, merkle) == [.assertionBmffHashMismatch])
  }

  @Test func `A box that moved is a change although its bytes are the same`() throws {
    let label = "c2pa.hash.bmff.v3"
    let assertion = try bmffHash(Self.clip)
    let type = Self.box("ftyp", Array("isom".utf8) + [0, 0, 0, 1])
    let moved = type + Self.box("mdat", [1, 2, 3, 4]) + BMFFStore.frame(Self.store)
    #expect(try judge(label, assertion, moved) == [.assertionBmffHashMismatch])
  }

  @Test func `A Merkle map without an initialization hash binds no fragment`() throws {
    let label = "c2pa.hash.bmff.v3"
    let file = Self.clip + Self.box("moof", []) + Self.box("mdat", [9])
    let assertion: CBORValue = [
      "exclusions": .array(Self.exclusions), "alg": "sha256",
      "merkle": [["uniqueId": 1, "localId": 1, "count": 1, "hashes": [.bytes([0])]]],
    ]
    #expect(try judge(label, assertion, file) == [.assertionBmffHashMalformed])
  }

  @Test func `Exclusions that are none of the standard's are malformed`() throws {
    let label = "c2pa.hash.bmff.v3"
    for exclusions in [
      [], [["xpath": "mdat"]], [["xpath": "/mdat", "flags": .bytes([1])]],
      [["xpath": "/mdat", "subset": [["offset": 9, "length": 5], ["offset": 8, "length": 0]]]],
    ] as [[CBORValue]] {
      let assertion: CBORValue = [
        "exclusions": .array(exclusions), "alg": "sha256", "hash": .bytes([1]),
      ]
      #expect(try judge(label, assertion, Self.clip) == [.assertionBmffHashMalformed])
    }
  }

  // MARK: Any bytes

  @Test func `Damaged files get a verdict or a named error, never a pass`() throws {
    let (picture, range) = try signedPicture()
    let samples: [(file: [UInt8], label: String, assertion: CBORValue)] = [
      (picture, "c2pa.hash.data", dataHash(picture, excluding: [range])),
      (Self.clip, "c2pa.hash.bmff.v3", try bmffHash(Self.clip)),
    ]
    for sample in samples {
      for index in sample.file.indices {
        var damaged = sample.file
        damaged[index] ^= UInt8(truncatingIfNeeded: index * 37) | 1
        if index % 3 == 0 { damaged.removeLast(damaged.count - index) }
        let format = try AssetFormat.detect(in: damaged)
        guard let store = try? EmbeddedStore.locate(in: damaged, format: format) else { continue }
        let findings = HardBinding.validate(
          assertionLabel: sample.label, assertion: sample.assertion, asset: damaged,
          format: format, store: store)
        let passes = !findings.contains { $0.kind == .failure }
        // Bits of the store and its framing are the signature's business, not the binding's.
        let isInStore = store.ranges.contains { $0.contains(index) }
        #expect(!passes || isInStore, "byte \(index) of \(sample.label)")
      }
    }
  }
}
