import Glibc

/// The words that the text model knows, most common first: what tells a disguised word from a
/// strange one. Taken from the model's own vocabulary, so no other list has to be kept.
struct WordList: Sendable {
  /// Nothing is known: the normaliser goes by fixed rules then.
  static let none = WordList(ranks: [:])

  private let ranks: [String: Int]

  private init(ranks: [String: Int]) { self.ranks = ranks }

  /// `vocabulary` is `vocab.txt` of a BERT model, whose pieces stand in the order of how common
  /// they are. Only whole words of Latin letters are taken; of short ones, only those below.
  init(vocabulary: String) {
    var ranks: [String: Int] = [:]
    let lines = vocabulary.utf8.split(
      separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    ranks.reserveCapacity(lines.count)
    for (line, piece) in lines.enumerated() {
      guard !piece.isEmpty, piece.allSatisfy({ (0x61...0x7A).contains($0) }) else { continue }
      let word = String(Substring(piece))
      if piece.count > 2 || Self.shortWords.contains(word) { ranks[word] = line }
    }
    self.init(ranks: ranks)
  }

  /// The vocabulary lists each letter and many pairs of letters; these are words.
  private static let shortWords = Set(
    """
    a i am an as at be by do go he hi if in is it me my no of oh ok on or so to up us we
    """.split(separator: " ").map(String.init))

  var isEmpty: Bool { ranks.isEmpty }

  /// Lower is more common.
  func rank(_ word: String) -> Int? { ranks[word] }

  func contains(_ word: String) -> Bool { ranks[word] != nil }

  /// The share of the words of three letters or more that are known; 0 when there are none.
  func share(_ glyphs: some Collection<Glyph>) -> Double {
    var total = 0
    var known = 0
    var word = ""
    func finish() {
      if word.utf8.count > 2 {
        total += 1
        if ranks[word] != nil { known += 1 }
      }
      word = ""
    }
    for glyph in glyphs {
      if glyph.isASCIILetter {
        word.unicodeScalars.append(Unicode.Scalar(glyph.scalar.value | 0x20)!)
      } else if glyph.scalar != "'" {
        finish()
      }
    }
    finish()
    return total == 0 ? 0 : Double(known) / Double(total)
  }

  /// Longer runs are left in one piece: the search costs time, and no sentence is that long.
  static let longestRun = 80
  private static let longestWord = 18

  /// The likeliest way to cut a run of letters into known words, by how common the words are
  /// (Zipf's law stands in for counts); nil when there is none.
  ///
  /// - Parameter strangers: whether a part may be a word that is not known, which costs as much as
  ///   several that are.
  func cut(_ run: String, strangers: Bool = false) -> [String]? {
    let letters = Array(run.utf8)
    guard !ranks.isEmpty, (1...Self.longestRun).contains(letters.count) else { return nil }
    var best = [Double](repeating: .infinity, count: letters.count + 1)
    var start = [Int](repeating: 0, count: letters.count + 1)
    best[0] = 0
    for end in 1...letters.count {
      for from in max(0, end - Self.longestWord)..<end where best[from] < .infinity {
        // A word costs the logarithm of its rank, and a little for being one more.
        let rank = ranks[String(decoding: letters[from..<end], as: UTF8.self)]
        guard rank != nil || strangers && end - from > 2 else { continue }
        let cost =
          best[from] + (rank.map { log(Double($0)) + 2 } ?? 10 + 2.5 * Double(end - from))
        if cost < best[end] { (best[end], start[end]) = (cost, from) }
      }
    }
    guard best[letters.count] < .infinity else { return nil }
    var words: [String] = []
    var end = letters.count
    while end > 0 {
      words.append(String(decoding: letters[start[end]..<end], as: UTF8.self))
      end = start[end]
    }
    return words.reversed()
  }
}
