import Bytes
import StrictJSON

/// Whisper's vocabulary as the converter writes it.
struct WhisperTokens: Sendable {
  let endOfText: Int
  let startOfTranscript: Int
  let noSpeech: Int
  let noTimestamps: Int
  let firstTimestamp: Int
  /// Never emitted: brackets, notes and other signs of what is not speech.
  let suppressed: [Int]
  /// Never emitted first: a blank or an end.
  let suppressedFirst: [Int]
  private let pieces: [[UInt8]]

  /// Nil when the file is not what the converter writes.
  init?(json bytes: [UInt8]) {
    guard let document = try? JSONValue.parse(bytes),
      let endOfText = document["end_of_text"]?.integer,
      let startOfTranscript = document["start_of_transcript"]?.integer,
      let noSpeech = document["no_speech"]?.integer,
      let noTimestamps = document["no_timestamps"]?.integer,
      let firstTimestamp = document["first_timestamp"]?.integer,
      let suppressed = document["suppress"]?.array?.compactMap(\.integer),
      let suppressedFirst = document["suppress_first"]?.array?.compactMap(\.integer),
      let pieces = document["pieces"]?.array?.compactMap({ $0.string.flatMap(Base64.decode) }),
      pieces.count == endOfText
    else { return nil }
    self.endOfText = endOfText
    self.startOfTranscript = startOfTranscript
    self.noSpeech = noSpeech
    self.noTimestamps = noTimestamps
    self.firstTimestamp = firstTimestamp
    self.suppressed = suppressed
    self.suppressedFirst = suppressedFirst
    self.pieces = pieces
  }

  /// The text of text tokens; special ones are passed over. A piece may end inside a character.
  func text(_ tokens: some Sequence<Int>) -> String {
    let bytes = tokens.filter { $0 < endOfText }.flatMap { pieces[$0] }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Seconds from the window's start; nil for a token that is no time.
  func time(_ token: Int) -> Double? {
    token >= firstTimestamp ? Double(token - firstTimestamp) * 0.02 : nil
  }
}
