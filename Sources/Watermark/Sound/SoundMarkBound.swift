import Glibc

/// How unlikely it is that a sound without a mark is taken for one, whatever is to be heard in it.
///
/// The sum over chips of sign times change, divided by the root of the changes' squares, is sub-Gaussian
/// over the key's signs for any fixed sound: P(c > t) <= exp(-t² / 2) (Hoeffding). Which stretches, places
/// and speeds are tried follows from the sound's length alone, and the union bound counts all of them.
/// `present` rests on the sync chips. `readable` rests on all chips: of the 2^64 words with a right tag, none
/// may come as near.
struct SoundMarkBound: Equatable {
  /// What each verdict may err by, in one file, over all keys tried.
  static let target = FalseAcceptBound.target

  let hypotheses: Double

  /// - Parameter stretches: folded sums that are searched, at all their places.
  init(stretches: Int, keys: Int) {
    hypotheses = Double(max(stretches, 1) * SoundCells.positionsPerTile * max(keys, 1))
  }

  /// The least correlation of the sync chips for `present`.
  var presentThreshold: Double { threshold(words: 1) }
  /// The least correlation of all chips with those of the id that was read.
  var readableThreshold: Double { threshold(words: 0x1p64) }

  private func threshold(words: Double) -> Double {
    (2 * (log(hypotheses) + log(words) - log(Self.target))).squareRoot()
  }

  /// The bound on either verdict being given to a sound without a mark.
  var probability: Double { 2 * Self.target }
}
