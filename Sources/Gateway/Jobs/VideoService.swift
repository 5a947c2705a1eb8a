import Bytes
import Evidence
import HTTPTypes
import Moderation
import NIOCore
import NIOPosix
import PKI
import StrictJSON

/// What the video routes do, without HTTP: screening, the store, the one door to released files.
struct VideoService: Sendable {
  /// A client repeats a request after its read timeout of 600 s at the latest; an equal body that
  /// says it is a repetition is the same request within that time.
  static let repetitionSeconds: Int64 = 600
  /// Unfinished jobs of one tenant: an hour's work of a core that takes half a minute a clip.
  static let maximumWaitingJobs = 100

  let workspace: Workspace
  private let store: JobStore
  let pipeline: any VideoPipeline
  private let notify: @Sendable () -> Void
  let hasRoom: @Sendable () -> Bool
  private let subjects: SubjectResolver
  private let clock: @Sendable () -> Int64
  private let waitingLimit: Int
  let enforcement: Enforcement?
  private let gate = AdmissionGate(limit: AdmissionGate.screenings)

  /// - Parameter waitingLimit: unfinished jobs that one tenant may have.
  /// - Parameter notify: called when there is a new job to run.
  /// - Parameter hasRoom: whether the disk can take one more clip.
  /// - Parameter clock: seconds since 1970.
  init(
    workspace: Workspace, store: JobStore, pipeline: any VideoPipeline,
    notify: @escaping @Sendable () -> Void, hasRoom: @escaping @Sendable () -> Bool = { true },
    waitingLimit: Int = VideoService.maximumWaitingJobs,
    subjects: SubjectResolver = SubjectResolver(), enforcement: Enforcement? = nil,
    clock: @escaping @Sendable () -> Int64 = WallClock.seconds
  ) {
    self.waitingLimit = waitingLimit
    self.enforcement = enforcement
    self.workspace = workspace
    self.store = store
    self.pipeline = pipeline
    self.notify = notify
    self.hasRoom = hasRoom
    self.subjects = subjects
    self.clock = clock
  }

  /// `video_` and 128 bits of randomness: an id cannot be guessed, and is never used again.
  static func newID() -> String {
    return "video_\(Hex.encode(SecureRandom.bytes(16)))"
  }

  /// Screens a request and stores the job that comes of it.
  ///
  /// - Parameter id: from `newID()`; uploads lie in its quarantine folder already, which is swept
  ///   unless a job is stored.
  /// - Throws: `APIError` for refusals; other errors are the server's own.
  func create(
    id: String, _ body: CreateVideoBody, tenant: String, idempotencyKey: String?,
    isRepetition: Bool
  ) async throws -> Job {
    let order = Order(
      id: id, tenant: tenant, endUser: body.endUser, idempotencyKey: idempotencyKey,
      isRepetition: isRepetition)
    return try await admit(
      order, hash: { try await bodyHash(body) }, request: { try await request(id: id, body) })
  }

  /// Who asks for one job, and how it may be known already.
  struct Order: Sendable {
    let id: String
    let tenant: String
    let endUser: String?
    let idempotencyKey: String?
    let isRepetition: Bool
  }

  /// The way of every new job: known already, room, turn, screening, store.
  func admit(
    _ order: Order, hash: () async throws -> String, request: () async throws -> VideoRequest
  ) async throws -> Job {
    let id = order.id
    var isStored = false
    defer { if !isStored { workspace.sweepQuarantine(id) } }
    let hash = try await hash()
    if let known = try await known(
      hash, tenant: order.tenant, idempotencyKey: order.idempotencyKey,
      isRepetition: order.isRepetition)
    {
      return known
    }
    guard hasRoom() else { throw APIError.storageUnavailable }
    guard store.waitingCount(of: order.tenant) < waitingLimit else {
      throw APIError(
        .tooManyRequests,
        "You have \(waitingLimit) videos that are not finished; wait for one.",
        type: "rate_limit_error", code: "rate_limit_exceeded", headers: [.retryAfter: "30"])
    }
    let (request, subject) = try await judgeable(try await request(), order)
    try await enforcement?.check(subject)
    let job: Job
    do {
      switch try await gate.pass({
        try await pipeline.screen(id: id, request, subject: subject)
      }) {
      case .accepted(let accepted): job = accepted
      case .held(let held): job = held
      case .refused(let refusal):
        try await enforcement?.strike(subject, asset: id, categories: refusal.categories)
        throw VideoService.error(for: refusal)
      }
    } catch let error as UnusableUpload {
      throw APIError.invalid(
        request.operation == .create ? "input_reference" : "video", error.message, code: error.code)
    }
    let stored = try await store.insert(
      job, bodyHash: hash, idempotencyKey: order.idempotencyKey)
    isStored = stored.job.id == id
    notify()
    return stored.job
  }

  /// The request without what it says of the subject, and the subject.
  private func judgeable(
    _ request: VideoRequest, _ order: Order
  ) async throws -> (VideoRequest, Subject) {
    // A clip made from another shows whom that shows.
    var inherited: Set<String> = []
    if let source = request.source {
      inherited = try await job(source, of: order.tenant).subject.consentRecords
    }
    let (subject, fields) = try await subjects.subject(
      tenant: order.tenant, endUser: order.endUser, fields: request.extras, inherited: inherited)
    var request = request
    request.extras = fields
    return (request, subject)
  }

  func job(_ id: String, of tenant: String) async throws -> Job {
    guard let stored = try await store.job(id, of: tenant) else { throw APIError.noSuchVideo(id) }
    return stored.job
  }

  func list(
    of tenant: String, after: String?, limit: Int, ascending: Bool
  ) async throws -> JobPage {
    guard
      let page = try await store.jobs(
        of: tenant, after: after, limit: limit, ascending: ascending)
    else { throw APIError.invalid("after", "Invalid 'after': no video with that id was found.") }
    return page
  }

  /// Deletes a finished job. What policy stopped vanishes for its caller and stays for the
  /// operator: a caller cannot keep its own record out.
  func delete(_ id: String, of tenant: String) async throws {
    let job = try await job(id, of: tenant)
    switch job.state {
    case .queued, .generated, .inspected, .sealed:
      throw APIError.invalid(
        "video_id",
        "The video is still being made; only completed or failed videos can be deleted.",
        code: "video_not_finished")
    case .held, .blocked:
      try await store.hide(id)
    case .released, .failed:
      // The row first: a crash in between leaves files without a door, not a door without files.
      try await store.delete(id)
      workspace.delete(id)
    }
  }

  /// The released file of a variant.
  ///
  /// - Throws: 404 in every state but `released`, and when a consent it rests on does not hold.
  func content(_ id: String, of tenant: String, variant: ContentVariant) async throws
    -> ReleasedFile
  {
    let job = try await job(id, of: tenant)
    switch job.state {
    case .released: break
    case .queued, .generated, .inspected, .sealed:
      throw VideoService.noContent(
        "The video is not ready yet (status '\(VideoObject.status(job.state))').",
        code: "video_not_ready")
    case .held, .blocked, .failed:
      throw VideoService.noContent(
        "The video was not released; read its 'error'.", code: "video_not_released")
    }
    if let expiry = job.expiresAt, expiry <= clock() {
      throw VideoService.noContent("The video has expired.", code: "video_expired")
    }
    try await subjects.consents?.check(job.subject, asset: id)
    let path =
      switch variant {
      case .video: workspace.releasedClip(id)
      case .thumbnail: workspace.releasedThumbnail(id)
      case .spritesheet: workspace.releasedSheet(id)
      }
    guard let source = try? FileByteSource(path: path) else {
      throw VideoService.noContent(
        "The \(variant.rawValue) of this video is gone.", code: "content_missing")
    }
    let digest = job.hashes["sealed"] ?? id
    return ReleasedFile(
      path: path, byteCount: source.count, mediaType: variant.mediaType,
      entityTag: variant == .video ? "\"\(digest)\"" : "\"\(digest)-\(variant.rawValue)\"")
  }

  private func known(
    _ hash: String, tenant: String, idempotencyKey: String?, isRepetition: Bool
  ) async throws -> Job? {
    if let idempotencyKey,
      let known = try await store.job(idempotencyKey: idempotencyKey, of: tenant)
    {
      guard known.bodyHash == hash else {
        throw APIError(
          .conflict,
          "This Idempotency-Key was used before with another request. Use a new key.",
          code: "idempotency_key_reused", headers: [.shouldRetry: "false"])
      }
      return known.stored.job
    }
    guard isRepetition else { return nil }
    return try await store.job(
      bodyHash: hash, of: tenant, since: clock() - VideoService.repetitionSeconds)?.job
  }

  /// Puts an inline image where a file upload already is.
  private func request(id: String, _ body: CreateVideoBody) async throws -> VideoRequest {
    var reference: ReferenceFile?
    switch body.reference {
    case nil: break
    case .file(let file):
      reference = ReferenceFile(path: file.path, declaredMediaType: file.declaredMediaType)
    case .inline(let image):
      let writer = try SpoolWriter(
        path: workspace.upload(id, name: CreateBodyReader.uploadName))
      try await writer.write(.init(bytes: image.bytes))
      try await writer.finish()
      reference = ReferenceFile(path: writer.path, declaredMediaType: image.mediaType)
    }
    return VideoRequest(
      prompt: body.prompt, model: body.model, seconds: body.seconds, size: body.size,
      reference: reference, extras: body.extras)
  }

  /// Over the decoded parts: a form's boundary differs at every attempt.
  private func bodyHash(_ body: CreateVideoBody) async throws -> String {
    try await NIOThreadPool.singleton.runIfActive {
      var reference: JSONValue = .null
      switch body.reference {
      case nil: break
      case .inline(let image):
        reference = .string(Hex.encode(HashAlgorithm.sha256.digest(image.bytes)))
      case .file(let file):
        let bytes = try FileByteSource.contents(
          of: file.path, limit: CreateBodyReader.maximumFileBytes)
        reference = .string(Hex.encode(HashAlgorithm.sha256.digest(bytes)))
      }
      let document: JSONValue = [
        "prompt": .string(body.prompt), "model": .string(body.model),
        "seconds": .integer(body.seconds), "size": .string(body.size.description),
        "end_user": body.endUser.map(JSONValue.string) ?? .null, "reference": reference,
        "extras": .object(body.extras.map { .init($0.key, .string($0.value)) }),
      ]
      return Hex.encode(HashAlgorithm.sha256.digest(document.canonical))
    }
  }

  static func error(for refusal: Refusal) -> APIError {
    APIError(
      .badRequest, refusal.message ?? "Your request was blocked by our moderation system.",
      parameter: refusal.parameter, code: "moderation_blocked",
      moderation: .init(
        stage: refusal.stage == .screen ? "input" : "output", categories: refusal.categories))
  }

  static func noContent(_ message: String, code: String) -> APIError {
    APIError(.notFound, message, parameter: "video_id", code: code)
  }
}

/// What `/content` offers.
enum ContentVariant: String, Sendable {
  case video, thumbnail, spritesheet

  var mediaType: String {
    switch self {
    case .video: "video/mp4"
    case .thumbnail, .spritesheet: "image/webp"
    }
  }
}

/// A file behind the only door to bytes.
struct ReleasedFile: Equatable, Sendable {
  let path: String
  let byteCount: Int
  let mediaType: String
  /// Strong: the bytes of a released file never change.
  let entityTag: String
}
