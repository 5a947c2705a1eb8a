import Bytes
import C2PA
import CBOR
import Containers
import Evidence
import Fingerprint
import MediaClient
import MediaJobs
import Provenance

/// What is put on record of a delivered file, so that copies without credentials are recognised.
extension StagedPipeline {
  /// A file on its way out.
  struct Delivery {
    let asset: String
    let subject: Subject
    let path: String
    let sha256: String
    let manifestID: String
    let manifestStore: [UInt8]
    let mark: UInt64?
    let mediaType: String
    var thumbnail: [UInt8]?
  }

  /// A thumbnail of 640 pixels takes some 30 KB; one that is larger than this is left out.
  private static let thumbnailLimit = 256 << 10
  static let unknownType = "application/octet-stream"

  /// A clip that was sealed: what its manifest store says is read from the very file that goes out.
  func record(_ job: Job, at path: String) async throws {
    guard outputs != nil else { return }
    let found = try await blocking { () -> (store: EmbeddedStore, label: String, type: String)? in
      let source = try FileByteSource(path: path)
      let format = try AssetFormat.detect(in: source)
      return try EmbeddedStore.locate(in: source, format: format).map {
        ($0, try ManifestStore($0).active.label, format.mediaType ?? Self.unknownType)
      }
    }
    guard let found else { throw RecordingError(asset: job.id) }
    let thumbnail = [
      workspace.sealedThumbnail(job.id), workspace.releasedThumbnail(job.id),
    ].lazy.compactMap { try? FileByteSource.contents(of: $0, limit: Self.thumbnailLimit) }.first
    try await record(
      Delivery(
        asset: job.id, subject: job.subject, path: path, sha256: job.hashes["sealed"] ?? "",
        manifestID: found.label, manifestStore: found.store.bytes,
        mark: job.watermark.flatMap(WatermarkID.parse),
        mediaType: found.type, thumbnail: thumbnail))
  }

  /// Durable when it returns.
  func record(_ delivery: Delivery) async throws {
    guard let outputs else { return }
    async let content = look(of: delivery)
    async let sound = sound(of: delivery)
    try await outputs.keep(
      OutputRecord(
        asset: delivery.asset, manifestID: delivery.manifestID,
        manifestStore: delivery.manifestStore, subject: pseudonym.text(of: delivery.subject),
        mark: delivery.mark, mediaType: delivery.mediaType, sha256: delivery.sha256,
        deliveredAt: now(), content: try await content, sound: try await sound,
        codes: codes(in: delivery.manifestStore), thumbnail: delivery.thumbnail))
  }

  /// Sound has no look, and a probe for pictures refuses it.
  private func look(of delivery: Delivery) async throws(MediaFailure) -> ContentPrint {
    delivery.mediaType.hasPrefix("audio/")
      ? ContentPrint(width: 0, height: 0, seconds: 0, isClip: true, frames: [])
      : try await media.contentPrint(of: delivery.path)
  }

  private func sound(of delivery: Delivery) async throws(MediaFailure) -> Chromaprint? {
    delivery.mediaType.hasPrefix("image/") ? nil : try await chromaprint(of: delivery.path)
  }

  /// What the credentials say that the file looks or sounds like: what they are found by is what stands
  /// in them.
  private func codes(in store: [UInt8]) -> [ISCCUnit] {
    let report = Verifier(trust: trust, at: now() / 1000).verify(recovered: store)
    let bindings = (report.active?.assertions ?? []).filter {
      $0.type == AssertionType.softBinding && $0.cbor?["alg"]?.text == ISCCUnit.algorithm
    }
    return bindings.flatMap { $0.cbor?["blocks"]?.array ?? [] }.flatMap {
      $0["value"]?.bytes.flatMap(ISCCSequence.units) ?? []
    }
  }

  /// The Audio-Code of a recording; nil where it sounds like nothing in particular.
  func audioCode(of path: String) async throws(MediaFailure) -> ISCCUnit? {
    try await chromaprint(of: path).map {
      ISCCUnit.audio(chromaprint: $0.words, bits: ISCCSequence.matchedBits)
    }
  }

  private func chromaprint(of path: String) async throws(MediaFailure) -> Chromaprint? {
    do throws(MediaFailure) {
      return try await media.chromaprint(of: path)
    } catch {
      // An FFmpeg that was built without chromaprint costs the search by sound, not the delivery.
      guard case .refused(let refusal) = error, refusal.code == .missingComponent else {
        throw error
      }
      return nil
    }
  }
}

extension ISCCUnit {
  /// The Video-Code of a clip, as its manifest binds it.
  static func bound(_ signatureSums: [UInt32]) -> ISCCUnit {
    video(signatureSums: signatureSums, bits: ISCCSequence.matchedBits)
  }
}

/// A sealed file without the manifest store that it was sealed with.
struct RecordingError: Error, CustomStringConvertible {
  let asset: String
  var description: String { "\(asset) has no manifest store that could be put on record" }
}
