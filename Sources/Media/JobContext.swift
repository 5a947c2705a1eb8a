import Glibc
import MediaJobs

/// What a verb has to work with: its budget, its two files and the way back.
struct JobContext {
  static let inputDescriptor: Int32 = 3
  static let outputDescriptor: Int32 = 4

  let budget: MediaBudget
  let deadline: Deadline
  let answers: AnswerWriter

  /// The input, demuxed and checked against the budget.
  func openInput(_ uses: Set<MediaFormat.Use>) throws(MediaRefusal) -> MediaInput {
    try MediaInput(
      descriptor: Self.inputDescriptor, uses: uses, budget: budget, deadline: deadline)
  }

  /// Makes `file` the whole output. Returns its size.
  func writeOutput(_ file: [UInt8]) throws(MediaRefusal) -> Int {
    guard ftruncate(Self.outputDescriptor, 0) == 0 else {
      throw MediaRefusal(.outputFailed, "The output file cannot be written: error \(errno).")
    }
    var written = 0
    while written < file.count {
      let wrote = file.withUnsafeBytes {
        pwrite(
          Self.outputDescriptor, $0.baseAddress! + written, file.count - written, off_t(written))
      }
      if wrote < 0, errno == EINTR { continue }
      guard wrote > 0 else {
        throw MediaRefusal(
          .outputFailed, "Could not write the output: \(String(cString: strerror(errno))).")
      }
      written += wrote
    }
    return written
  }

  /// The output, empty, for one of libav's muxers.
  func openOutput(_ format: String) throws(MediaRefusal) -> MediaOutput {
    try MediaOutput(descriptor: Self.outputDescriptor, format: format, deadline: deadline)
  }
}
