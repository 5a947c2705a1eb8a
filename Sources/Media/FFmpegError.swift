import CFFmpeg
import MediaJobs

/// libav's answer codes and how they become refusals.
enum FFmpeg {
  static let again = cffmpeg_error_again()
  static let end = cffmpeg_error_end()
  static let noTimestamp = cffmpeg_no_timestamp()

  /// libav's own words for a negative answer.
  static func text(of code: Int32) -> String {
    var buffer = [CChar](repeating: 0, count: Int(AV_ERROR_MAX_STRING_SIZE))
    av_strerror(code, &buffer, buffer.count)
    return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Passes `answer` through, or refuses with `code`: "Could not `doing`: libav's words."
  @discardableResult
  static func check(
    _ answer: Int32, _ code: MediaRefusal.Code, _ doing: @autoclosure () -> String
  ) throws(MediaRefusal) -> Int32 {
    guard answer < 0 else { return answer }
    throw refusal(answer, code, doing())
  }

  /// Some causes have codes of their own whatever was being done: out of time, out of memory, a limit
  /// of ours.
  static func refusal(
    _ answer: Int32, _ code: MediaRefusal.Code, _ doing: String
  ) -> MediaRefusal {
    if answer == cffmpeg_error_exit() { return Deadline.refusal }
    if let limit = FFmpegLog.limit { return limit }
    if answer == cffmpeg_error_no_memory() {
      return MediaRefusal(.tooLarge, "Could not \(doing): it needs more memory than a job may use.")
    }
    let detail = FFmpegLog.last.map { "\(text(of: answer)) (\($0))" } ?? text(of: answer)
    return MediaRefusal(code, "Could not \(doing): \(detail).")
  }

  static func allocated<Handle>(_ handle: Handle?) throws(MediaRefusal) -> Handle {
    guard let handle else {
      throw MediaRefusal(.tooLarge, "The job needs more memory than it may use.")
    }
    return handle
  }
}
