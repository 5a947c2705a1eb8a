public import Pixels

/// The PDQ image fingerprint (Meta, "The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing
/// Algorithm", 2019), bit for bit as the reference computes it from the full-size picture.
///
/// The order of float32 operations is part of the definition: a flat picture's bits are nothing but
/// rounding.
public struct PDQ: Equatable, Sendable {
  /// A picture below this is too featureless for its hash to mean anything.
  public static let reliableQuality = 50
  /// Pictures smaller than this on a side have no hash.
  public static let minimumSide = 5

  public let hash: PDQHash
  /// 0 to 100: how much there is to see in the picture.
  public let quality: Int
  /// The hashes of the picture turned and mirrored, this one first. A list holds one form of a
  /// picture; a query asks for all eight.
  public let dihedral: [PDQHash]

  public var isReliable: Bool { quality >= Self.reliableQuality }

  public init(of image: RGBImage) {
    guard image.width >= Self.minimumSide, image.height >= Self.minimumSide else {
      self.init(
        quality: 0, dihedral: [PDQHash](repeating: PDQHash(words: .zero), count: 8))
      return
    }
    self.init(reduced: JaroszFilter.reduced(image))
  }

  /// - Parameter small: the picture's brightness as `JaroszFilter` leaves it.
  init(reduced small: [Float]) {
    let coefficients = PDQTransform.coefficients(of: small)
    self.init(
      quality: Self.quality(of: small),
      dihedral: PDQTransform.Symmetry.all.map { $0.hash(of: coefficients) })
  }

  private init(quality: Int, dihedral: [PDQHash]) {
    hash = dihedral[0]
    self.quality = quality
    self.dihedral = dihedral
  }

  /// The sum of steps between neighbours, each cut to a whole per cent of the range.
  private static func quality(of small: [Float]) -> Int {
    let side = JaroszFilter.side
    var total = 0
    for row in 0..<side {
      for column in 0..<side {
        let here = small[row * side + column]
        if row + 1 < side { total += step(here, small[(row + 1) * side + column]) }
        if column + 1 < side { total += step(here, small[row * side + column + 1]) }
      }
    }
    return min(total / 90, 100)
  }

  private static func step(_ one: Float, _ other: Float) -> Int {
    abs(Int((one - other) * 100 / 255))
  }
}
