import C2PA
import Evidence
import MediaClient
import MediaJobs
import Pixels
import Policy
import StrictJSON

/// Stage 1: the request as it came in, before any core hears of it.
extension StagedPipeline {
  /// Fields that name the caller rather than the clip: neither judged as text nor passed on.
  static let identityFields: Set<String> = ["safety_identifier", "user"]
  /// Uploads are judged at this size: enough for every picture check, small enough to be cheap.
  static let uploadSide = 1024

  func screened(
    id: String, _ request: VideoRequest, subject: Subject
  ) async throws -> ScreeningAnswer {
    var items = [await textItem(.prompt, request.prompt)]
    for (name, value) in request.extras.sorted(by: { $0.key < $1.key })
    where !Self.identityFields.contains(name) {
      items.append(await textItem(.prompt, value))
    }
    var uploads: [SeenFrames] = []
    for reference in [request.reference].compactMap(\.self) + request.further {
      do {
        uploads.append(try await seenUpload(reference))
      } catch let unusable as UnusableUpload {
        try await logUnusable(unusable, id: id, request, subject: subject)
        throw unusable
      }
    }

    let seen = SeenFrames(
      items: uploads.flatMap(\.items), writtenTexts: uploads.flatMap(\.writtenTexts),
      descriptions: uploads.flatMap(\.descriptions))
    items += seen.items
    let decision = policy.evaluate(stage: .screen, items: items, subject: subject)
    _ = try await log(
      id: "\(id).screen", asset: id, subject: subject, decision: decision, items: items,
      payload: request.payload(of: subject) + seen.payload)

    var job = Job(id: id, subject: subject, request: request, createdAt: now() / 1000)
    switch decision.outcome {
    case .allow, .flag: return .accepted(job)
    case .review:
      job = job.ended(by: decision)
      return .held(job)
    case .block:
      // Only an upload can be read or described here: a request has no frames yet.
      let upload = decision.decidingRules.allSatisfy {
        [.upload, .textInFrame, .scene].contains($0.evidence)
      }
      return .refused(
        Refusal(
          stage: .screen, categories: decision.callerCategories, message: decision.callerMessage,
          parameter: upload ? request.uploadParameter : "prompt"))
    }
  }

  /// A file that nobody could look at is refused without a policy; the refusal is a leaf all the same.
  func logUnusable(
    _ unusable: UnusableUpload, id: String, _ request: VideoRequest, subject: Subject
  ) async throws {
    let fired = FiredRule(
      rule: "upload.\(unusable.code)", policy: "assay", outcome: .block, category: "upload",
      evidence: .upload)
    _ = try await log(
      id: "\(id).screen", asset: id, subject: subject,
      decision: Decision(
        stage: .screen, outcome: .block, fired: [fired], policies: policy.identities),
      payload: request.payload(of: subject) + [.init("detail", .string(unusable.message))])
  }

  /// An upload: whether lists of known media hold it, what it is, what the picture checks see in it,
  /// what is written in it, how it is described, and what its credentials say.
  private func seenUpload(_ reference: ReferenceFile) async throws -> SeenFrames {
    let known = await knownMedia?.signals(forFile: reference.path) ?? []
    if known.contains(where: { $0.name == KnownMediaChecks.check && $0.value == .score(1) }) {
      // Known by its very bytes: it is not opened.
      return SeenFrames(items: [
        EvidenceItem(
          kind: .upload, signals: known,
          upload: Upload(kind: .unknown, mediaType: reference.declaredMediaType, provenance: nil))
      ])
    }
    let kind: Upload.Kind
    do {
      kind = try await media.kind(of: reference.path)
    } catch {
      throw UnusableUpload(failure: error)
    }
    let facts = Upload(
      kind: kind, mediaType: reference.declaredMediaType,
      provenance: await (kind == .unknown ? nil : provenance(of: reference.path)))
    guard kind == .image else {
      let unseen = Signal.unknown(
        "nudity", check: "nudity", .notEvaluated("only images are looked at here"))
      return SeenFrames(items: [
        EvidenceItem(
          kind: .upload,
          signals: try await clipSignals(reference, kind, known) + [unseen], upload: facts)
      ])
    }
    let image: RGBImage
    do {
      image = try await media.picture(reference.path, side: Self.uploadSide)
    } catch {
      throw UnusableUpload(failure: error)
    }
    let frames = frames
    let signals = await bounded(by: policy.timeout(of: "nudity")) {
      await frames.signals(for: image)
    }
    let sample = SampledFrame(time: 0, isSceneCut: false, image: image)
    let written = await writtenText(in: [sample])
    let described = await sceneDescription(of: [sample])
    let item = EvidenceItem(
      kind: .upload,
      signals: KnownMediaChecks.joined(
        known, signals ?? [.unknown("nudity", check: "nudity", .timedOut)]) + written.signals,
      upload: facts)
    return SeenFrames(
      items: [item] + written.items + described.items, writtenTexts: written.texts,
      descriptions: described.texts)
  }

  /// Of a clip or recording, what lists of known media say: by its frames and its bytes.
  private func clipSignals(
    _ reference: ReferenceFile, _ kind: Upload.Kind, _ known: [Signal]
  ) async throws -> [Signal] {
    guard let knownMedia, kind == .video else { return known }
    do {
      let frames = try await media.sample(reference.path).frames
      return KnownMediaChecks.joined(
        known, await knownMedia.signals(forFrames: frames.map(\.image)))
    } catch {
      throw UnusableUpload(failure: error)
    }
  }

  private func provenance(of path: String) async -> UploadProvenance? {
    let verifier = Verifier(trust: trust, at: now() / 1000)
    let report = try? await blocking { try verifier.verify(path: path) }
    return report.map { UploadProvenance(state: $0.state.rawValue, sourceType: $0.sourceType) }
  }
}

extension PictureExamining {
  /// A text with what the text checks say of it, within the policy's time.
  func textItem(
    _ kind: EvidenceItem.Kind, _ content: String, time: ClosedRange<Double>? = nil
  ) async -> EvidenceItem {
    let (text, policy) = (text, policy)
    let signals = await bounded(by: policy.timeout(of: "text")) {
      await text.signals(for: content, under: policy)
    }
    return EvidenceItem(
      kind: kind, time: time, signals: signals ?? [.unknown("text", check: "text", .timedOut)])
  }
}

extension Signal {
  static func unknown(_ name: String, check: String, _ reason: UnknownReason) -> Signal {
    Signal(name: name, value: .unknown(reason), check: check)
  }
}

extension VideoRequest {
  /// The request field that carries the upload.
  var uploadParameter: String { operation == .create ? "input_reference" : "video" }

  /// What the log's erasable payload keeps of a request.
  func payload(of subject: Subject) -> [JSONValue.Member] {
    [
      .init("operation", .string(operation.rawValue)),
      .init("source", source.map { .string($0) } ?? .null),
      .init("prompt", .string(prompt)),
      .init("model", .string(model)),
      .init("seconds", .integer(seconds)),
      .init("size", .string(size.description)),
      .init(
        "fields",
        .object(extras.sorted { $0.key < $1.key }.map { .init($0.key, .string($0.value)) })),
      .init("tenant", .string(subject.tenant)),
      .init("end_user", subject.endUser.map { .string($0) } ?? .null),
    ]
  }
}

extension VerificationReport {
  /// Last path component of the digitalSourceType with which the active manifest begins.
  var sourceType: String? {
    active?.actions.lazy.compactMap(\.digitalSourceType).first
      .flatMap { $0.split(separator: "/").last.map(String.init) }
  }
}

extension UnusableUpload {
  /// The media process's own sentence: it names what is wrong with the file and no path of ours.
  init(failure: MediaFailure) {
    switch failure {
    case .refused(let refusal): self.init(code: "invalid_image_file", message: refusal.sentence)
    case .file, .unavailable, .cancelled:
      self.init(code: "upload_unreadable", message: "The upload could not be read. Try again.")
    case .crashed, .timedOut, .overBudget:
      self.init(code: "invalid_image_file", message: failure.sentence)
    }
  }
}
