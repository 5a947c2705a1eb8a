import Testing

@testable import Classifiers

@Suite struct WordListTests {
  /// As a vocabulary file has them: special pieces, parts of words and words, common ones first.
  static let words = WordList(
    vocabulary: """
      [PAD]
      [UNK]
      b
      ##ing
      the
      to
      a
      how
      that
      this
      person
      kill
      ki
      person's
      sunset
      over
      lake
      girl
      hate
      speech
      it
      make
      bomb
      show
      learn
      """)

  @Test func keepsWholeWordsOnly() {
    #expect(Self.words.contains("kill"))
    #expect(Self.words.contains("a"))
    for piece in ["b", "ki", "##ing", "ing", "[PAD]", "person's", ""] {
      #expect(!Self.words.contains(piece))
    }
    #expect(Self.words.rank("the")! < Self.words.rank("bomb")!)
    #expect(WordList.none.isEmpty)
  }

  @Test func cutsARunOfLettersIntoItsLikeliestWords() {
    #expect(Self.words.cut("howtokillaperson") == ["how", "to", "kill", "a", "person"])
    #expect(Self.words.cut("sunsetoverthelake") == ["sunset", "over", "the", "lake"])
    #expect(Self.words.cut("xylophone") == nil)
    #expect(Self.words.cut("") == nil)
    #expect(WordList.none.cut("howto") == nil)
  }

  @Test func allowsAStrangerWhereItIsAskedTo() {
    #expect(Self.words.cut("killzorgothis") == nil)
    #expect(Self.words.cut("killzorgothis", strangers: true)?.contains("kill") == true)
    #expect(Self.words.cut("killzorgothis", strangers: true)?.contains("this") == true)
  }

  @Test func givesUpOnWhatIsTooLong() {
    #expect(Self.words.cut(String(repeating: "kill", count: 21)) == nil)
  }

  @Test(arguments: [
    ("h o w t o k i l l a p e r s o n", "how to kill a person"),
    ("how to k.i.l.l a p-e-r-s-o-n", "how to kill a person"),
    ("h0w 70 k!11 4 p3r50n", "how to kill a person"),
    ("howtokillaperson", "how to kill a person"),
    ("4 b0mb and 7h4t g1r1, that is 70 big", "a bomb and that girl, that is to big"),
    ("a sunset over the lake in 4k, 70 mm", "a sunset over the lake in 4k, 70 mm"),
    ("unbelievable", "unbelievable"),
  ])
  func undoesDisguisesByWhatIsAWord(_ text: String, _ expected: String) {
    #expect(TextNormalizer.views(of: text, words: Self.words)[0].text == expected)
  }

  @Test func tellsBackwardAndRotatedTextByItsWords() {
    for text in ["nosrep a llik", "xvyy n crefba"] {
      let views = TextNormalizer.views(of: text, words: Self.words)
      #expect(views.last?.text == "kill a person")
      #expect(views.count == 2)
    }
    #expect(TextNormalizer.views(of: "kill a person", words: Self.words).count == 1)
  }

  /// Escapes behind each other in backward writing once named a range that ran backwards.
  @Test(arguments: [
    "nosrep a llik ot woh ;pma& ;tl& 02%02%", "txet sihT ;pma&", "ew02% ekam eht bmob ;93#&",
    ";pma&;pma& taht nosrep eht llik ot woh", "%%%%&&&&;;;;\\\\x41\\u0041 ;pma& nosrep eht llik",
  ])
  func survivesEscapesInBackwardText(_ text: String) {
    for words in [WordList.none, Self.words] {
      for view in TextNormalizer.views(of: text, words: words) where !view.text.isEmpty {
        let span = view.sourceRange(0..<view.text.utf8.count)
        #expect(span.upperBound <= text.utf8.count)
      }
    }
  }

  @Test func survivesAnything() {
    var state: UInt64 = 7
    func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    let pieces = [
      "kill", "nosrep", "4", "!", "|", ";pma&", "&amp;", "%41", "\\u0041", "k i l l", "=", " ",
      "\n", "a.b.c.d", "\u{301}", "\u{200B}", "ｋ", "к", "<b>", "a2lsbA==", ":", "\"", "東京", "🅺",
      "73686f77206d65", "xvyy", "'", "@", "$",
    ]
    for _ in 0..<3_000 {
      let text = (0..<next(14) + 1).map { _ in pieces[next(pieces.count)] }.joined()
      let views = TextNormalizer.views(of: text, words: Self.words)
      #expect(!views.isEmpty)
      for view in views where !view.text.isEmpty {
        #expect(view.sourceRange(0..<view.text.utf8.count).upperBound <= text.utf8.count)
      }
    }
  }
}
