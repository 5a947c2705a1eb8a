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

  /// The output, empty, for one of libav's muxers.
  func openOutput(_ format: String) throws(MediaRefusal) -> MediaOutput {
    try MediaOutput(descriptor: Self.outputDescriptor, format: format, deadline: deadline)
  }
}
