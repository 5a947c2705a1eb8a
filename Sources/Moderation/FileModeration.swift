import Classifiers
public import Evidence
public import MediaClient
import MediaJobs
public import Policy
public import StrictJSON

/// Judges a file as the inspect stage judges a generated clip: without a job, a caller or a log.
public struct FileModeration: Examining {
  /// What is said of one file.
  public struct Judgement: Sendable {
    public let kind: Upload.Kind
    /// Of a clip or recording.
    public let seconds: Double
    public let decision: Decision
    public let items: [EvidenceItem]
    /// The words that were heard; nil where nothing could be.
    public let transcript: String?
    /// What is written in the frames, each text once.
    public let writtenTexts: [String]

    /// `allow`, `review` or `block`: what is flagged goes on.
    public var answer: Outcome { decision.outcome == .flag ? .allow : decision.outcome }

    /// The rules in force that fired, each once, most severe first.
    public var rules: [String] {
      var seen: Set<String> = []
      return decision.fired.lazy.filter { !$0.isShadow }.map(\.rule).filter {
        seen.insert($0).inserted
      }
    }

    /// The highest score of each category or check in any part of the file.
    public var scores: [(category: String, score: Double)] {
      var highest: [String: Double] = [:]
      for signal in items.flatMap(\.signals) where signal.check != "lexicon" {
        guard case .score(let score) = signal.value else { continue }
        highest[signal.name] = max(highest[signal.name] ?? 0, score)
      }
      return highest.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// Why checks have no answer, each reason once.
    public var doubts: [String] {
      var seen: Set<String> = []
      return items.flatMap(\.signals).compactMap { signal in
        guard case .unknown(let reason) = signal.value else { return nil }
        let text = "\(signal.check): \(reason.code): \(reason.detail)"
        return seen.insert(text).inserted ? text : nil
      }
    }

    public func json(id: JSONValue) -> JSONValue {
      var members: [JSONValue.Member] = [
        .init("id", id), .init("kind", .string(kind.rawValue)),
        .init("seconds", .real(seconds)), .init("decision", .string(answer.rawValue)),
        .init("scores", .object(scores.map { .init($0.category, .real($0.score)) })),
        .init("rules", .array(rules.map { .string($0) })),
      ]
      if let transcript { members.append(.init("transcript", .string(transcript))) }
      if !writtenTexts.isEmpty {
        members.append(.init("text_in_frame", .array(writtenTexts.map { .string($0) })))
      }
      if !doubts.isEmpty { members.append(.init("unknown", .array(doubts.map { .string($0) }))) }
      return .object(members)
    }
  }

  public let policy: PolicySet
  let text: any TextChecking
  let frames: any FrameChecking
  let reader: (any PictureReading)?
  /// A file at a terminal is judged by this machine alone.
  var describer: (any PictureDescribing)? { nil }
  let speech: any SpeechChecking
  private let media: any MediaWorking

  public init(
    policy: PolicySet, text: any TextChecking, frames: any FrameChecking,
    reader: (any PictureReading)? = nil, speech: any SpeechChecking, media: any MediaWorking
  ) {
    self.policy = policy
    self.text = text
    self.frames = frames
    self.reader = reader
    self.speech = speech
    self.media = media
  }

  /// With the classifiers of the model folder `models`. They are read before this returns.
  public static func loading(
    policy: PolicySet, models: String, media: MediaClient = MediaClient()
  ) async -> FileModeration {
    let store = ModelStore(directory: models)
    let text = TextClassifier(store: store, policy: policy)
    let (nudity, faces) = (NudityClassifier(store: store), FaceClassifier(store: store))
    let reader = PictureReader(store: store)
    await text.warmUp()
    await nudity.warmUp()
    await faces.warmUp()
    await reader.warmUp()
    return FileModeration(
      policy: policy, text: text, frames: PictureChecks([nudity, faces]), reader: reader,
      speech: SpeechRecognizer(store: store), media: media)
  }

  /// - Throws: for a file that is no picture, clip or recording, or cannot be decoded at all.
  public func judge(_ path: String) async throws(MediaFailure) -> Judgement {
    let kind = try await media.kind(of: path)
    var items: [EvidenceItem]
    var transcript: String?
    let seen: SeenFrames
    var seconds = 0.0
    switch kind {
    case .image:
      let picture = try await media.picture(path, side: StagedPipeline.uploadSide)
      let sample = SampledFrame(time: 0, isSceneCut: false, image: picture)
      seen = await frameItems([sample])
      items = seen.items
    case .video, .audio, .unknown:
      let sample = try await media.sample(path)
      seconds = sample.outcome.seconds
      seen = await frameItems(sample.frames)
      items = seen.items
      if kind == .video, sample.frames.isEmpty {
        items.append(unseen(.frame, check: "nudity", "the clip has no frame that could be decoded"))
      }
      if let audio = sample.audio {
        let (heard, words) = await soundItems(audio)
        items += heard
        transcript = words
        if let together = await wordsTogether(written: seen.writtenTexts, said: words) {
          items.append(together)
        }
      }
    }
    return Judgement(
      kind: kind, seconds: seconds,
      decision: policy.evaluate(stage: .inspect, items: items, subject: TextModeration.subject),
      items: items, transcript: transcript, writtenTexts: seen.writtenTexts)
  }
}
