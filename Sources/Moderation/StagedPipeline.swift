public import C2PA
public import Evidence
import Policy
public import Provenance

/// The five stages, one file each, over whatever is plugged into them.
public struct StagedPipeline: VideoPipeline {
  let core: any GenerationCore
  /// What is in force for the subject at hand; see `bound(to:)`.
  private(set) var policy: PolicySet
  /// Whether `policy` is some subject's.
  private(set) var isBound = false
  private let policies: PolicyShelf
  let text: any TextChecking
  let frames: any FrameChecking
  let speech: any SpeechChecking
  let media: any MediaWorking
  let decisions: any DecisionLog
  let signer: any ClaimSigner
  /// Trust for reading back what was signed and for judging uploads.
  let trust: TrustConfiguration
  let markKey: [UInt8]
  /// Of the same key; nil when it is too short for one.
  let watermark: WatermarkSecret?
  let pseudonym: Pseudonym
  let workspace: Workspace
  /// Milliseconds since 1970.
  let now: @Sendable () -> Int64
  /// How clips are signed: whether an authority says when.
  var signing = SigningOptions()
  /// Which labels clips carry beside their manifest.
  var labels = LabelPolicy()
  /// Whether the sound of what is delivered carries the invisible mark too.
  private(set) var marksSound = false
  /// What is said before recordings where the policy wants words.
  var disclosureWords = DisclosureWords()
  /// Reads what is written in pictures; nil reads nothing.
  private(set) var reader: (any PictureReading)?
  /// Says what pictures show; nil says nothing.
  private(set) var describer: (any PictureDescribing)?
  /// Where delivered files are kept on record; nil keeps none.
  private(set) var outputs: (any OutputKeeping)?
  /// Told of what is delivered although something of it is not as it should be.
  private(set) var warn: @Sendable (PipelineWarning) -> Void = { _ in }
  /// Lists that uploads are held against before they are decoded; nil where there are none.
  private(set) var knownMedia: KnownMediaChecks?

  /// Clips can be fetched for this long after completion; Sora kept them for an hour, a day leaves
  /// room for a caller's retries.
  public static let retentionSeconds: Int64 = 24 * 3600

  public init(
    core: any GenerationCore, policies: PolicyShelf, text: any TextChecking,
    frames: any FrameChecking, speech: any SpeechChecking, media: any MediaWorking,
    decisions: any DecisionLog, signer: any ClaimSigner, trust: TrustConfiguration,
    markKey: [UInt8], pseudonym: Pseudonym, workspace: Workspace,
    now: @escaping @Sendable () -> Int64
  ) {
    self.core = core
    self.policies = policies
    policy = policies.base
    self.text = text
    self.frames = frames
    self.speech = speech
    self.media = media
    self.decisions = decisions
    self.signer = signer
    self.trust = trust
    self.markKey = markKey
    watermark = WatermarkSecret(markKey)
    self.pseudonym = pseudonym
    self.workspace = workspace
    self.now = now
  }

  /// The same pipeline with clips stamped by `authority`; one that gets no stamp is sealed all the
  /// same, and the log says so.
  public func stamping(by authority: any TimeStamper) -> StagedPipeline {
    var pipeline = self
    pipeline.signing.timeStamping = .optional(authority)
    return pipeline
  }

  /// The same pipeline with every delivered file on record: one that cannot be recorded is not
  /// delivered, since nobody could tell later whose it is.
  public func recording(in outputs: any OutputKeeping) -> StagedPipeline {
    var pipeline = self
    pipeline.outputs = outputs
    return pipeline
  }

  /// The same pipeline with the invisible mark in sounds, too, where it can be read back in them.
  public func markingSound(_ isOn: Bool) -> StagedPipeline {
    var pipeline = self
    pipeline.marksSound = isOn
    return pipeline
  }

  /// The same pipeline with `warn` told of what is delivered although something of it is missing.
  public func warning(
    _ warn: @escaping @Sendable (PipelineWarning) -> Void
  ) -> StagedPipeline {
    var pipeline = self
    pipeline.warn = warn
    return pipeline
  }

  /// The same pipeline with uploads held against lists of known media.
  public func asking(_ knownMedia: KnownMediaChecks?) -> StagedPipeline {
    var pipeline = self
    pipeline.knownMedia = knownMedia
    return pipeline
  }

  /// The same pipeline with what is written in uploads and outputs read and judged as text.
  public func reading(with reader: any PictureReading) -> StagedPipeline {
    var pipeline = self
    pipeline.reader = reader
    return pipeline
  }

  /// The same pipeline with uploads and outputs described in words that are judged as text.
  public func describing(with describer: (any PictureDescribing)?) -> StagedPipeline {
    var pipeline = self
    pipeline.describer = describer
    return pipeline
  }

  public func advance(
    _ job: Job, save: @escaping @Sendable (Job) async throws -> Void
  ) async throws -> Job {
    let stages = bound(to: job.subject)
    return switch job.state {
    case .queued: try await stages.generate(job, save: save)
    case .generated: try await stages.inspect(job)
    case .inspected: try await stages.seal(job)
    case .sealed: try await stages.release(job)
    case .released, .held, .blocked, .failed: job
    }
  }

  public func screen(
    id: String, _ request: VideoRequest, subject: Subject
  ) async throws -> ScreeningAnswer {
    try await bound(to: subject).screened(id: id, request, subject: subject)
  }

  /// The same stages under the policies of one subject, as they are now: a whole stage is judged by
  /// one set, also when the files change meanwhile.
  func bound(to subject: Subject) -> StagedPipeline {
    guard !isBound else { return self }
    var stages = self
    stages.isBound = true
    stages.policy = policies.policy(for: subject.tenant)
    return stages
  }
}

extension Job {
  /// The job ended by a decision; what the caller reads says no more than the policy lets it.
  func ended(by decision: Decision) -> Job {
    var job = self
    job.stoppedAt = decision.stage
    if decision.outcome == .block {
      job.state = .blocked
      job.error = JobError(
        code: "moderation_blocked",
        message: decision.callerMessage ?? "Your request was blocked by our moderation system.")
    } else {
      job.state = .held
      job.error = JobError(
        code: "moderation_held",
        message: "This clip is held until a person has looked at it. Nothing was released.")
    }
    return job
  }
}

extension Decision {
  /// The rules that decided: enforced, and as severe as the outcome.
  var decidingRules: [FiredRule] { fired.filter { !$0.isShadow && $0.outcome == outcome } }

  /// The policy's own sentence for callers, if a deciding rule has one.
  var callerMessage: String? { decidingRules.lazy.compactMap(\.say).first }

  /// Coarse categories for callers, without repeats.
  var callerCategories: [String] {
    var categories: [String] = []
    for rule in decidingRules where !categories.contains(rule.category) {
      categories.append(rule.category)
    }
    return categories
  }
}
