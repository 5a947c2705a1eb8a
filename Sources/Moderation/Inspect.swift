import Classifiers
import Evidence
import MediaClient
import MediaJobs
import Policy
import StrictJSON

/// Stage 3: the clip itself, before a byte of it can leave.
extension StagedPipeline {
  func inspect(_ job: Job) async throws -> Job {
    var job = job
    let id = stepID(job, .inspect)
    var items: [EvidenceItem] = []
    var payload: [JSONValue.Member] = []

    if let scene = job.scene, !scene.isEmpty {
      items.append(await textItem(.scene, scene))
      payload.append(.init("scene", .string(scene)))
    }
    do {
      let sample = try await media.sample(workspace.rawClip(job.id))
      let seen = await frameItems(sample.frames)
      items += seen.items
      payload += seen.payload
      if let audio = sample.audio {
        let (heard, transcript) = await soundItems(audio)
        items += heard
        if let transcript { payload.append(.init("transcript", .string(transcript))) }
        if let together = await wordsTogether(written: seen.writtenTexts, said: transcript) {
          items.append(together)
        }
      }
      if sample.frames.isEmpty {
        items.append(unseen(.frame, check: "nudity", "the clip has no frame that could be decoded"))
      }
    } catch {
      // A clip that cannot be looked at was not looked at: unknown, so the policy holds it.
      items.append(unseen(.frame, check: "nudity", "the clip could not be sampled: \(error.code)"))
      items.append(
        unseen(.transcript, check: "transcript", "the clip could not be sampled: \(error.code)"))
    }

    let decision = policy.evaluate(stage: .inspect, items: items, subject: job.subject)
    job.inspectionEntry = try await log(
      id: id, asset: job.id, subject: job.subject, decision: decision, items: items,
      hashes: job.hashes, payload: payload)
    switch decision.outcome {
    case .allow, .flag:
      job.state = .inspected
      job.progress = max(job.progress, 75)
      return job
    case .review, .block: return job.ended(by: decision)
    }
  }
}

/// What judges texts and pictures, for whoever looks at some: the stages, the moderation route, or a
/// person at a terminal.
protocol PictureExamining: Sendable {
  var policy: PolicySet { get }
  var text: any TextChecking { get }
  var frames: any FrameChecking { get }
  /// Nil reads nothing, and says nothing of what is written.
  var reader: (any PictureReading)? { get }
  /// Nil describes nothing.
  var describer: (any PictureDescribing)? { get }
}

/// What judges a clip.
protocol Examining: PictureExamining {
  var speech: any SpeechChecking { get }
}

extension StagedPipeline: Examining {}

/// What was seen in some pictures.
struct SeenFrames {
  /// One for each picture, one for each text that is written in some, one for each description.
  let items: [EvidenceItem]
  var writtenTexts: [String] = []
  var descriptions: [String] = []

  /// What the log's erasable payload keeps of it.
  var payload: [JSONValue.Member] {
    [("text_in_frame", writtenTexts), ("descriptions", descriptions)].filter { !$0.1.isEmpty }
      .map { .init($0.0, .array($0.1.map { .string($0) })) }
  }
}

extension PictureExamining {
  func frameItems(_ samples: [SampledFrame]) async -> SeenFrames {
    let frames = frames
    let limit = policy.timeout(of: "nudity")
    // Two at a time: the models run one thread each, and this keeps memory flat on long clips.
    let seen = await inOrder(samples, width: 2) { sample in
      await bounded(by: limit) { await frames.signals(for: sample.image) }
        ?? [.unknown("nudity", check: "nudity", .timedOut)]
    }
    let written = await writtenText(in: samples)
    let described = await sceneDescription(of: samples)
    let items = samples.indices.map { index in
      let time = samples[index].time
      let reading = written.signals.isEmpty ? [] : [written.signals[index]]
      return EvidenceItem(kind: .frame, time: time...time, signals: seen[index] + reading)
    }
    return SeenFrames(
      items: items + written.items + described.items, writtenTexts: written.texts,
      descriptions: described.texts)
  }

  func unseen(_ kind: EvidenceItem.Kind, check: String, _ why: String) -> EvidenceItem {
    EvidenceItem(kind: kind, signals: [.unknown(check, check: check, .failed(why))])
  }
}

extension Examining {
  /// The soundtrack as one item, and one item a spoken segment.
  func soundItems(_ audio: [Float]) async -> ([EvidenceItem], String?) {
    let speech = speech
    let answer = await bounded(by: policy.timeout(of: "transcript")) {
      await speech.transcribe(audio)
    }
    switch answer {
    case .transcript(let transcript):
      let text = transcript.segments.map(\.text).joined(separator: " ")
      let ratio = Signal(
        name: "speech", value: .score(transcript.speechRatio), check: "transcript",
        model: transcript.models.first)
      var items = [EvidenceItem(kind: .soundtrack, signals: [ratio])]
      for segment in transcript.segments {
        let end = max(segment.start, segment.end)
        items.append(await textItem(.transcript, segment.text, time: segment.start...end))
      }
      // A sentence may be cut between two segments: judged once more as a whole.
      if transcript.segments.count > 1 {
        items.append(await textItem(.transcript, text))
      }
      return (items, text)
    case .unknown(let reason):
      return (
        [
          EvidenceItem(
            kind: .transcript, signals: [.unknown("transcript", check: "transcript", reason)])
        ],
        nil
      )
    case nil:
      return (
        [
          EvidenceItem(
            kind: .transcript, signals: [.unknown("transcript", check: "transcript", .timedOut)])
        ], nil
      )
    }
  }
}

/// `transform` of each element, `width` at a time, answers in the order of the elements.
public func inOrder<Element: Sendable, Answer: Sendable>(
  _ elements: [Element], width: Int, _ transform: @escaping @Sendable (Element) async -> Answer
) async -> [Answer] {
  await withTaskGroup(of: (Int, Answer).self) { group in
    var answers = [Answer?](repeating: nil, count: elements.count)
    var next = 0
    while next < min(width, elements.count) {
      let index = next
      group.addTask { (index, await transform(elements[index])) }
      next += 1
    }
    for await (index, answer) in group {
      answers[index] = answer
      if next < elements.count {
        let following = next
        group.addTask { (following, await transform(elements[following])) }
        next += 1
      }
    }
    return answers.compactMap { $0 }
  }
}
