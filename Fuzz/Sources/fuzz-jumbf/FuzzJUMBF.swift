import JUMBF

#if FUZZING
  /// libFuzzer's entry point.
  @_cdecl("LLVMFuzzerTestOneInput")
  public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    FuzzJUMBF.run(Array(UnsafeBufferPointer(start: start, count: count)))
    return 0
  }
#else
  @main struct Main {
    static func main() { print("build this with Scripts/fuzz") }
  }
#endif

/// Every range of a box lies inside its parent.
enum FuzzJUMBF {
  static func run(_ bytes: [UInt8]) {
    guard let root = try? JUMBFSuperbox.parse(bytes) else { return }
    check(root, inside: 0..<bytes.count)
  }

  private static func check(_ box: JUMBFSuperbox, inside outer: Range<Int>) {
    precondition(outer.contains(box.range) && box.range.contains(box.hashedRange))
    for child in box.children {
      switch child {
      case .superbox(let inner): check(inner, inside: box.hashedRange)
      case .content(let content):
        precondition(box.hashedRange.contains(content.range))
        precondition(content.range.contains(content.payload))
      }
    }
  }
}
