import CFFmpeg
import CSandbox

/// `assay-media selftest`: what an operator runs to see that this kernel holds the sandbox. One line
/// an attempt.
enum SelfTest {
  static func run() -> Int32 {
    var failures: Int32 = 0
    for index in 0..<csandbox_attempt_count() {
      let wentThrough = csandbox_attempt(index) != 0
      if wentThrough { failures += 1 }
      print(
        wentThrough ? "ALLOWED" : "refused", String(cString: csandbox_attempt_name(index)),
        separator: "  ")
    }
    print(
      "libavformat \(version(avformat_version())), libavcodec \(version(avcodec_version())), "
        + "libavfilter \(version(avfilter_version()))")
    print(failures == 0 ? "The sandbox holds." : "The sandbox does NOT hold.")
    return failures == 0 ? 0 : 1
  }

  private static func version(_ packed: UInt32) -> String {
    "\(packed >> 16).\(packed >> 8 & 255).\(packed & 255)"
  }
}
