/// Words by which a recording says at its beginning that a machine made it.
public enum SpokenDisclosure {
  /// Disclosures stand at the beginning: seconds that are listened to. Room for the rhythm, and for words as
  /// long as a gateway takes.
  public static let seconds = 12.0

  private static let makers: Set<String> = [
    "ai", "artificial intelligence", "computer", "machine", "synthetic", "synthetically",
    "text to speech",
  ]
  private static let makings: Set<String> = [
    "generated", "made", "created", "produced", "voice", "narrated", "spoken", "synthesized",
    "synthesised", "read", "recording", "audio", "voiced", "generation", "content",
  ]
  /// Words between the two: "made entirely with artificial intelligence".
  private static let reach = 4

  /// Whether a transcript says so: that who or what made it is a machine, in a few words of one another.
  /// English, as the recogniser hears it.
  public static func isSaid(in transcript: String) -> Bool {
    // "A.I." and "AI" are heard alike.
    let letters = transcript.lowercased().replacing("a.i.", with: "ai").replacing("a.i", with: "ai")
    let words = letters.split { !$0.isLetter }.map(String.init)
    func places(of terms: Set<String>) -> [Range<Int>] {
      terms.flatMap { term -> [Range<Int>] in
        let parts = term.split(separator: " ").map(String.init)
        guard parts.count <= words.count else { return [] }
        return (0...words.count - parts.count).filter {
          Array(words[$0..<$0 + parts.count]) == parts
        }.map { $0..<$0 + parts.count }
      }
    }
    let made = places(of: makings)
    return places(of: makers).contains { maker in
      made.contains { making in
        making.lowerBound >= maker.upperBound
          ? making.lowerBound - maker.upperBound <= reach
          : maker.lowerBound >= making.upperBound
            && maker.lowerBound - making.upperBound <= reach
      }
    }
  }
}
