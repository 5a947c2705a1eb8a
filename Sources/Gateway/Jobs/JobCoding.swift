import Evidence
import Moderation
import StrictJSON

/// A job row that cannot be read: the database was written by something else.
struct JobCodingError: Error, Equatable, Sendable, CustomStringConvertible {
  let field: String
  var description: String { "a stored job has no usable field '\(field)'" }
}

/// Jobs as JSON text, the form in which they are stored.
enum JobCoding {
  static func encode(_ job: Job) -> String {
    let request = job.request
    var members: [JSONValue.Member] = [
      .init("id", .string(job.id)),
      .init("created_at", .integer(Int(job.createdAt))),
      .init("state", .string(job.state.rawValue)),
      .init("attempts", .integer(job.attempts)),
      .init("progress", .integer(job.progress)),
      .init(
        "subject",
        [
          "tenant": .string(job.subject.tenant),
          "end_user": job.subject.endUser.map(JSONValue.string) ?? .null,
          "age_band": .string(job.subject.ageBand.rawValue),
          "consents": .array(job.subject.consents.sorted().map(JSONValue.string)),
          "consent_records": .array(job.subject.consentRecords.sorted().map(JSONValue.string)),
        ]),
      .init(
        "request",
        [
          "prompt": .string(request.prompt),
          "model": .string(request.model),
          "seconds": .integer(request.seconds),
          "size": .string(request.size.description),
          "reference": request.reference.map {
            ["path": .string($0.path), "type": .string($0.declaredMediaType)]
          } ?? .null,
          "extras": dictionary(request.extras),
          "operation": .string(request.operation.rawValue),
          "source": request.source.map(JSONValue.string) ?? .null,
        ]),
      .init("hashes", dictionary(job.hashes)),
    ]
    if let error = job.error {
      members.append(
        .init("error", ["code": .string(error.code), "message": .string(error.message)]))
    }
    if let time = job.completedAt { members.append(.init("completed_at", .integer(Int(time)))) }
    if let time = job.expiresAt { members.append(.init("expires_at", .integer(Int(time)))) }
    if let token = job.resumeToken { members.append(.init("resume_token", .string(token))) }
    if let stage = job.stoppedAt { members.append(.init("stopped_at", .string(stage.rawValue))) }
    if let scene = job.scene { members.append(.init("scene", .string(scene))) }
    if let id = job.watermark { members.append(.init("watermark", .string(id))) }
    if let entry = job.inspectionEntry {
      // Text: an index may need all 64 bits.
      members.append(.init("inspection_entry", .string(String(entry))))
    }
    return JSONValue.object(members).compact
  }

  static func decode(_ text: String) throws -> Job {
    let json = try JSONValue.parse(text)
    let subject = json["subject"]
    var job = Job(
      id: try require(json["id"]?.string, "id"),
      subject: Subject(
        tenant: try require(subject?["tenant"]?.string, "subject.tenant"),
        endUser: subject?["end_user"]?.string,
        ageBand: try require(
          (subject?["age_band"]?.string).flatMap(Subject.AgeBand.init), "subject.age_band"),
        consents: Set((subject?["consents"]?.array ?? []).compactMap(\.string)),
        consentRecords: Set((subject?["consent_records"]?.array ?? []).compactMap(\.string))),
      request: try request(json["request"]),
      createdAt: Int64(try require(json["created_at"]?.integer, "created_at")),
      state: try require((json["state"]?.string).flatMap(JobState.init), "state"))
    job.attempts = try require(json["attempts"]?.integer, "attempts")
    job.progress = try require(json["progress"]?.integer, "progress")
    job.hashes = strings(json["hashes"])
    if let error = json["error"] {
      job.error = JobError(
        code: try require(error["code"]?.string, "error.code"),
        message: try require(error["message"]?.string, "error.message"))
    }
    job.completedAt = json["completed_at"]?.integer.map(Int64.init)
    job.expiresAt = json["expires_at"]?.integer.map(Int64.init)
    job.resumeToken = json["resume_token"]?.string
    job.stoppedAt = (json["stopped_at"]?.string).flatMap(Stage.init)
    job.scene = json["scene"]?.string
    job.watermark = json["watermark"]?.string
    job.inspectionEntry = (json["inspection_entry"]?.string).flatMap { UInt64($0) }
    return job
  }

  private static func request(_ json: JSONValue?) throws -> VideoRequest {
    var reference: ReferenceFile?
    if let stored = json?["reference"], !stored.isNull {
      reference = ReferenceFile(
        path: try require(stored["path"]?.string, "request.reference.path"),
        declaredMediaType: try require(stored["type"]?.string, "request.reference.type"))
    }
    return VideoRequest(
      prompt: try require(json?["prompt"]?.string, "request.prompt"),
      model: try require(json?["model"]?.string, "request.model"),
      seconds: try require(json?["seconds"]?.integer, "request.seconds"),
      size: try require((json?["size"]?.string).flatMap { FrameSize($0) }, "request.size"),
      reference: reference,
      extras: strings(json?["extras"]),
      operation: (json?["operation"]?.string).flatMap(VideoOperation.init) ?? .create,
      source: json?["source"]?.string)
  }

  private static func require<T>(_ value: T?, _ field: String) throws(JobCodingError) -> T {
    guard let value else { throw JobCodingError(field: field) }
    return value
  }

  private static func dictionary(_ values: [String: String]) -> JSONValue {
    .object(values.sorted { $0.key < $1.key }.map { .init($0.key, .string($0.value)) })
  }

  private static func strings(_ json: JSONValue?) -> [String: String] {
    var values: [String: String] = [:]
    for member in json?.members ?? [] { values[member.name] = member.value.string }
    return values
  }
}
