public import Fingerprint

/// A stretch of a file in which an output is heard. A soundtrack may lie under any pictures, so that it
/// says nothing of those; and of a recording it says what stands in it.
public struct HeardPassage: Equatable, Sendable {
  /// The second of the file from which on it is heard.
  public let start: Double
  /// The second of the output that is heard there.
  public let seconds: Double
  /// For so many seconds.
  public let length: Double

  public init(start: Double, seconds: Double, length: Double) {
    self.start = start
    self.seconds = seconds
    self.length = length
  }

  /// Whether a recording is for the greater part what is heard in it: then it is a copy, and does not
  /// only quote.
  public func covers(_ recording: Chromaprint) -> Bool { length >= recording.seconds / 2 }
}

/// An output that is heard in a file.
public struct Hearing: Equatable, Sendable {
  public let manifestID: String
  /// 0 to 100.
  public let similarity: Int
  public let passage: HeardPassage

  public init(manifestID: String, similarity: Int, passage: HeardPassage) {
    self.manifestID = manifestID
    self.similarity = similarity
    self.passage = passage
  }
}
