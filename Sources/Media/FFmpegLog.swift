import CFFmpeg
import MediaJobs
import Synchronization

/// libav's log, kept silent but for its last error line, which tells more than its answer codes.
enum FFmpegLog {
  private struct State {
    var last: String?
    var limit: MediaRefusal?
  }

  /// Decoder threads log too.
  private static let state = Mutex(State())
  private static let lineLength: Int32 = 512

  static var last: String? { state.withLock { $0.last } }
  /// The limit of ours that libav kept to. It names them in its log only: its answer codes are those
  /// of damage or of too little memory.
  static var limit: MediaRefusal? { state.withLock { $0.limit } }

  static let install: Void = {
    av_log_set_level(AV_LOG_ERROR)
    av_log_set_callback { source, level, format, arguments in
      guard level <= AV_LOG_ERROR, let format, let arguments else { return }
      var prefix: Int32 = 1
      var buffer = [CChar](repeating: 0, count: Int(FFmpegLog.lineLength))
      av_log_format_line2(
        source, level, format, arguments, &buffer, FFmpegLog.lineLength, &prefix)
      let bytes = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
      FFmpegLog.note(String(decoding: bytes, as: UTF8.self))
    }
  }()

  /// The line starts with "[mov,mp4 @ 0x55d…]": the address says nothing to anybody.
  private static func note(_ line: String) {
    var text = Substring(line)
    if text.first == "[", let close = text.firstIndex(of: "]") {
      text = text[text.index(after: close)...]
    }
    while text.first == " " { text.removeFirst() }
    while text.last == "\n" || text.last == "." { text.removeLast() }
    guard !text.isEmpty else { return }
    state.withLock {
      $0.last = String(text)
      if text.contains("exceeds specified max pixel count") { $0.limit = .tooManyPixels }
      if text.contains("exceeds max_streams") { $0.limit = .tooManyStreams }
    }
  }
}

extension MediaRefusal {
  static let tooManyPixels = MediaRefusal(
    .tooManyPixels, "The picture has more pixels than are accepted; send a smaller one.")

  static let tooManyStreams = MediaRefusal(
    .tooManyStreams, "The file has more streams than are accepted; keep one video and one audio.")
}
