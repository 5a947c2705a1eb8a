public import Evidence
public import Fingerprint
public import MediaClient
public import MediaJobs
public import Pixels
public import Provenance

/// What the stages ask of the sandboxed media process. `MediaClient` is the real one.
public protocol MediaWorking: Sendable {
  /// Image, video or audio, by what the bytes are and not by what they are called.
  func kind(of path: String) async throws(MediaFailure) -> Upload.Kind
  /// The picture, its longest side at most `side` pixels.
  func picture(_ path: String, side: Int) async throws(MediaFailure) -> RGBImage
  func sample(_ path: String) async throws(MediaFailure) -> MediaSample
  func draw(
    _ request: SynthesisRequest, referenceImage: String?, output: String,
    progress: @escaping @Sendable (Double) -> Void
  ) async throws(MediaFailure) -> MediaOutcome
  /// Writes a clip again with the visible mark, and the invisible one where asked.
  func mark(
    _ input: String, output: String, request: MarkRequest
  ) async throws(MediaFailure) -> MarkedMedia
  /// Everything that is read from a clip about to be delivered, and the pictures that go with it.
  func readBack(
    _ path: String, request: ReadBackRequest
  ) async throws(MediaFailure) -> ReadBack
  /// What a search for an invisible mark looks at.
  func residuals(of path: String) async throws(MediaFailure) -> [FloatPlane]
  /// Writes a picture again with an invisible mark.
  func embed(
    _ input: String, output: String, request: EmbedRequest
  ) async throws(MediaFailure) -> MarkedMedia
  /// Writes a recording or clip again with an invisible mark in its sound.
  func markSound(
    _ input: String, output: String, request: SoundMarkRequest
  ) async throws(MediaFailure)
  /// Writes a recording again with an audible disclosure in front of it.
  func disclose(
    _ input: String, output: String, request: DisclosureRequest
  ) async throws(MediaFailure)
  /// What is kept of a delivered file, to know copies of it.
  func contentPrint(of path: String) async throws(MediaFailure) -> ContentPrint
  /// What is kept of a delivered file's sound; nil where nothing tells it from other sounds.
  func chromaprint(of path: String) async throws(MediaFailure) -> Chromaprint?
  /// One picture as a file of its own.
  func picture(
    of input: String, output: String, request: StillRequest
  ) async throws(MediaFailure)
  /// Mono, 16 kHz, -1 to 1.
  func sound(of path: String) async throws(MediaFailure) -> [Float]
  func readAloud(_ request: SpeechRequest, output: String) async throws(MediaFailure)
}

extension MediaClient: MediaWorking {
  public func kind(of path: String) async throws(MediaFailure) -> Upload.Kind {
    let info = try await probe(path)
    // A still picture has no duration (MediaInfo); a clip without a picture has no size.
    if info.width == 0 || info.height == 0 { return info.hasAudio ? .audio : .unknown }
    // Of an animated picture only the first one would be looked at, so it counts as a clip.
    return info.durationSeconds == nil && !info.isAnimated ? .image : .video
  }

  public func picture(_ path: String, side: Int) async throws(MediaFailure) -> RGBImage {
    try await decodeImage(path, maximumSide: side).image
  }

  public func sample(_ path: String) async throws(MediaFailure) -> MediaSample {
    try await sample(path, plan: SamplePlan())
  }

  public func draw(
    _ request: SynthesisRequest, referenceImage: String?, output: String,
    progress: @escaping @Sendable (Double) -> Void
  ) async throws(MediaFailure) -> MediaOutcome {
    try await synthesize(
      request, referenceImage: referenceImage, output: output, progress: progress)
  }

  public func mark(
    _ input: String, output: String, request: MarkRequest
  ) async throws(MediaFailure) -> MarkedMedia {
    try await mark(input, output: output, request: request, progress: nil)
  }

  public func readBack(
    _ path: String, request: ReadBackRequest
  ) async throws(MediaFailure) -> ReadBack {
    try await readBack(path, request: request, budget: MediaBudget())
  }

  public func residuals(of path: String) async throws(MediaFailure) -> [FloatPlane] {
    try await residuals(path)
  }

  public func embed(
    _ input: String, output: String, request: EmbedRequest
  ) async throws(MediaFailure) -> MarkedMedia {
    try await embed(input, output: output, request: request, progress: nil)
  }

  public func markSound(
    _ input: String, output: String, request: SoundMarkRequest
  ) async throws(MediaFailure) {
    _ = try await markSound(input, output: output, request: request, budget: MediaBudget())
  }

  public func disclose(
    _ input: String, output: String, request: DisclosureRequest
  ) async throws(MediaFailure) {
    _ = try await disclose(input, output: output, request: request, budget: MediaBudget())
  }

  public func picture(
    of input: String, output: String, request: StillRequest
  ) async throws(MediaFailure) {
    _ = try await still(input, output: output, request: request)
  }

  public func sound(of path: String) async throws(MediaFailure) -> [Float] {
    try await hear(path).samples
  }

  public func readAloud(_ request: SpeechRequest, output: String) async throws(MediaFailure) {
    _ = try await speak(request, output: output)
  }
}
