import Bytes
import C2PA
import CBOR
import Containers
import PKI
import TestKit
import Testing

/// `c2pa.hash.collection.data`: documents in ZIP, and manifests beside the files they were made for.
struct CollectionHashTests {
  /// A ZIP file of stored members, as an EPUB would be.
  private struct Document {
    var members: [(name: String, bytes: [UInt8])] = [
      ("mimetype", Array("application/epub+zip".utf8)), ("META-INF/container.xml", [1, 2, 3]),
      ("chapter 1.html", Array("<p>Once".utf8)), ("pictures/", []),
    ]
    var extra: [UInt8] = []
    var gap: [UInt8] = []
    /// Where each member lies: header and content.
    private(set) var ranges: [String: Range<Int>] = [:]
    private(set) var directory = 0..<0

    private static func little(_ value: Int, _ count: Int) -> [UInt8] {
      (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    mutating func bytes() -> [UInt8] {
      var file: [UInt8] = []
      var headers: [UInt8] = []
      for (name, bytes) in members {
        let isStore = name == ZIPDirectory.storeName
        let extra = isStore ? extra : []
        let common =
          Self.little(0, 8) + Self.little(isStore ? 0 : 77, 4) + Self.little(bytes.count, 4)
          + Self.little(bytes.count, 4) + Self.little(name.utf8.count, 2)
        headers += Array("PK\u{1}\u{2}".utf8) + Self.little(20, 2) + Self.little(20, 2) + common
        headers += Self.little(0, 12) + Self.little(file.count, 4) + Array(name.utf8)
        let start = file.count
        file += Array("PK\u{3}\u{4}".utf8) + Self.little(20, 2) + common
        file += Self.little(extra.count, 2) + Array(name.utf8) + extra + bytes
        ranges[name] = start..<file.count
        file += isStore ? [] : gap
      }
      directory = file.count..<file.count + headers.count + 22
      return file + headers + Array("PK\u{5}\u{6}".utf8) + Self.little(0, 4)
        + Self.little(members.count, 2) + Self.little(members.count, 2)
        + Self.little(headers.count, 4) + Self.little(file.count, 4) + Self.little(0, 2)
    }

    /// What the signer of `file` would write down.
    func assertion(_ file: [UInt8]) -> CBORValue {
      let entries = members.filter { $0.name != ZIPDirectory.storeName && !$0.name.hasSuffix("/") }
      return [
        "alg": "sha256",
        "uris": .array(
          entries.map { entry in
            [
              "uri": .text(entry.name.split(separator: " ").joined(separator: "%20")),
              "hash": .bytes(HashAlgorithm.sha256.digest(Array(file[ranges[entry.name]!]))),
            ]
          }),
        "zip_central_directory_hash": .bytes(HashAlgorithm.sha256.digest(Array(file[directory]))),
      ]
    }

    mutating func carry(_ store: [UInt8]) {
      members.removeAll { $0.name == ZIPDirectory.storeName }
      members.append((ZIPDirectory.storeName, store))
    }
  }

  private static let store: [UInt8] =
    [0, 0, 0, 20] + Array("jumb".utf8) + [UInt8](repeating: 0, count: 12)

  /// The map with another value under `key`; null takes it away.
  private func setting(_ key: String, _ value: CBORValue, in assertion: CBORValue) -> CBORValue {
    guard case .map(let members) = assertion else { preconditionFailure("no map") }
    let others = members.filter { $0.key != .text(key) }
    return .map(value == .null ? others : others + [.init(.text(key), value)])
  }

  private func judge(_ assertion: CBORValue, _ file: [UInt8]) throws -> [StatusCode] {
    let format = try AssetFormat.detect(in: file)
    return HardBinding.validate(
      assertionLabel: "c2pa.hash.collection.data", assertion: assertion, asset: file,
      format: format, store: try EmbeddedStore.locate(in: file, format: format)
    ).map(\.code)
  }

  @Test func `Every member of a document is compared, and the list of them`() throws {
    var document = Document()
    document.carry(Self.store)
    let file = document.bytes()
    #expect(try AssetFormat.detect(in: file) == .zip(name: "EPUB"))
    let good = document.assertion(file)
    #expect(try judge(good, file) == [.assertionCollectionHashMatch])

    // C2PA 2.5 leaves the checksum of the manifest's own member out of the list's hash.
    let checksum = try #require(
      ZIPDirectory(file).entries.first { $0.name == ZIPDirectory.storeName }?.checksum)
    let list =
      Array(file[document.directory.lowerBound..<checksum.lowerBound])
      + Array(file[checksum.upperBound..<document.directory.upperBound])
    var summed = file
    summed[checksum.lowerBound] = 9
    let newer = setting(
      "zip_central_directory_hash", .bytes(HashAlgorithm.sha256.digest(list)), in: good)
    #expect(try judge(newer, summed) == [.assertionCollectionHashMatch])
    #expect(try judge(good, summed) == [.assertionCollectionHashMismatch])

    var changed = file
    changed[try #require(document.ranges["chapter 1.html"]).upperBound - 1] ^= 1
    #expect(try judge(good, changed) == [.assertionCollectionHashMismatch])
    var renamed = file
    renamed[document.directory.lowerBound + 10] ^= 1
    #expect(try judge(good, renamed) == [.generalError])
    var commented = file
    commented[document.directory.lowerBound + 38] ^= 1
    #expect(try judge(good, commented) == [.assertionCollectionHashMismatch])
  }

  @Test func `A member that is new, gone or hidden is noticed`() throws {
    var document = Document()
    document.carry(Self.store)
    let whole = document.bytes()
    let good = document.assertion(whole)
    var more = document
    more.members.insert(("new.js", [9]), at: 1)
    let file = more.bytes()
    let listed = more.assertion(file)
    #expect(try judge(listed, file) == [.assertionCollectionHashMatch])
    var unlisted = document
    unlisted.members.insert(("new.js", [9]), at: 3)
    #expect(try judge(good, unlisted.bytes()) == [.assertionCollectionHashIncorrectFileCount])
    var fewer = document
    fewer.members.remove(at: 1)
    #expect(try judge(good, fewer.bytes()) == [.assertionCollectionHashIncorrectFileCount])
    var gapped = document
    gapped.gap = [1]
    #expect(try judge(good, gapped.bytes()) == [.generalError])
    var stuffed = document
    stuffed.extra = [1, 2, 3, 4]
    #expect(try judge(good, stuffed.bytes()) == [.assertionCollectionHashMismatch])
    let unbound = setting("zip_central_directory_hash", .null, in: good)
    #expect(try judge(unbound, document.bytes()) == [.assertionCollectionHashMismatch])
  }

  @Test(arguments: [
    "../a", "a/../b", "./a", "/a", "a//b", "https://example.org/a", "a?b", "a#b", "%2e%2e/a",
    "a%2fb", "a%5Cb", "a%0", "a\\b", "",
  ])
  func `A URI that could lead elsewhere`(_ uri: String) throws {
    var document = Document()
    document.carry(Self.store)
    let assertion: CBORValue = [
      "alg": "sha256",
      "uris": [["uri": .text(uri), "hash": .bytes([UInt8](repeating: 0, count: 32))]],
    ]
    #expect(try judge(assertion, document.bytes()) == [.assertionCollectionHashInvalidURI])
  }

  @Test func `An assertion that lacks a part`() throws {
    var document = Document()
    document.carry(Self.store)
    let file = document.bytes()
    let good = document.assertion(file)
    let entry: CBORValue = ["uri": "a.txt", "hash": .bytes([1])]
    let cases: [CBORValue] = [
      ["alg": "sha256"], ["alg": "sha256", "uris": []], setting("alg", .null, in: good),
      ["alg": "sha256", "uris": [["uri": "a.txt"]]],
      ["alg": "sha256", "uris": [["hash": .bytes([1])]]],
      ["alg": "sha256", "uris": [entry, entry]],
    ]
    for assertion in cases {
      #expect(try judge(assertion, file) == [.assertionCollectionHashMalformed])
    }
    #expect(try judge(setting("alg", "md5", in: good), file) == [.algorithmUnsupported])
  }

  private func report(_ signed: SignedPNG, at path: String) throws -> VerificationReport {
    Verifier(trust: SignedPNG.trust, at: SignedPNG.now)
      .verify(try FileByteSource(path: path), members: FolderMembers(beside: path))
  }

  @Test func `A manifest beside the files it was made for`() throws {
    let folder = try TemporaryDirectory()
    try folder.write("one.txt", [1])
    try folder.write("two.txt", [2])
    var signed = SignedPNG()
    signed.isBound = false
    func entry(_ name: String, _ byte: UInt8) -> CBORValue {
      ["uri": .text(name), "hash": .bytes(HashAlgorithm.sha256.digest([byte]))]
    }
    signed.assertions.append(
      (
        "c2pa.hash.collection.data",
        ["alg": "sha256", "uris": [entry("one.txt", 1), entry("two.txt", 2)]]
      ))
    try folder.write("manifest.c2pa", signed.store())
    let path = folder.path("manifest.c2pa")
    #expect(try report(signed, at: path).state == .trusted)

    // A folder may hold more than was signed (C2PA 2.5 section 16.3.4), not less.
    try folder.write("three.txt", [3])
    #expect(try report(signed, at: path).state == .trusted)
    try folder.write("two.txt", [9])
    let changed = try report(signed, at: path)
    #expect(changed.state == .invalid)
    #expect(changed.codes(.failure) == ["assertion.collectionHash.mismatch"])
    let elsewhere = try TemporaryDirectory()
    try elsewhere.write("manifest.c2pa", signed.store())
    #expect(
      try report(signed, at: elsewhere.path("manifest.c2pa")).codes(.failure)
        == ["assertion.collectionHash.incorrectFileCount"])
    // Of the bytes alone nobody knows where they lay.
    let alone = Verifier(trust: SignedPNG.trust, at: SignedPNG.now).verify(try signed.store())
    #expect(alone.state == .invalid)
    #expect(alone.codes(.failure) == ["assay.notSupported"])
  }

  @Test func `A signed document`() throws {
    var signed = SignedPNG()
    signed.isBound = false
    var document = Document()
    document.carry([])
    var file = document.bytes()
    var assertion = document.assertion(file)
    // The store's length stands in the list of members that it signs.
    for _ in 0..<2 {
      signed.assertions = [
        SignedPNG().assertions[0], ("c2pa.hash.collection.data", assertion),
      ]
      document.carry(try signed.store())
      file = document.bytes()
      assertion = document.assertion(file)
    }
    let verifier = Verifier(trust: SignedPNG.trust, at: SignedPNG.now)
    let report = verifier.verify(file, name: "book.epub")
    #expect(report.state == .trusted)
    #expect(report.format == "EPUB")
    var changed = file
    changed[try #require(document.ranges["chapter 1.html"]).upperBound - 1] ^= 1
    #expect(verifier.verify(changed).state == .invalid)
    // What is no document with a manifest says so, however loosely it was packed.
    var plain = Document()
    plain.gap = [0]
    #expect(verifier.verify(plain.bytes()).state == .noManifest)
  }
}
