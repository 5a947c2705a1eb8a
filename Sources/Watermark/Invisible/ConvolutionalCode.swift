/// The code that protects a mark's payload: constraint length 9, rate 1/4, generators 463, 535, 733,
/// 745 (octal), ended by eight zeros.
enum ConvolutionalCode {
  static let constraintLength = 9
  static let generators: [Int] = [0o463, 0o535, 0o733, 0o745]
  static let stepCount = WatermarkPayload.bitCount + constraintLength - 1
  static let codedCount = stepCount * generators.count
  private static let stateCount = 1 << (constraintLength - 1)

  /// Coded bits, four for each payload bit and each of the eight zeros after it. The newest bit is the
  /// register's least significant one.
  static func encode(_ bits: [UInt8]) -> [UInt8] {
    var register = 0
    return (bits + [UInt8](repeating: 0, count: constraintLength - 1)).flatMap { bit -> [UInt8] in
      register = (register << 1 | Int(bit)) & (2 * stateCount - 1)
      return outputs(register)
    }
  }

  private static func outputs(_ register: Int) -> [UInt8] {
    generators.map { UInt8((register & $0).nonzeroBitCount & 1) }
  }

  /// For each register content, +1 or -1 for each of the four outputs: bit 0 is sent as +1.
  private static let signals: [SIMD4<Float>] = (0..<2 * stateCount).map { register in
    let bits = outputs(register)
    return SIMD4(bits.map { 1 - 2 * Float($0) })
  }

  /// How many code words ``decode`` names.
  static let listCount = 16

  /// The payloads of the ``listCount`` most likely code words, best first: Viterbi's algorithm with
  /// that many survivors a state (Seshadri and Sundberg 1994), on soft values, positive ones meaning
  /// bit 0. Where noise makes the likeliest word a wrong one, the right one is often among the next;
  /// the payload's tag tells.
  ///
  /// - Precondition: `codedCount` values.
  static func decode(_ soft: [Float]) -> [[UInt8]] {
    precondition(soft.count == codedCount)
    let list = listCount
    // Survivors of each state, best first; the register starts with zeros.
    var metrics = [Float](repeating: -.infinity, count: stateCount * list)
    metrics[0] = 0
    var next = metrics
    // Where each survivor came from: twice its rank in the predecessor, plus 1 if that one had the
    // oldest bit set.
    var origins = [UInt8](repeating: 0, count: stepCount * stateCount * list)
    for step in 0..<stepCount {
      let value = SIMD4(
        soft[4 * step], soft[4 * step + 1], soft[4 * step + 2], soft[4 * step + 3])
      for state in 0..<stateCount {
        let low = state >> 1
        let high = low | stateCount >> 1
        let lowGain = (signals[low << 1 | state & 1] * value).sum()
        let highGain = (signals[high << 1 | state & 1] * value).sum()
        var (lowRank, highRank) = (0, 0)
        let first = (step * stateCount + state) * list
        for rank in 0..<list {
          let fromLow = metrics[low * list + lowRank] + lowGain
          let fromHigh = metrics[high * list + highRank] + highGain
          if fromHigh > fromLow {
            next[state * list + rank] = fromHigh
            origins[first + rank] = UInt8(highRank << 1 | 1)
            highRank += 1
          } else {
            next[state * list + rank] = fromLow
            origins[first + rank] = UInt8(lowRank << 1)
            lowRank += 1
          }
        }
      }
      swap(&metrics, &next)
    }
    return (0..<list).map { rank in
      var bits = [UInt8](repeating: 0, count: stepCount)
      var (state, rank) = (0, rank)
      for step in stride(from: stepCount - 1, through: 0, by: -1) {
        bits[step] = UInt8(state & 1)
        let origin = Int(origins[(step * stateCount + state) * list + rank])
        state = state >> 1 | (origin & 1 == 1 ? stateCount >> 1 : 0)
        rank = origin >> 1
      }
      return Array(bits[..<WatermarkPayload.bitCount])
    }
  }
}
