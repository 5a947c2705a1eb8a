/// An invisible mark for the sound of one file, computed where the key is. Of the key nothing else crosses
/// into the sandbox.
public struct SoundMarkRequest: Equatable, Sendable {
  /// A tile has 28 bands of 64 chips.
  public static let codeCount = 28 * 64

  /// `Watermark`'s numbers, a sign and a group for each chip.
  public var codes: [Int16]

  public init(codes: [Int16]) { self.codes = codes }
}
