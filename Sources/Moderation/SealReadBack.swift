import C2PA
import Fingerprint
import Labels
import MediaClient
import MediaJobs
import Provenance
import Watermark

/// The layers that a sealed clip must show.
struct SealedLayers: Sendable {
  /// The label of the active manifest.
  let manifest: String
  let labels: MediaLabels
  /// As the clip was marked.
  let mark: MarkRequest
  /// Frames that were marked: every one of them must be there and show the visible mark.
  let frames: Int
  /// The id in the invisible mark; nil where the policy wants none.
  let watermark: UInt64?
  /// The content code that the manifest names; nil where none could be made.
  let code: ISCCUnit?

  /// One of them, in the order in which they are asked for.
  enum Layer {
    case manifest, labels, visibleMark, watermark, code

    /// The rule under which a clip without it is held. Stable.
    var rule: String {
      switch self {
      case .manifest: "seal.unverified"
      case .labels: "seal.unlabelled"
      case .visibleMark: "seal.unseen"
      case .watermark: "seal.unreadable"
      case .code: "seal.miscoded"
      }
    }
  }
}

/// A sealed clip that shows all of its layers.
struct SealedFile: Sendable {
  let sha256: String
  /// Its thumbnail and sheet are among it.
  let pictures: ReadBack
}

enum SealReading {
  case sound(SealedFile)
  case lacks(SealedLayers.Layer, String)
}

extension StagedPipeline {
  /// Reads every layer from the very file that will be served: not from what was meant to be written.
  ///
  /// Its bytes are hashed, verified and searched for labels here while the sandboxed process decodes it,
  /// once for all that its pictures show.
  func readBack(_ path: String, _ layers: SealedLayers) async throws -> SealReading {
    let verifier = Verifier(trust: trust, at: now() / 1000)
    async let report = blocking { try verifier.verify(path: path) }
    async let isLabelled = carries(layers.labels, path)
    async let digest = sha256(of: path)
    async let shown = media.readBack(
      path,
      request: ReadBackRequest(
        mark: layers.mark, residual: layers.watermark != nil, signatures: layers.code != nil))

    let verdict = try await report
    guard verdict.state == .trusted, verdict.activeManifest == layers.manifest else {
      return .lacks(.manifest, verdict.reason)
    }
    guard try await isLabelled else {
      return .lacks(.labels, "the machine-readable labels cannot be read in the sealed clip")
    }
    let pictures = try await shown
    guard pictures.outcome.frames == layers.frames,
      pictures.visibleMark.lowestScore >= VisibleMarkDetector.threshold
    else {
      return .lacks(
        .visibleMark,
        "of \(layers.frames) frames \(pictures.outcome.frames) can be decoded, and at "
          + "\(pictures.visibleMark.at) s the visible mark has a correlation of "
          + "\(pictures.visibleMark.lowestScore)")
    }
    guard await reads(layers.watermark, pictures) else {
      return .lacks(.watermark, "the invisible mark cannot be read in the sealed clip")
    }
    if let code = layers.code {
      guard pictures.signatureSums.map(ISCCUnit.bound) == code else {
        return .lacks(.code, "the sealed clip has another content code than its manifest names")
      }
    }
    return .sound(SealedFile(sha256: try await digest, pictures: pictures))
  }

  private func reads(_ id: UInt64?, _ pictures: ReadBack) async -> Bool {
    guard let id else { return true }
    guard let watermark else { return false }
    return await WatermarkSearch(secrets: [watermark]).reads(id, in: pictures.residuals)
  }
}
