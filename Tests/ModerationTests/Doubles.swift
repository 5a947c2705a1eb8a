import Bytes
import C2PA
import Classifiers
import Evidence
import Fingerprint
import Foundation
import MediaClient
import MediaJobs
import Moderation
import PKI
import Pixels
import Policy
import Provenance
import Synchronization
import TestKit

/// Text checks that know a few words by heart.
struct WordChecks: TextChecking {
  var unknown: UnknownReason?
  /// Finds violence in whatever it is given.
  var isAlarmed = false
  /// Reads over this, so that a word may stand half before and half behind it.
  var separator: String?

  func signals(for text: String) async -> [Signal] {
    let text = separator.map { text.split(separator: $0).joined() } ?? text
    let score: (String) -> Signal.Value = { word in
      if let unknown { return .unknown(unknown) }
      let isFound = text.contains(word) || (isAlarmed && word == "violence")
      return .score(isFound ? 0.99 : 0.01)
    }
    return [
      Signal(name: "sexual", value: score("sexual"), check: "text"),
      Signal(name: "violence", value: score("violence"), check: "text"),
    ]
  }
}

/// Every picture gets the same score; a first red pixel means nudity.
struct RedChecks: FrameChecking {
  func signals(for image: RGBImage) async -> [Signal] {
    [Signal(name: "nudity", value: .score(image.pixels[0] == 255 ? 0.99 : 0), check: "nudity")]
  }
}

struct FixedSpeech: SpeechChecking {
  let answer: SpeechResult
  func transcribe(_ samples: [Float]) async -> SpeechResult { answer }
}

/// A media process that copies instead of working, with what it "sees" given in advance.
struct CopyingMedia: MediaWorking {
  var uploadKind: Upload.Kind = .image
  var image = RGBImage(width: 1, height: 1, pixels: [0, 0, 0])!
  var frames: [SampledFrame] = [
    SampledFrame(
      time: 0, isSceneCut: false, image: RGBImage(width: 1, height: 1, pixels: [0, 0, 0])!)
  ]
  var audio: [Float]?
  var failure: MediaFailure?
  /// Of a clip that was marked.
  var marked = MarkedMedia(outcome: MediaOutcome())
  /// What a sealed clip shows.
  var shown = ReadBack(
    outcome: MediaOutcome(), visibleMark: VisibleMarkReading(lowestScore: 1, at: 0), residuals: [],
    signatureSums: nil, thumbnail: Array("RIFF".utf8), sheet: Array("RIFF".utf8))

  func kind(of path: String) async throws(MediaFailure) -> Upload.Kind {
    if let failure { throw failure }
    return uploadKind
  }

  func picture(_ path: String, side: Int) async throws(MediaFailure) -> RGBImage {
    if let failure { throw failure }
    return image
  }

  func sample(_ path: String) async throws(MediaFailure) -> MediaSample {
    if let failure { throw failure }
    return MediaSample(
      info: MediaInfo(
        container: "mov,mp4", durationSeconds: 1, width: 1, height: 1, frameRate: 24,
        videoCodec: "h264", streams: []), frames: frames, audio: audio,
      outcome: MediaOutcome())
  }

  func draw(
    _ request: SynthesisRequest, referenceImage: String?, output: String,
    progress: @escaping @Sendable (Double) -> Void
  ) async throws(MediaFailure) -> MediaOutcome {
    _ = FileManager.default.createFile(atPath: output, contents: Data("raw".utf8))
    return MediaOutcome()
  }

  func mark(
    _ input: String, output: String, request: MarkRequest
  ) async throws(MediaFailure) -> MarkedMedia {
    if let failure { throw failure }
    try? FileManager.default.copyItem(atPath: input, toPath: output)
    return marked
  }

  func picture(
    of input: String, output: String, request: StillRequest
  ) async throws(MediaFailure) {
    try? FileManager.default.copyItem(atPath: input, toPath: output)
  }

  func sound(of path: String) async throws(MediaFailure) -> [Float] { audio ?? [] }

  func readAloud(_ request: SpeechRequest, output: String) async throws(MediaFailure) {
    _ = FileManager.default.createFile(atPath: output, contents: Data("raw".utf8))
  }

  func readBack(
    _ path: String, request: ReadBackRequest
  ) async throws(MediaFailure) -> ReadBack {
    shown
  }

  func residuals(of path: String) async throws(MediaFailure) -> [FloatPlane] { [] }

  func embed(
    _ input: String, output: String, request: EmbedRequest
  ) async throws(MediaFailure) -> MarkedMedia {
    try? FileManager.default.copyItem(atPath: input, toPath: output)
    return MarkedMedia(outcome: MediaOutcome(), residuals: [])
  }

  func disclose(
    _ input: String, output: String, request: DisclosureRequest
  ) async throws(MediaFailure) {
    try? FileManager.default.copyItem(atPath: input, toPath: output)
  }

  func markSound(
    _ input: String, output: String, request: SoundMarkRequest
  ) async throws(MediaFailure) {
    try? FileManager.default.copyItem(atPath: input, toPath: output)
  }

  func contentPrint(of path: String) async throws(MediaFailure) -> ContentPrint {
    ContentPrint(width: 1, height: 1, seconds: 1, isClip: true, frames: [])
  }

  func chromaprint(of path: String) async throws(MediaFailure) -> Chromaprint? { nil }
}

/// A log in memory that keeps the order of its entries.
final class MemoryLog: DecisionLog {
  private let entries = Mutex<[DecisionRecord]>([])
  var records: [DecisionRecord] { entries.withLock { $0 } }

  func append(_ record: DecisionRecord) async throws -> UInt64 {
    entries.withLock { entries in
      if let index = entries.firstIndex(where: { $0.id == record.id }) { return UInt64(index) }
      entries.append(record)
      return UInt64(entries.count - 1)
    }
  }

  func receipt(index: UInt64) async throws -> DecisionReceipt {
    DecisionReceipt(index: index, entry: Array("{}".utf8), proof: "c2sp.org/tlog-proof@v1\n")
  }
}

/// A core that writes a file, or fails as told.
struct ScriptedCore: GenerationCore {
  var failure: GenerationFailure?
  var scene: String?
  var identity: CoreIdentity {
    CoreIdentity(
      name: "scripted", version: "1",
      digitalSourceType: "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia",
      isModel: true)
  }

  func generate(
    _ request: GenerationRequest, to path: String
  ) async throws(GenerationFailure) -> GeneratedClip {
    if let failure { throw failure }
    _ = FileManager.default.createFile(atPath: path, contents: Data("raw".utf8))
    return GeneratedClip(scene: scene, model: "scripted-1")
  }
}

/// One pipeline with its doubles, in a folder of its own.
struct Bench {
  let log = MemoryLog()
  let folder: TemporaryDirectory
  let workspace: Workspace
  var media = CopyingMedia()
  var text = WordChecks()
  var speech = FixedSpeech(answer: .transcript(Transcript(speechRatio: 0, segments: [])))
  var core = ScriptedCore()
  let clock = FixedClock()
  /// Whose signature sealed clips carry, and who believes it.
  var signer: any ClaimSigner = UnusedSigner()
  var trust = TrustConfiguration()

  init() throws {
    folder = try TestKit.temporaryDirectory()
    workspace = Workspace(root: folder.path("data"))
  }

  /// Some is judged by the bench's clock and some by the machine's.
  private static let years = 20 * 365

  /// What is signed is signed by somebody whom the pipeline believes.
  mutating func signForGood() throws {
    let start = clock.milliseconds / 1000 - 3600
    let root = try CertificateIssuer.makeRoot(
      name: DistinguishedName(commonName: "Test Root", organization: "Test"),
      key: .generate(.p256), notBefore: start, days: Self.years)
    let key = try PrivateKey.generate(.p256)
    let leaf = try root.issue(
      .claimSigner, name: DistinguishedName(commonName: "Test Signer", organization: "Test"),
      publicKey: key.publicKey, notBefore: start, days: Self.years)
    signer = try PEMSigner(
      key: key.pem(), chain: leaf.pem + root.certificate.pem, algorithm: .es256)
    trust = TrustConfiguration(anchorSets: [.init(name: "test", anchors: [root.certificate])])
  }

  static let policy = """
    { "policy": "floor", "version": "1",
      "rules": [
        { "id": "sexual.text", "on": ["prompt", "scene", "transcript"],
          "when": { "score": "sexual", "at_least": 0.8 }, "then": "block", "category": "sexual" },
        { "id": "violence.spoken", "on": ["transcript"],
          "when": { "score": "violence", "at_least": 0.8 }, "then": "block", "category": "violence" },
        { "id": "violence.written", "on": ["text_in_frame"],
          "when": { "score": "violence", "at_least": 0.8 }, "then": "block", "category": "violence" },
        { "id": "nudity.frames", "on": ["frame", "upload"],
          "when": { "score": "nudity", "at_least": 0.8 }, "then": "block", "category": "sexual" },
        { "id": "upload.video", "on": ["upload"],
          "when": { "upload": "kind", "is": "video" }, "then": "block", "category": "upload",
          "say": "Video uploads are not accepted." }
      ],
      "checks": {
        "text": { "timeout_ms": 600000, "on_error": "hold" },
        "nudity": { "timeout_ms": 600000, "on_error": "hold" },
        "text_in_frame": { "timeout_ms": 600000, "on_error": "hold" },
        "transcript": { "timeout_ms": 600000, "on_error": "hold" }
      }
    }
    """

  func pipeline(
    under policy: PolicySet? = nil, frames: any FrameChecking = RedChecks()
  ) throws -> StagedPipeline {
    let clock = clock
    return StagedPipeline(
      core: core,
      policies: PolicyShelf(
        try policy
          ?? PolicySet(
            layers: [PolicyDocument.parse(Array(Self.policy.utf8), file: "floor.json")])),
      text: text, frames: frames, speech: speech, media: media, decisions: log,
      signer: signer, trust: trust, markKey: Self.markKey,
      pseudonym: Pseudonym(key: [UInt8](repeating: 9, count: 32)), workspace: workspace,
      now: { clock.milliseconds })
  }

  static let markKey = [UInt8](repeating: 7, count: 32)
  static let subject = Subject(tenant: "studio", endUser: "user-42")

  static func request(
    _ prompt: String, extras: [String: String] = [:], reference: ReferenceFile? = nil
  ) -> VideoRequest {
    VideoRequest(
      prompt: prompt, model: "sora-2", seconds: 4, size: FrameSize(width: 1280, height: 720),
      reference: reference, extras: extras)
  }

  /// A job in `state`, with the files that state promises.
  func job(_ state: JobState) throws -> Job {
    var job = Job(
      id: "video_0", subject: Self.subject, request: Self.request("a boat"), createdAt: 0,
      state: state)
    job.attempts = 1
    try workspace.prepare(job.id)
    let files = [
      workspace.rawClip(job.id): "raw", workspace.sealedClip(job.id): "sealed",
      workspace.sealedThumbnail(job.id): "thumbnail",
    ]
    for (path, content) in files { try Data(content.utf8).write(to: URL(fileURLWithPath: path)) }
    job.hashes["sealed"] = Hex.encode(HashAlgorithm.sha256.digest(Array("sealed".utf8)))
    return job
  }
}

private struct UnusedSigner: ClaimSigner {
  let algorithm = SignatureAlgorithm.es256
  let certificateChain: [[UInt8]] = []
  func sign(_ message: [UInt8]) throws -> [UInt8] { [] }
}
