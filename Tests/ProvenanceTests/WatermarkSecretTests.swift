import Glibc
import MediaJobs
import Testing

@testable import Provenance
@testable import Watermark

/// Vectors from Benchmarks/watermark/reference.py, which was written from the documentation alone.
struct WatermarkSecretTests {
  let secret = WatermarkSecret((0..<32).map { UInt8($0) })!
  let id: UInt64 = 0x0123_4567_89AB_CDEF

  @Test func carriersAndPhasesAreThoseOfTheReference() {
    let plan = secret.key.plan
    #expect(CarrierPlan.frequencies.count == 956)
    #expect(plan.sync.count == 286 && plan.payload.count == 670)
    #expect(plan.sync[..<4].map { [$0.u, $0.v] } == [[-23, 5], [17, 16], [-14, 12], [-18, 3]])
    #expect(plan.payload[..<4].map { [$0.u, $0.v] } == [[5, 5], [-18, 1], [6, 19], [-18, 2]])
    for (n, phase) in [5.428298, 6.014819, 0.365459].enumerated() {
      #expect(abs(plan.syncCosines[n] - Float(cos(phase))) < 1e-5)
      #expect(abs(plan.syncSines[n] - Float(sin(phase))) < 1e-5)
    }
    #expect(plan.slots[..<8] == [291, 81, 100, 295, 19, 19, 254, 89])
    #expect(plan.signs[..<8] == [-1, 1, 1, -1, -1, -1, -1, -1])
  }

  @Test func tagAndCodeAreThoseOfTheReference() {
    #expect(secret.key.tag(id) == 0xB8B214)
    let coded = ConvolutionalCode.encode(secret.key.payload(of: id).bits)
    #expect(coded[..<32].map(String.init).joined() == "00000000000000000000000000001111")
  }

  @Test func theTileIsThatOfTheReference() {
    let tile = WatermarkTile(id: id, key: secret.key)
    for (x, y, value) in [
      (0, 0, 0.4297), (1, 0, 0.7137), (0, 1, 0.7725), (77, 13, 0.0058), (127, 127, 0.1955),
    ] as [(Int, Int, Float)] {
      #expect(abs(tile.values[y * 128 + x] - value) < 2e-4, "\(x), \(y)")
    }
  }

  @Test func theMarkOfSoundsIsThatOfTheReference() throws {
    let plan = secret.soundKey.plan
    #expect(plan.sync.count == 320 && plan.payload.count == 1472)
    #expect(plan.sync[..<6] == [115, 522, 568, 52, 1611, 1414])
    #expect(plan.syncSigns[..<6] == [-1, 1, -1, 1, 1, 1])
    #expect(plan.payload[..<6] == [12, 197, 1070, 202, 1280, 909])
    #expect(plan.slots[..<8] == [44, 49, 340, 78, 244, 148, 103, 8])
    #expect(plan.signs[..<8] == [1, -1, 1, -1, 1, -1, -1, -1])
    #expect(secret.soundKey.tag(id) == 0xB7F996)
    let pattern = SoundMarkPattern(id: id, key: secret.soundKey)
    let tile = pattern.signs[..<32].map { $0 > 0 ? "+" : "-" }.joined()
    #expect(tile == "+-+++-+++---+-+-+-+++-++-+-++-++")
    #expect(SoundMarkPattern(codes: secret.soundMark(id: id).codes) == pattern)
  }

  @Test func aTileSurvivesItsWayIntoAnotherProcess() throws {
    let tile = WatermarkTile(id: id, key: secret.key)
    let again = try #require(WatermarkTile(fixedPoint: secret.mark(id: id).tile))
    let worst = zip(tile.values, again.values).map { abs($0 - $1) }.max()
    #expect(try #require(worst) < 1e-3)
    #expect(WatermarkTile(fixedPoint: []) == nil)
    #expect(WatermarkTile(fixedPoint: [Int16](repeating: 3, count: 16384)) == nil)
  }

  @Test func secretsHaveAtLeast16Bytes() {
    #expect(WatermarkSecret([UInt8](repeating: 1, count: 15)) == nil)
    #expect(WatermarkSecret([UInt8](repeating: 1, count: 16)) != nil)
  }

  @Test func idsAreWrittenAs16Digits() {
    #expect(WatermarkID.text(0xAB) == "00000000000000ab")
    #expect(WatermarkID.parse("00000000000000ab") == 0xAB)
    for wrong in ["", "ab", "+0000000000000ab", "00000000000000zz", "0x000000000000ab"] {
      #expect(WatermarkID.parse(wrong) == nil)
    }
    #expect(WatermarkID.bytes(id) == [0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF])
    #expect(secret.id(of: "video_1") != secret.id(of: "video_2"))
  }
}
