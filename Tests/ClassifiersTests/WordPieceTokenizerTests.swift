import Testing

@testable import Classifiers

@Suite struct WordPieceTokenizerTests {
  private static let vocabulary = """
    [PAD]
    [UNK]
    [CLS]
    [SEP]
    a
    dog
    ##gy
    run
    ##s
    ##ning
    .
    東
    """

  @Test func cutsWordsIntoTheLongestPieces() throws {
    let tokenizer = try WordPieceTokenizer(vocabulary: Self.vocabulary)
    #expect(tokenizer.encode("a dog runs.") == [4, 5, 7, 8, 10])
    #expect(tokenizer.encode("doggy running") == [5, 6, 7, 9])
    #expect(tokenizer.encode("東東a") == [11, 11, 4])
    #expect(tokenizer.encode("") == [])
  }

  @Test func marksWhatItDoesNotKnow() throws {
    let tokenizer = try WordPieceTokenizer(vocabulary: Self.vocabulary)
    #expect(tokenizer.encode("a cat") == [4, 1])
    #expect(tokenizer.encode("dogx") == [1])
    #expect(tokenizer.encode(String(repeating: "a", count: 101)) == [1])
  }

  @Test func refusesAVocabularyWithoutItsSpecialPieces() {
    #expect(throws: WordPieceTokenizer.VocabularyError.missing("[CLS]")) {
      try WordPieceTokenizer(vocabulary: "[UNK]\na\n")
    }
  }
}
