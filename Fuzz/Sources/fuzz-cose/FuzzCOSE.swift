import COSE
import PKI

#if FUZZING
  /// libFuzzer's entry point.
  @_cdecl("LLVMFuzzerTestOneInput")
  public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    FuzzCOSE.run(Array(UnsafeBufferPointer(start: start, count: count)))
    return 0
  }
#else
  @main struct Main {
    static func main() { print("build this with Scripts/fuzz") }
  }
#endif

/// Messages, the certificates in them and their time stamps.
enum FuzzCOSE {
  static func run(_ bytes: [UInt8]) {
    guard let message = try? COSESign1(bytes) else { return }
    _ = try? message.algorithm()
    let chain = (try? message.certificateChain()) ?? []
    for der in chain.prefix(4) {
      guard let certificate = try? Certificate(der: der) else { continue }
      _ = (certificate.subject.text, certificate.serialNumber, certificate.extendedKeyUsages)
      _ = (certificate.publicKey, certificate.isSelfSigned, certificate.notAfter)
    }
  }
}
