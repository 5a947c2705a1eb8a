public import Classifiers
public import Evidence
public import Pixels
public import Policy

/// Judges a text: categories, lexicons. A model that is missing answers `unknown`, never nothing.
public protocol TextChecking: Sendable {
  func signals(for text: String) async -> [Signal]
  /// For checks that are told the policy which will judge their answer.
  func signals(for text: String, under policy: PolicySet) async -> [Signal]
}

extension TextChecking {
  public func signals(for text: String, under policy: PolicySet) async -> [Signal] {
    await signals(for: text)
  }
}

/// Judges one picture.
public protocol FrameChecking: Sendable {
  func signals(for image: RGBImage) async -> [Signal]
}

/// Hears a soundtrack: mono, 16 kHz, -1 to 1.
public protocol SpeechChecking: Sendable {
  func transcribe(_ samples: [Float]) async -> SpeechResult
}

/// Several checks of one picture, one after the other: they share the processors anyway.
public struct PictureChecks: FrameChecking {
  private let checks: [any FrameChecking]

  public init(_ checks: [any FrameChecking]) { self.checks = checks }

  public func signals(for image: RGBImage) async -> [Signal] {
    var signals: [Signal] = []
    for check in checks { signals += await check.signals(for: image) }
    return signals
  }
}

extension TextClassifier: TextChecking {}
extension FaceClassifier: FrameChecking {}
extension SpeechRecognizer: SpeechChecking {}
extension NudityClassifier: FrameChecking {
  public func signals(for image: RGBImage) async -> [Signal] { [await signal(for: image)] }
}

/// The answer of `work`, or nil when it took longer than `limit`. The work is cancelled then; work
/// that ignores cancellation goes on unobserved, and its late answer is dropped.
func bounded<Answer: Sendable>(
  by limit: Duration, _ work: @escaping @Sendable () async -> Answer
) async -> Answer? {
  let answers = AsyncStream<Answer?>.makeStream(bufferingPolicy: .bufferingOldest(1))
  let worker = Task { answers.continuation.yield(await work()) }
  let timer = Task {
    do { try await Task.sleep(for: limit) } catch { return }
    answers.continuation.yield(nil)
  }
  defer {
    worker.cancel()
    timer.cancel()
    answers.continuation.finish()
  }
  for await answer in answers.stream { return answer }
  return nil
}
