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

  /// Viterbi's algorithm on soft values, positive ones meaning bit 0: the payload bits of the most
  /// likely code word.
  ///
  /// - Precondition: `codedCount` values.
  static func decode(_ soft: [Float]) -> [UInt8] {
    precondition(soft.count == codedCount)
    var metrics = [Float](repeating: -.infinity, count: stateCount)
    metrics[0] = 0
    var next = metrics
    // Whether each state was reached from the predecessor with the oldest bit set.
    var choices = [Bool](repeating: false, count: stepCount * stateCount)
    for step in 0..<stepCount {
      let value = SIMD4(
        soft[4 * step], soft[4 * step + 1], soft[4 * step + 2], soft[4 * step + 3])
      for state in 0..<stateCount {
        let low = state >> 1
        let high = low | stateCount >> 1
        let fromLow = metrics[low] + (signals[low << 1 | state & 1] * value).sum()
        let fromHigh = metrics[high] + (signals[high << 1 | state & 1] * value).sum()
        choices[step * stateCount + state] = fromHigh > fromLow
        next[state] = max(fromLow, fromHigh)
      }
      swap(&metrics, &next)
    }
    var bits = [UInt8](repeating: 0, count: stepCount)
    var state = 0
    for step in stride(from: stepCount - 1, through: 0, by: -1) {
      bits[step] = UInt8(state & 1)
      let isHigh = choices[step * stateCount + state]
      state = state >> 1 | (isHigh ? stateCount >> 1 : 0)
    }
    return Array(bits[..<WatermarkPayload.bitCount])
  }
}
