/// The tile that repeats over a marked sound: one id of one key, a sign for each of 1792 chips. It is all
/// that embedding needs: nobody can write another id with it.
public struct SoundMarkPattern: Equatable, Sendable {
  public static let chipCount = SoundMarkPlan.chipCount
  /// Chips that say the same: those of one coded bit, or all sync chips, which come last.
  static let groupCount = ConvolutionalCode.codedCount + 1
  static let syncGroup = ConvolutionalCode.codedCount

  let signs: [Float]
  let groups: [Int]

  public init(id: UInt64, key: SoundMarkKey) {
    let plan = key.plan
    let code = ConvolutionalCode.encode(key.payload(of: id).bits)
    var signs = [Float](repeating: 0, count: Self.chipCount)
    var groups = [Int](repeating: Self.syncGroup, count: Self.chipCount)
    for (index, chip) in plan.sync.enumerated() { signs[chip] = plan.syncSigns[index] }
    for (index, chip) in plan.payload.enumerated() {
      let slot = plan.slots[index]
      signs[chip] = (1 - 2 * Float(code[slot])) * plan.signs[index]
      groups[chip] = slot
    }
    self.signs = signs
    self.groups = groups
  }

  /// From ``codes``, as it crosses into another process. Nil when it is not a tile's.
  public init?(codes: [Int16]) {
    guard codes.count == Self.chipCount else { return nil }
    guard codes.allSatisfy({ (1...Self.groupCount).contains(Int($0.magnitude)) }) else {
      return nil
    }
    signs = codes.map { $0 < 0 ? -1 : 1 }
    groups = codes.map { Int($0.magnitude) - 1 }
  }

  /// The number of each chip's group, from 1, times its sign.
  public var codes: [Int16] {
    zip(groups, signs).map { Int16($0 + 1) * ($1 < 0 ? -1 : 1) }
  }
}
