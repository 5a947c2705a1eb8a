import Classifiers

#if FUZZING
  /// libFuzzer's entry point.
  @_cdecl("LLVMFuzzerTestOneInput")
  public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    FuzzText.run(String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self))
    return 0
  }
#else
  @main struct Main {
    static func main() { print("build this with Scripts/fuzz") }
  }
#endif

/// A prompt as it is normalised and searched for terms. Whatever is found lies inside what was sent.
enum FuzzText {
  private static let lexicon = Lexicon(
    name: "fuzz", version: "1", terms: ["paper boat", "a", "ab", "b c", "straße", "東京", "é", "x-1"])

  static func run(_ text: String) {
    let bytes = 0...text.utf8.count
    guard bytes.upperBound <= TextNormalizer.maximumBytes else { return }
    let views = TextNormalizer.views(of: text)
    precondition(views.first?.origin == .plain, "the text itself comes first")
    for view in views {
      for start in 0..<view.text.utf8.count {
        let source = view.sourceRange(start..<start + 1)
        precondition(bytes.contains(source.lowerBound) && bytes.contains(source.upperBound))
      }
    }
    if let match = lexicon.firstMatch(in: views) {
      precondition(bytes.contains(match.lowerBound) && bytes.contains(match.upperBound))
      precondition(!match.isEmpty, "a term without a place")
    }
  }
}
