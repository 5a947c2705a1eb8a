import Fingerprint
import Glibc
import Pixels
import Testing

struct PDQTests {
  /// A picture made of nothing but arithmetic, so that its hash can be told beforehand.
  static func pattern(width: Int, height: Int) -> RGBImage {
    var pixels: [UInt8] = []
    for y in 0..<height {
      for x in 0..<width {
        let values = [(x * x + 3 * y) % 251, (x * y + 7 * x) % 241, (5 * y * y + x) % 239]
        pixels += values.map(UInt8.init)
      }
    }
    return RGBImage(width: width, height: height, pixels: pixels)!
  }

  /// Computed by PyPI pdqhash 0.2.8, which wraps the C++ reference, on the same arrays.
  @Test(arguments: PDQVectors.patterns)
  func aPatternHasTheReferencesHash(_ vector: PDQVectors.Pattern) throws {
    let pdq = PDQ(of: Self.pattern(width: vector.width, height: vector.height))
    #expect(pdq.hash.description == vector.hash)
    #expect(pdq.quality == vector.quality)
    #expect(pdq.dihedral.map(\.description) == vector.dihedral)
  }

  @Test func aPictureTooSmallHasNoHash() {
    let pdq = PDQ(of: Self.pattern(width: 4, height: 90))
    #expect(pdq.hash.description == String(repeating: "0", count: 64))
    #expect(pdq.quality == 0)
    #expect(!pdq.isReliable)
  }

  @Test func aFlatPictureIsNotReliable() throws {
    let grey = try #require(
      RGBImage(width: 200, height: 100, pixels: [UInt8](repeating: 90, count: 60_000)))
    #expect(!PDQ(of: grey).isReliable)
  }

  /// The eight hashes of a picture are the hashes of the eight pictures, but for the sampling grid.
  @Test func aMirroredPictureIsFoundByItsDihedralHashes() throws {
    let side = 256
    func bright(_ x: Int, _ y: Int) -> UInt8 {
      let (across, down) = (Double(x) / 40, Double(y) / 55)
      return UInt8(127 + 60 * sin(across * down + across) + 60 * cos(down * 1.7 - across))
    }
    func picture(_ mirrored: Bool) throws -> RGBImage {
      let pixels = (0..<side * side).flatMap { index in
        let (x, y) = (index % side, index / side)
        return [UInt8](repeating: bright(mirrored ? side - 1 - x : x, y), count: 3)
      }
      return try #require(RGBImage(width: side, height: side, pixels: pixels))
    }
    let mirrored = PDQ(of: try picture(true)).hash
    let distances = PDQ(of: try picture(false)).dihedral.map { $0.distance(to: mirrored) }
    #expect(distances[5] <= 20)
    #expect(distances[0] > PDQHash.matchDistance)
  }
}
