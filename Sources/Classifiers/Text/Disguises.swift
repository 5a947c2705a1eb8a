/// Tags inside words, words spelt letter by letter, and digits that stand for letters.
enum Disguises {
  /// `k<b>i</b>ll` to `kill`. Tags that are longer than any formatting tag are left: they may be
  /// text between a less-than and a greater-than sign.
  static func withoutTags(_ glyphs: [Glyph]) -> [Glyph] {
    guard glyphs.contains(where: { $0.scalar == "<" }) else { return glyphs }
    var out: [Glyph] = []
    var index = 0
    while index < glyphs.count {
      if let end = tagEnd(glyphs, index) {
        index = end
      } else {
        out.append(glyphs[index])
        index += 1
      }
    }
    return out
  }

  private static let longestTag = 24

  private static func tagEnd(_ glyphs: [Glyph], _ start: Int) -> Int? {
    guard glyphs[start].scalar == "<" else { return nil }
    var index = start + 1
    if index < glyphs.count, glyphs[index].scalar == "/" { index += 1 }
    guard index < glyphs.count, glyphs[index].isASCIILetter else { return nil }
    while index < glyphs.count, index - start <= longestTag {
      if glyphs[index].scalar == ">" { return index + 1 }
      if glyphs[index].scalar == "<" { return nil }
      index += 1
    }
    return nil
  }

  private static let separators = Set(" .-_*/|+,~".unicodeScalars)

  /// `k i l l` and `k.i.l.l` to `kill`: three or more single letters with the same sign between
  /// each. A wider gap ends the word. Several words that were spelt out in a row are one run of
  /// letters then, and are cut again: `k i l l a m a n` to `kill a man`.
  static func withJoinedLetters(_ glyphs: [Glyph], words: WordList = .none) -> [Glyph] {
    var out: [Glyph] = []
    out.reserveCapacity(glyphs.count)
    var index = 0
    while index < glyphs.count {
      let letters = spelled(glyphs, index)
      if letters.count >= 3, letters.contains(where: { glyphs[$0].isASCIILetter }) {
        let run = withLettersForDigits(letters.map { glyphs[$0] }, words: words)
        out += cut(run, words, strangers: true)
        index = letters.last! + 1
      } else {
        out.append(glyphs[index])
        index += 1
      }
    }
    return out
  }

  /// Words that were written together to `words written together`: a long run of letters that is
  /// no word, but three or more of them.
  static func withCutWords(_ glyphs: [Glyph], words: WordList) -> [Glyph] {
    guard !words.isEmpty else { return glyphs }
    var out: [Glyph] = []
    out.reserveCapacity(glyphs.count)
    var index = 0
    while index < glyphs.count {
      var end = index
      while end < glyphs.count, glyphs[end].isASCIILetter { end += 1 }
      if end - index >= shortestRun {
        let parts = cut(Array(glyphs[index..<end]), words)
        out += parts.count > end - index + 1 ? parts : Array(glyphs[index..<end])
      } else if end > index {
        out += glyphs[index..<end]
      }
      if end < glyphs.count { out.append(glyphs[end]) }
      index = end + 1
    }
    return out
  }

  /// Shorter ones are names and terms far more often than sentences.
  private static let shortestRun = 10

  private static func cut(
    _ letters: [Glyph], _ words: WordList, strangers: Bool = false
  ) -> [Glyph] {
    guard letters.allSatisfy(\.isASCIILetter) else { return letters }
    let run = text(letters)
    guard !words.contains(run), let parts = words.cut(run, strangers: strangers), parts.count > 1
    else { return letters }
    var out: [Glyph] = []
    var index = 0
    for part in parts {
      if index > 0 {
        let place = letters[index].source.lowerBound
        out.append(Glyph(scalar: " ", source: place..<place))
      }
      out += letters[index..<index + part.utf8.count]
      index += part.utf8.count
    }
    return out
  }

  private static func text(_ glyphs: some Sequence<Glyph>) -> String {
    String(String.UnicodeScalarView(glyphs.map(\.scalar))).lowercased()
  }

  /// Positions of the letters of a word that is spelt out from `start` on.
  private static func spelled(_ glyphs: [Glyph], _ start: Int) -> [Int] {
    func isLetter(_ index: Int) -> Bool {
      index < glyphs.count && (glyphs[index].isWord || imitations[glyphs[index].scalar] != nil)
    }
    guard isLetter(start), start == 0 || !glyphs[start - 1].isWord, start + 2 < glyphs.count,
      separators.contains(glyphs[start + 1].scalar)
    else { return [] }
    let separator = glyphs[start + 1].scalar
    var letters = [start]
    var index = start + 1
    while index + 1 < glyphs.count, glyphs[index].scalar == separator, isLetter(index + 1),
      !(isLetter(index + 2) && glyphs[index + 2].scalar != separator)
    {
      letters.append(index + 1)
      index += 2
    }
    return letters
  }

  private static let imitations: [Unicode.Scalar: Unicode.Scalar] = [
    "4": "a", "3": "e", "1": "i", "0": "o", "5": "s", "7": "t", "8": "b", "9": "g", "@": "a",
    "$": "s", "!": "i", "€": "e", "£": "l", "|": "l",
  ]

  private static let units: Set<String> = [
    "st", "nd", "rd", "th", "s", "k", "p", "d", "x", "i", "mm", "cm", "km", "m", "ft", "in", "kg",
    "g", "lb", "am", "pm", "fps", "hz", "khz", "mhz", "ghz", "mp", "kb", "mb", "gb", "tb", "px",
    "sec", "min", "h", "hr", "hrs", "yo", "yr", "yrs", "f", "c", "w", "v", "mph", "kmh", "bit",
    "bpm", "mins", "secs", "ml", "l",
  ]

  private static let makes: Set<String> = [
    "mp", "ps", "ak", "ar", "hd", "uhd", "av", "gpt", "rtx", "gtx", "mk", "vp", "covid", "web",
  ]

  /// `h4t3` to `hate`, but not `4k`, `10am`, `1080p`, `mp4` or `@name`. A sign may stand for
  /// several letters: of all readings the most common word is taken.
  static func withLettersForDigits(_ glyphs: [Glyph], words: WordList = .none) -> [Glyph] {
    guard glyphs.contains(where: { imitations[$0.scalar] != nil }) else { return glyphs }
    var out = glyphs
    var disguised = 0
    var numbers: [Range<Int>] = []
    for range in wordRanges(glyphs) {
      let word = Array(glyphs[range])
      if reads(glyphs[range]) {
        let known = reading(of: word, words)
        if known != nil { disguised += 1 }
        let letters = known ?? word.indices.map { letter(at: $0, of: word) }
        for index in word.indices { out[range.lowerBound + index].scalar = letters[index] }
      } else if range.count <= 3, word.allSatisfy({ imitations[$0.scalar] != nil }) {
        numbers.append(range)
      }
    }
    // `70` and `4` are numbers, but not among words that are written so.
    if disguised >= 2 {
      for range in numbers {
        for (index, letter) in zip(range, reading(of: Array(glyphs[range]), words) ?? []) {
          out[index].scalar = letter
        }
      }
    }
    return out
  }

  /// Runs of letters and of what imitates letters.
  private static func wordRanges(_ glyphs: [Glyph]) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    var start = 0
    while start < glyphs.count {
      var end = start
      while end < glyphs.count, isPartOfWord(glyphs[end]) { end += 1 }
      let next = end + 1
      // An exclamation mark at the end is an exclamation mark.
      while end > start, glyphs[end - 1].scalar == "!" || glyphs[end - 1].scalar == "|" { end -= 1 }
      if end > start { ranges.append(start..<end) }
      start = next
    }
    return ranges
  }

  private static let readings: [Unicode.Scalar: [Unicode.Scalar]] = [
    "4": ["a"], "3": ["e"], "1": ["i", "l"], "0": ["o"], "5": ["s"], "7": ["t"], "8": ["b"],
    "9": ["g", "q"], "2": ["z"], "6": ["g", "b"], "@": ["a"], "$": ["s"], "!": ["i", "l"],
    "€": ["e"], "£": ["l"], "|": ["l", "i"],
  ]
  /// Readings of one word that are looked up.
  private static let mostReadings = 128

  /// The most common known word that `word` can be read as.
  private static func reading(of word: [Glyph], _ words: WordList) -> [Unicode.Scalar]? {
    guard !words.isEmpty else { return nil }
    var candidates: [[Unicode.Scalar]] = [[]]
    for glyph in word {
      let choices = readings[glyph.scalar] ?? [glyph.scalar]
      guard candidates.count * choices.count <= mostReadings else { return nil }
      candidates = candidates.flatMap { start in choices.map { start + [$0] } }
    }
    let known = candidates.compactMap { candidate -> (letters: [Unicode.Scalar], rank: Int)? in
      words.rank(String(String.UnicodeScalarView(candidate)).lowercased()).map { (candidate, $0) }
    }
    return known.min { $0.rank < $1.rank }?.letters
  }

  /// A one is an l beside another, at the end of a word and before a vowel at its beginning
  /// (`ki11`, `gir1`, `1ove`), and an i elsewhere (`k1ll`).
  private static func letter(at index: Int, of word: [Glyph]) -> Unicode.Scalar {
    let scalar = word[index].scalar
    guard scalar == "1" else { return imitations[scalar] ?? scalar }
    let before = index > 0 ? word[index - 1].scalar : nil
    let after = index + 1 < word.count ? word[index + 1].scalar : nil
    if before == "1" || after == "1" || after == nil { return "l" }
    if before == nil, let after, "aeiouy".unicodeScalars.contains(after) { return "l" }
    return "i"
  }

  private static func isPartOfWord(_ glyph: Glyph) -> Bool {
    glyph.isWord || imitations[glyph.scalar] != nil
  }

  /// Whether a run of letters, digits and signs is a word with imitated letters.
  private static func reads(_ word: ArraySlice<Glyph>) -> Bool {
    guard word.contains(where: \.isASCIILetter),
      word.contains(where: { imitations[$0.scalar] != nil })
    else { return false }
    let text = String(String.UnicodeScalarView(word.map(\.scalar))).lowercased()
    // Amounts and units: $5k, 1080p, 10am.
    let amount = text.drop { $0 == "$" || $0 == "€" || $0 == "£" }
    let suffix = amount.drop { $0.isNumber }
    if suffix.count < amount.count, units.contains(String(suffix)) { return false }
    // Names of formats and makes: h264, f16, mp4.
    let stem = text.prefix { $0.isLetter }
    if stem.count == 1 || makes.contains(String(stem)),
      text.dropFirst(stem.count).allSatisfy(\.isNumber)
    {
      return false
    }
    // A handle: @ and a name without other imitated letters.
    if text.first == "@", text.count > 4, text.dropFirst().allSatisfy(\.isLetter) { return false }
    return true
  }
}
