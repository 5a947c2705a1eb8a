import Bytes
import Evidence
import Glibc
import Moderation
import NIOPosix
import PKI
import StrictJSON

/// Clips made from other clips. Whether that is allowed at all is the policy's word on uploads of
/// clips; a caller's own released video is looked at like any other.
extension VideoService {
  func derive(
    id: String, _ body: DerivedVideoBody, operation: VideoOperation, tenant: String,
    idempotencyKey: String?, isRepetition: Bool
  ) async throws -> Job {
    let order = Order(
      id: id, tenant: tenant, endUser: body.endUser, idempotencyKey: idempotencyKey,
      isRepetition: isRepetition)
    return try await admit(
      order, hash: { try await hash(of: body, operation) },
      request: {
        let origin = try await origin(of: body.source, for: id, tenant: tenant)
        return VideoRequest(
          prompt: body.prompt, model: body.model ?? origin.model,
          seconds: origin.seconds + (body.addedSeconds ?? 0), size: origin.size,
          reference: origin.clip, extras: body.extras, operation: operation, source: origin.video)
      })
  }

  private struct Origin {
    let clip: ReferenceFile
    let video: String?
    let model: String
    let seconds: Int
    let size: FrameSize
  }

  /// The clip to start from, in the new job's quarantine.
  private func origin(
    of source: DerivedVideoBody.Source, for id: String, tenant: String
  ) async throws -> Origin {
    switch source {
    case .file(let file):
      return Origin(
        clip: ReferenceFile(path: file.path, declaredMediaType: file.declaredMediaType), video: nil,
        model: CreateVideoBody.defaultModel, seconds: CreateVideoBody.durations[0],
        size: FrameSize(width: 720, height: 1280))
    case .video(let video):
      let file = try await content(video, of: tenant, variant: .video)
      let job = try await job(video, of: tenant)
      let path = workspace.upload(id, name: CreateBodyReader.uploadName)
      // An empty file part beside the id has left an empty file.
      unlink(path)
      // A second name for the same bytes: they stay as long as the new job needs them.
      guard link(file.path, path) == 0 else {
        throw SpoolError(path: path, errorNumber: errno)
      }
      return Origin(
        clip: ReferenceFile(path: path, declaredMediaType: file.mediaType), video: video,
        model: job.request.model, seconds: job.request.seconds, size: job.request.size)
    }
  }

  private func hash(
    of body: DerivedVideoBody, _ operation: VideoOperation
  ) async throws -> String {
    try await NIOThreadPool.singleton.runIfActive {
      let source: String
      switch body.source {
      case .video(let id): source = "id:\(id)"
      case .file(let file):
        let bytes = try FileByteSource.contents(
          of: file.path, limit: CreateBodyReader.maximumClipBytes)
        source = Hex.encode(HashAlgorithm.sha256.digest(bytes))
      }
      let document: JSONValue = [
        "operation": .string(operation.rawValue), "prompt": .string(body.prompt),
        "model": body.model.map(JSONValue.string) ?? .null,
        "seconds": body.addedSeconds.map { .integer($0) } ?? .null, "source": .string(source),
        "end_user": body.endUser.map(JSONValue.string) ?? .null,
        "extras": .object(
          body.extras.sorted { $0.key < $1.key }.map { .init($0.key, .string($0.value)) }),
      ]
      return Hex.encode(HashAlgorithm.sha256.digest(document.canonical))
    }
  }
}
