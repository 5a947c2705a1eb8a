/// A text to read aloud.
public struct SpeechRequest: Equatable, Sendable {
  public enum Format: String, CaseIterable, Sendable { case mp3, wav, flac }

  /// 4096 characters are what OpenAI's API takes; twice that is read here.
  public static let maximumCharacters = 8192

  public var text: String
  /// A voice of flite: `slt`, `rms`, `awb`, `kal16`. Unknown ones are read by the first.
  public var voice: String
  /// 0.25 to 4.
  public var speed: Double
  public var format: Format

  public init(text: String, voice: String = "slt", speed: Double = 1, format: Format = .wav) {
    self.text = text
    self.voice = voice
    self.speed = speed
    self.format = format
  }
}
