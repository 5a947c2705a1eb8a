/// A recording to be written again with an audible disclosure before its sound: the rhythm, and then words
/// where there are any.
public struct DisclosureRequest: Equatable, Sendable {
  /// Ten seconds: a listener waits no longer, and a message between the processes holds no more.
  public static let maximumSamples = 10 * sampleRate
  public static let sampleRate = 16_000

  /// What is said after the rhythm, one channel at 16 kHz; none for the rhythm alone.
  public var words: [Int16]
  /// Of the written file.
  public var format: SpeechRequest.Format

  public init(words: [Int16] = [], format: SpeechRequest.Format) {
    self.words = words
    self.format = format
  }
}
