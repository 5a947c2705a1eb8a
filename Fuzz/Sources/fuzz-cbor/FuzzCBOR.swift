import CBOR

#if FUZZING
  /// libFuzzer's entry point.
  @_cdecl("LLVMFuzzerTestOneInput")
  public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    FuzzCBOR.run(Array(UnsafeBufferPointer(start: start, count: count)))
    return 0
  }
#else
  @main struct Main {
    static func main() { print("build this with Scripts/fuzz") }
  }
#endif

/// What is read can be written, and what was written reads as the same.
enum FuzzCBOR {
  static func run(_ bytes: [UInt8]) {
    guard let value = try? CBORValue.decode(bytes) else { return }
    let written = value.encodeDeterministic()
    guard let again = try? CBORValue.decode(written) else {
      preconditionFailure("what was written cannot be read")
    }
    precondition(again.encodeDeterministic() == written, "two readings differ")
  }
}
