/// BERT's uncased tokenizer: words and punctuation, then the longest piece of the vocabulary again
/// and again (Wu et al. 2016; Devlin et al. 2019). Reads normalised text.
struct WordPieceTokenizer: Sendable {
  enum VocabularyError: Error, Equatable { case missing(String) }

  private let ids: [String: Int64]
  let classification: Int64
  let separator: Int64
  private let unknown: Int64

  /// Longer words are one unknown token, as in the reference.
  private static let longestWord = 100

  /// `vocabulary` is `vocab.txt`: a piece a line, its line number its id.
  init(vocabulary: String) throws(VocabularyError) {
    var ids: [String: Int64] = [:]
    var next: Int64 = 0
    // By bytes: to split by characters takes longer than to read the model.
    let lines = vocabulary.utf8.split(
      separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    ids.reserveCapacity(lines.count)
    for line in lines {
      if !line.isEmpty { ids[String(Substring(line))] = next }
      next += 1
    }
    func special(_ piece: String) throws(VocabularyError) -> Int64 {
      guard let id = ids[piece] else { throw .missing(piece) }
      return id
    }
    classification = try special("[CLS]")
    separator = try special("[SEP]")
    unknown = try special("[UNK]")
    self.ids = ids
  }

  /// Token ids without the special tokens at the ends.
  func encode(_ text: String) -> [Int64] {
    var tokens: [Int64] = []
    var word: [Unicode.Scalar] = []
    func finish() {
      if !word.isEmpty { append(word, to: &tokens) }
      word.removeAll(keepingCapacity: true)
    }
    for scalar in text.unicodeScalars {
      if scalar.isWhitespace {
        finish()
      } else if Self.standsAlone(scalar) {
        finish()
        append([scalar], to: &tokens)
      } else {
        word.append(scalar)
      }
    }
    finish()
    return tokens
  }

  private func append(_ word: [Unicode.Scalar], to tokens: inout [Int64]) {
    guard word.count <= Self.longestWord else {
      tokens.append(unknown)
      return
    }
    let first = tokens.count
    var start = 0
    while start < word.count {
      var end = word.count
      var found: Int64?
      while end > start {
        let piece = String(String.UnicodeScalarView(word[start..<end]))
        found = ids[start > 0 ? "##" + piece : piece]
        if found != nil { break }
        end -= 1
      }
      guard let found else {
        tokens.replaceSubrange(first..., with: [unknown])
        return
      }
      tokens.append(found)
      start = end
    }
  }

  /// Punctuation, as BERT counts it, and ideographs are words of their own.
  private static func standsAlone(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: return true
    case 0x4E00...0x9FFF, 0x3400...0x4DBF, 0x20000...0x2FA1F, 0xF900...0xFAFF: return true
    default:
      if scalar.isASCII { return false }
      switch scalar.properties.generalCategory {
      case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
        .initialPunctuation, .finalPunctuation, .otherPunctuation:
        return true
      default: return false
      }
    }
  }
}
