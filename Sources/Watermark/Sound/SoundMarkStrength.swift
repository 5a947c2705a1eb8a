/// By how many decibels each chip of a sound is changed so that its mark can be read: little where the sound
/// itself leans the right way, more where it leans the other.
struct SoundMarkStrength {
  /// Decibels between a chip's two slots.
  static let standard: Float = 1.8
  private static let range: ClosedRange<Float> = 0.9...3.6
  /// What the mean of a coded bit's chips in one tile should come to, as the search sees it, and how much
  /// of a change in decibels it sees: windows and neighbouring bands blur the rest.
  private static let wanted: Float = 1.6
  private static let seen: Float = 0.8

  /// Signed decibels: ``SoundMarkPlan/bandCount`` for each chip of 40 ms.
  let chips: [Float]
  let count: Int

  /// - Parameter host: the sound without the mark.
  init(_ pattern: SoundMarkPattern, host: SoundCells) {
    let bands = SoundMarkPlan.bandCount
    let tile = SoundMarkPlan.chipsPerBand
    count = host.count / SoundCells.positionsPerChip + 1
    var chips = [Float](repeating: 0, count: count * bands)
    for start in stride(from: 0, to: count, by: tile) {
      let times = start..<min(start + tile, count)
      var sums = [Float](repeating: 0, count: SoundMarkPattern.groupCount)
      var sizes = sums
      for time in times {
        let position = time * SoundCells.positionsPerChip
        guard position < host.count else { continue }
        for band in 0..<bands {
          let chip = (time - start) * bands + band
          sums[pattern.groups[chip]] +=
            host.changes[position * bands + band] * pattern.signs[chip]
          sizes[pattern.groups[chip]] += 1
        }
      }
      let strengths = (0..<SoundMarkPattern.groupCount).map { group in
        guard group != SoundMarkPattern.syncGroup, sizes[group] > 0 else { return Self.standard }
        let missing = (Self.wanted - sums[group] / sizes[group]) / Self.seen
        return min(max(missing, Self.range.lowerBound), Self.range.upperBound)
      }
      for time in times {
        for band in 0..<bands {
          let chip = (time - start) * bands + band
          chips[time * bands + band] = strengths[pattern.groups[chip]] * pattern.signs[chip]
        }
      }
    }
    self.chips = chips
  }
}
