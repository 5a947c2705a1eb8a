import Bytes
import C2PA
import CBOR
import Containers
import PKI
import Testing

/// `c2pa.hash.boxes` over containers other than JPEG and PNG, in files made here.
struct BoxesHashTests {
  private static func little(_ value: Int) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  private static let wave: [UInt8] = {
    let body =
      Array("WAVEfmt ".utf8) + little(2) + [1, 0] + Array("data".utf8) + little(4) + [1, 2, 3, 4]
    return Array("RIFF".utf8) + little(body.count) + body
  }()

  private static let gif: [UInt8] =
    Array("GIF89a".utf8) + [1, 0, 1, 0, 0x80, 0, 0] + [0, 0, 0, 1, 1, 1]
    + [0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 1, 0x44, 0, 0x3B]

  private static let ogg: [UInt8] = {
    func page(_ serial: UInt8, _ payload: [UInt8]) -> [UInt8] {
      Array("OggS".utf8) + [0, 2] + [UInt8](repeating: 0, count: 8) + [serial, 0, 0, 0]
        + [UInt8](repeating: 0, count: 8) + [1, UInt8(payload.count)] + payload
    }
    return page(1, [1, 2, 3]) + page(7, [0] + Array("c2pa".utf8) + store) + page(1, [4, 5])
  }()

  private static let store: [UInt8] = {
    var bytes: [UInt8] = []
    bytes.appendBigEndian(UInt32(20))
    return bytes + Array("jumb".utf8) + [UInt8](repeating: 0, count: 12)
  }()

  private static func carrying(_ file: [UInt8]) throws -> [UInt8] {
    let format = try AssetFormat.detect(in: file)
    if format == .ogg { return file }
    let plan = try StoreInsertion.plan(file, format: format, storeLength: store.count)
    var bytes = try plan.asset.read(0..<plan.asset.count)
    bytes.replaceSubrange(plan.range, with: try plan.framed(store))
    return bytes
  }

  private func judge(_ entries: [CBORValue], _ file: [UInt8]) throws -> [StatusCode] {
    let format = try AssetFormat.detect(in: file)
    return HardBinding.validate(
      assertionLabel: "c2pa.hash.boxes", assertion: ["boxes": .array(entries), "alg": "sha256"],
      asset: file, format: format, store: try EmbeddedStore.locate(in: file, format: format)
    ).map(\.code)
  }

  private func entries(_ file: [UInt8]) throws -> [CBORValue] {
    let format = try AssetFormat.detect(in: file)
    return try AssetBoxes(
      of: file, format: format, store: EmbeddedStore.locate(in: file, format: format)
    ).boxes.map { box in
      let bytes = box.ranges.flatMap { Array(file[$0]) }
      let hash = box.name == AssetBoxes.storeName ? [0] : HashAlgorithm.sha256.digest(bytes)
      return ["names": [.text(box.name)], "hash": .bytes(hash)]
    }
  }

  @Test(arguments: [wave, gif, ogg])
  func `Every box is compared, none may be missing, moved or new`(_ bare: [UInt8]) throws {
    let file = try Self.carrying(bare)
    let good = try entries(file)
    #expect(try judge(good, file) == [.assertionBoxesHashMatch])
    // The last byte that is content, not framing.
    var changed = file
    let index = try #require(changed.lastIndex(of: 4) ?? changed.lastIndex(of: 0x44))
    changed[index] ^= 1
    #expect(try judge(good, changed) == [.assertionBoxesHashMismatch])
    let unknown = Array(good.dropLast())
    #expect(try judge(unknown, file) == [.assertionBoxesHashUnknownBox])
    #expect(try judge(good + [good[0]], file) == [.assertionBoxesHashMismatch])
    #expect(try judge(good.reversed(), file) == [.assertionBoxesHashMismatch])
    #expect(try judge([], file) == [.assertionBoxesHashMalformed])
  }

  @Test func `Spaces that fill a name up do not matter`() throws {
    let file = try Self.carrying(Self.wave)
    let spaced = try entries(file).map { entry -> CBORValue in
      guard entry["names"]?.array?.first?.text == "fmt" else { return entry }
      return ["names": ["fmt "], "hash": entry["hash"] ?? 0]
    }
    #expect(try judge(spaced, file) == [.assertionBoxesHashMatch])
  }

  @Test func `A part of a bitstream is not left out`() throws {
    var list = try entries(Self.ogg)
    let first = list[0]
    list[0] = [
      "names": first["names"] ?? 0, "hash": first["hash"] ?? 0,
      "exclusions": [["start": 0, "length": 1]],
    ]
    #expect(try judge(list, Self.ogg).contains(.assertionBoxesHashMalformed))
  }
}
