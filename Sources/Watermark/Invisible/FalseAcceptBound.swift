import Glibc

/// How unlikely it is that a picture without a mark is taken for one, whatever the picture shows.
///
/// For a fixed picture and geometry the sync correlation at each displacement is sub-Gaussian over the
/// key's phases, P(c > t) <= exp(-t² / 2) (Hoeffding; E exp(s a cos θ) = I0(s a) <=
/// exp(s² a² / 4)). Geometries come from ``LatticeSearch``, which sees no key, and from steps around
/// them; the union bound counts every one that could be reached. Each payload that decoding proposes
/// has the right tag by chance once in 2^24.
public struct FalseAcceptBound: Equatable, Sendable {
  /// What each verdict may err by, in one file, over all keys tried.
  static let target = 5e-10

  /// Displacements, orientations, guesses, places that refinement can reach from each (15 steps on each
  /// of three axes), residuals (the whole picture and the inside of bars), keys.
  let hypotheses: Double

  init(keys: Int) {
    let displacements = Double(CarrierPlan.side * CarrierPlan.side)
    let guesses = Double(LatticeSearch.candidateCount + 1)
    hypotheses =
      displacements * Double(Orientation.allCases.count) * guesses
      * pow(Double(WatermarkDetector.reachableSteps), 3) * Double(WatermarkDetector.residualLimit)
      * Double(max(keys, 1))
  }

  /// The least sync correlation for `present`.
  var presentThreshold: Double { threshold(chance: 1) }
  /// The least sync correlation for `readable`, where the tag must match too.
  var readableThreshold: Double { threshold(chance: Self.tagChance) }

  private static let tagChance = Double(ConvolutionalCode.listCount) * 0x1p-24

  private func threshold(chance: Double) -> Double {
    (2 * log(hypotheses * chance / Self.target)).squareRoot()
  }

  /// The bound on either verdict being given to a picture without a mark.
  public var probability: Double { 2 * Self.target }
}
