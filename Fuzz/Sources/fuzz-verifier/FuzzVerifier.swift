import Bytes
import C2PA

#if FUZZING
  /// libFuzzer's entry point.
  @_cdecl("LLVMFuzzerTestOneInput")
  public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    FuzzVerifier.run(Array(UnsafeBufferPointer(start: start, count: count)))
    return 0
  }
#else
  @main struct Main {
    static func main() { print("build this with Scripts/fuzz") }
  }
#endif

/// A whole verification, and every way to print it. Without any trust nothing is ever Trusted.
enum FuzzVerifier {
  /// 2026-06-01, when the seeds' certificates are valid.
  static let verifier = Verifier(trust: TrustConfiguration(), at: 1_780_272_000)

  static func run(_ bytes: [UInt8]) {
    let report = verifier.verify(bytes, name: "input")
    precondition(report.state != .trusted, "trusted without an anchor")
    _ = TextReport.text(report)
    _ = JSONReport.text(report)
    _ = SummaryReport.line(report)
    _ = CRJSONReport.text(report)
  }
}
