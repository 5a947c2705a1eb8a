import Bytes
import Dispatch
import Glibc
public import MediaJobs
public import Pixels

/// The outside of the sandbox: each call starts one `assay-media`, hands it descriptors, and holds it
/// to its budget.
///
/// Calls wait their turn for one of a bounded number of processes and never block the caller's
/// executor.
public struct MediaClient: Sendable {
  /// A process uses two threads and up to 3 GB; two at least, so that an upload can be looked at
  /// while a clip is drawn.
  public static let defaultWorkerLimit = max(2, sysconf(Int32(_SC_NPROCESSORS_ONLN)) / 2)

  public let executable: String
  private let slots: WorkerSlots
  private let queue = DispatchQueue(label: "assay.media", attributes: .concurrent)

  /// - Parameter executable: Path of `assay-media`; by default `ASSAY_MEDIA`, or else beside the
  ///   running binary.
  public init(executable: String? = nil, workerLimit: Int = MediaClient.defaultWorkerLimit) {
    self.executable = executable ?? Self.defaultExecutable
    slots = WorkerSlots(count: max(workerLimit, 1))
  }

  public static var defaultExecutable: String {
    if let named = getenv("ASSAY_MEDIA") { return String(cString: named) }
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let length = readlink("/proc/self/exe", &buffer, buffer.count)
    let own = String(
      decoding: buffer.prefix(max(length, 0)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    guard let slash = own.lastIndex(of: "/") else { return "assay-media" }
    return own[...slash] + "assay-media"
  }

  /// Whether media can be handled at all: the process starts, the kernel holds its sandbox and it
  /// answers. For a server's start, which must not wait for the first clip to find out.
  ///
  /// - Throws: what keeps it from working, usually `unavailable` or `refused` with
  ///   `sandboxUnavailable`.
  public func checkReady() async throws(MediaFailure) {
    do throws(MediaFailure) {
      // An executable is no clip, and a working process says so.
      _ = try await probe(executable, budget: .readiness)
    } catch .refused(let refusal) where refusal.code == .unsupportedFormat {
    } catch .file {
      throw .unavailable("\(executable) is not there; build assay-media or set ASSAY_MEDIA")
    }
  }

  /// Container, duration and streams of a clip or picture.
  public func probe(
    _ path: String, budget: MediaBudget = MediaBudget()
  ) async throws(MediaFailure) -> MediaInfo {
    let collector = try await run(MediaOrder(job: .probe, budget: budget), input: path)
    return try collector.requireInfo()
  }

  /// Frames and sound of a clip.
  public func sample(
    _ path: String, plan: SamplePlan = SamplePlan(), budget: MediaBudget = MediaBudget()
  ) async throws(MediaFailure) -> MediaSample {
    let collector = try await run(MediaOrder(job: .sample(plan), budget: budget), input: path)
    let info = try collector.requireInfo()
    return MediaSample(
      info: info, frames: collector.frames, audio: collector.audio, outcome: collector.outcome)
  }

  /// The first picture of a PNG, JPEG, WebP or GIF file.
  public func decodeImage(
    _ path: String, maximumSide: Int = 1024, budget: MediaBudget = .image
  ) async throws(MediaFailure) -> DecodedImage {
    let order = MediaOrder(job: .decodeImage(maximumSide: maximumSide), budget: budget)
    let collector = try await run(order, input: path)
    guard let frame = collector.frames.first else { throw .crashed("no picture in its answers") }
    return DecodedImage(info: try collector.requireInfo(), image: frame.image)
  }

  /// Writes one frame of a clip as WebP. The output appears only when the whole of it was written.
  @discardableResult
  public func thumbnail(
    _ input: String, output: String, request: ThumbnailRequest = ThumbnailRequest(),
    budget: MediaBudget = MediaBudget()
  ) async throws(MediaFailure) -> MediaOutcome {
    let order = MediaOrder(job: .thumbnail(request), budget: budget)
    return try await run(order, input: input, output: output).outcome
  }

  /// Writes one picture of a clip or picture file as a file of its own, marked where asked.
  @discardableResult
  public func still(
    _ input: String, output: String, request: StillRequest, budget: MediaBudget = MediaBudget()
  ) async throws(MediaFailure) -> MediaOutcome {
    try await run(MediaOrder(job: .still(request), budget: budget), input: input, output: output)
      .outcome
  }

  /// The sound of a recording or clip: 16 kHz, mono, -1 to 1.
  public func hear(
    _ path: String, budget: MediaBudget = MediaBudget()
  ) async throws(MediaFailure) -> (samples: [Float], outcome: MediaOutcome) {
    let collector = try await run(MediaOrder(job: .hear, budget: budget), input: path)
    return (collector.audio ?? [], collector.outcome)
  }

  /// The acoustic fingerprint of a recording or clip: chromaprint's words. None for less than three
  /// seconds.
  public func soundPrint(
    _ path: String, budget: MediaBudget = MediaBudget()
  ) async throws(MediaFailure) -> (words: [UInt32], outcome: MediaOutcome) {
    let collector = try await run(MediaOrder(job: .soundPrint, budget: budget), input: path)
    guard let words = collector.soundPrint else { throw .crashed("no fingerprint in its answers") }
    return (words, collector.outcome)
  }

  /// Reads a text aloud.
  @discardableResult
  public func speak(
    _ request: SpeechRequest, output: String, budget: MediaBudget = MediaBudget()
  ) async throws(MediaFailure) -> MediaOutcome {
    try await run(MediaOrder(job: .speak(request), budget: budget), input: nil, output: output)
      .outcome
  }

  /// Draws a clip. `referenceImage` is moved over when given; `progress` hears 0 to 1 on a thread of
  /// the client's.
  @discardableResult
  public func synthesize(
    _ request: SynthesisRequest, referenceImage: String? = nil, output: String,
    budget: MediaBudget = MediaBudget(), progress: (@Sendable (Double) -> Void)? = nil
  ) async throws(MediaFailure) -> MediaOutcome {
    var request = request
    request.referenceImage = referenceImage != nil
    let order = MediaOrder(job: .synthesize(request), budget: budget)
    return try await run(order, input: referenceImage, output: output, progress: progress).outcome
  }

  /// Writes the clip again with the visible mark burnt in, and the invisible one where the request
  /// has it.
  @discardableResult
  public func mark(
    _ input: String, output: String, request: MarkRequest, budget: MediaBudget = MediaBudget(),
    progress: (@Sendable (Double) -> Void)? = nil
  ) async throws(MediaFailure) -> MarkedMedia {
    let order = MediaOrder(job: .mark(request), budget: budget)
    return MarkedMedia(try await run(order, input: input, output: output, progress: progress))
  }

  /// Writes a clip or picture again with an invisible mark.
  @discardableResult
  public func embed(
    _ input: String, output: String, request: EmbedRequest, budget: MediaBudget = MediaBudget(),
    progress: (@Sendable (Double) -> Void)? = nil
  ) async throws(MediaFailure) -> MarkedMedia {
    let order = MediaOrder(job: .embed(request), budget: budget)
    return MarkedMedia(
      try await run(order, input: input, output: output, progress: progress))
  }

  /// What can be read in a clip that is about to be delivered, and the pictures that go with it, all of
  /// one decoding.
  public func readBack(
    _ path: String, request: ReadBackRequest, budget: MediaBudget = MediaBudget()
  ) async throws(MediaFailure) -> ReadBack {
    let collector = try await run(
      MediaOrder(job: .readBack(request), budget: budget), input: path)
    guard let visibleMark = collector.visibleMark, let thumbnail = collector.thumbnail,
      let sheet = collector.sheet, collector.residuals.isEmpty != request.residual
    else { throw .crashed("it left out what it was asked for") }
    return ReadBack(
      outcome: collector.outcome, visibleMark: visibleMark, residuals: collector.residuals,
      signatureSums: collector.signatureSums, thumbnail: thumbnail, sheet: sheet)
  }

  /// What a search for an invisible mark looks at: one plane for the whole picture of a clip or
  /// still, and another for the inside of bars around it.
  public func residuals(
    _ path: String, budget: MediaBudget = MediaBudget()
  ) async throws(MediaFailure) -> [FloatPlane] {
    let collector = try await run(MediaOrder(job: .residual, budget: budget), input: path)
    guard !collector.residuals.isEmpty else { throw .crashed("no residual in its answers") }
    return collector.residuals
  }

  /// Writes a recording or clip again with an invisible mark in its sound.
  @discardableResult
  public func markSound(
    _ input: String, output: String, request: SoundMarkRequest,
    budget: MediaBudget = MediaBudget()
  ) async throws(MediaFailure) -> MediaOutcome {
    let order = MediaOrder(job: .markSound(request), budget: budget)
    return try await run(order, input: input, output: output).outcome
  }

  /// Writes a recording again with an audible disclosure in front of it.
  @discardableResult
  public func disclose(
    _ input: String, output: String, request: DisclosureRequest,
    budget: MediaBudget = MediaBudget()
  ) async throws(MediaFailure) -> MediaOutcome {
    let order = MediaOrder(job: .disclose(request), budget: budget)
    return try await run(order, input: input, output: output).outcome
  }

  private func run(
    _ order: MediaOrder, input: String?, output: String? = nil,
    progress: (@Sendable (Double) -> Void)? = nil
  ) async throws(MediaFailure) -> AnswerCollector {
    try await slots.take()
    let process = WorkerProcess(executable: executable)
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        queue.async {
          continuation.resume(
            returning: JobFiles.run(
              order, input: input, output: output, progress: progress, in: process))
        }
      }
    } onCancel: {
      process.cancel()
    }
    slots.giveBack()
    return try result.get()
  }
}

extension MediaBudget {
  fileprivate static var readiness: MediaBudget {
    var budget = MediaBudget()
    budget.wallClockSeconds = 10
    return budget
  }
}
