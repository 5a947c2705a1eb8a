import Bytes
import C2PA
import CBOR
import Containers
import Evidence
import Fingerprint
import Glibc
import MediaClient
import MediaJobs
import PKI
import Policy
import Provenance
import StrictJSON

/// Stage 4: visible and invisible mark, manifest with the decision's receipt, and all read back.
extension StagedPipeline {
  /// What the mark says, in the words that the EU code of practice and the Chinese measures ask for.
  static let markText = VisibleMarkFinder.text
  /// The one extra field that is drawn beside the mark, where the policy allows names.
  static let handleField = "creator_handle"
  static let receiptLabel = "org.assay.decision-receipt"

  func seal(_ job: Job) async throws -> Job {
    var job = job
    guard let entry = job.inspectionEntry else {
      return try await unsealed(job, rule: "seal.uninspected", hashes: [:])
    }
    guard try await sha256(of: workspace.rawClip(job.id)) == job.hashes["raw"] else {
      return try await unsealed(job, rule: "seal.changed", hashes: job.hashes)
    }
    // Marking is also what re-encodes the one picture and the one sound that were inspected: a clip
    // that skipped it could carry further streams that nobody looked at.
    guard policy.marking.visible != .never else {
      return try await unsealed(job, rule: "seal.unmarked", hashes: job.hashes)
    }
    // One id a clip, so that no two of them share a pattern that could be averaged out.
    let watermark = policy.marking.watermark == .never ? nil : watermark
    let watermarkID = watermark?.id(of: job.id)
    let request = MarkRequest(
      text: Self.markText,
      handle: policy.marking.creatorName == true ? job.request.extras[Self.handleField] : nil,
      seed: WatermarkSecret.pathSeed(markKey, of: job.id),
      invisible: watermarkID.flatMap { watermark?.mark(id: $0) })
    // A receipt waits for the log's next checkpoint: meanwhile the clip is marked.
    async let receipt = decisions.receipt(index: entry)
    let upload = job.request.reference
    async let reference = ingredient(of: upload)
    let marked = workspace.markedClip(job.id)
    let made: MarkedMedia
    do {
      made = try await media.mark(workspace.rawClip(job.id), output: marked, request: request)
    } catch {
      // Trying again would crash again: a clip that cannot be marked is for a person to look at.
      guard error.isFinal else { throw error }
      return try await unsealed(
        job, rule: "seal.unmarkable", hashes: job.hashes, detail: error.sentence)
    }
    let sounding: MarkedSound?
    do {
      sounding = try await markedSound(
        of: marked, to: workspace.upload(job.id, name: "sounding.mp4"), id: job.id)
    } catch {
      guard error.isFinal else { throw error }
      return try await unsealed(
        job, rule: "seal.unmarkable", hashes: job.hashes, detail: error.sentence)
    }
    let code = made.signatureSums.map(ISCCUnit.bound)
    let definition = definition(
      receipt: try await receipt, reference: await reference, watermarkID: watermarkID,
      soundMarkID: sounding?.id, code: code)
    let sealed = workspace.sealedClip(job.id)
    var options = signing
    // Verified below, and against the installation's own trust.
    options.verifier = nil
    let wanted = labels.labels(sourceType: core.identity.digitalSourceType, id: job.id)
    let asset = try await signed(
      sounding?.path ?? marked, output: sealed, labels: wanted, definition: definition,
      options: options)

    let layers = SealedLayers(
      manifest: asset.manifestLabel, labels: wanted, mark: request, frames: made.outcome.frames,
      watermark: watermarkID, code: code)
    let found: SealedFile
    switch try await readBack(sealed, layers) {
    case .sound(let file): found = file
    case .lacks(let layer, let detail):
      return try await unsealed(job, rule: layer.rule, hashes: job.hashes, detail: detail)
    }
    guard try await readsSound(sounding?.id, in: sealed) else {
      return try await unsealed(
        job, rule: SealedLayers.Layer.watermark.rule, hashes: job.hashes,
        detail: "the invisible mark cannot be read in the sealed clip's sound")
    }
    job.watermark = watermarkID.map { WatermarkID.text($0) }
    try Self.write(found.pictures.thumbnail, to: workspace.sealedThumbnail(job.id))
    try Self.write(found.pictures.sheet, to: workspace.sealedSheet(job.id))
    job.hashes["sealed"] = found.sha256
    job.hashes["thumbnail"] = Hex.encode(HashAlgorithm.sha256.digest(found.pictures.thumbnail))
    job.hashes["manifest"] = Hex.encode(asset.manifestHash)
    _ = try await log(
      id: stepID(job, .seal), asset: job.id, subject: job.subject,
      decision: Decision(stage: .seal, outcome: .allow, policies: policy.identities),
      hashes: job.hashes,
      payload: [
        .init("manifest", .string(asset.manifestLabel)),
        .init("watermark", job.watermark.map { .string($0) } ?? .null),
      ] + Self.note(of: asset.timeStamp) + note(ofCode: code, of: job, made.outcome))
    job.state = .sealed
    job.progress = max(job.progress, 95)
    return job
  }

  /// A stamp that was asked for and is missing is on record, never silently not there.
  private static func note(of stamp: SignedAsset.TimeStamp) -> [JSONValue.Member] {
    switch stamp {
    case .notAskedFor: []
    case .stamped(let seconds): [.init("time_stamp", .string(RFC3339.text(seconds: seconds)))]
    case .missing(let reason): [.init("time_stamp_missing", .string(reason))]
    }
  }

  /// A clip whose frames could not be signed names no International Standard Content Code. It is
  /// delivered all the same: on record, and told to whoever runs the gateway.
  private func note(
    ofCode code: ISCCUnit?, of job: Job, _ outcome: MediaOutcome
  ) -> [JSONValue.Member] {
    guard code == nil else { return [] }
    let why = outcome.notes.joined(separator: " ")
    warn(PipelineWarning(code: .noFrameSignatures, asset: job.id, sentence: why))
    return [.init("content_code_missing", .string(why))]
  }

  private static func write(_ file: [UInt8], to path: String) throws {
    let sink = try FileByteSink(path: path, mode: 0o600)
    try sink.write(file)
    try sink.commit()
  }

  /// Something between inspection and seal is not as it was: for a person, never for release.
  private func unsealed(
    _ job: Job, rule: String, hashes: [String: String], detail: String? = nil
  ) async throws -> Job {
    let fired = FiredRule(
      rule: rule, policy: "assay", outcome: .review, category: "integrity", evidence: .frame)
    let decision = Decision(
      stage: .seal, outcome: .review, fired: [fired], policies: policy.identities)
    _ = try await log(
      id: stepID(job, .seal), asset: job.id, subject: job.subject, decision: decision,
      hashes: hashes, payload: detail.map { [.init("detail", .string($0))] } ?? [])
    return job.ended(by: decision)
  }

  /// Personal data stays out: no prompt, no end user, no tenant (a manifest cannot be recalled).
  private func definition(
    receipt: DecisionReceipt, reference: IngredientDefinition?, watermarkID: UInt64?,
    soundMarkID: UInt64?, code: ISCCUnit?
  ) -> ManifestDefinition {
    let identity = core.identity
    let agent = GeneratorInfo(name: identity.name, version: identity.version)
    let when = RFC3339.text(milliseconds: now())
    var actions = [
      ActionDefinition(
        "c2pa.created", when: when, digitalSourceType: identity.digitalSourceType,
        softwareAgent: agent, ingredients: reference.map { [$0.id] } ?? []),
      // The standard names no action for visible marks; its watermark actions mean invisible ones.
      ActionDefinition(
        "c2pa.edited", when: when, digitalSourceType: DigitalSourceType.algorithmicMedia,
        softwareAgent: Self.gateway,
        description: "visible moving mark \"\(Self.markText)\" added to every frame"),
      ActionDefinition("c2pa.transcoded", when: when, softwareAgent: Self.gateway),
    ]
    var assertions = [
      AssertionDefinition(
        label: Self.receiptLabel,
        content: .cbor([
          "entry": .bytes(receipt.entry), "proof": .text(receipt.proof), "version": 1,
        ]))
    ]
    if let watermarkID {
      actions.insert(
        ActionDefinition("c2pa.watermarked.bound", when: when, softwareAgent: Self.gateway),
        at: actions.count - 1)
      assertions.append(
        .softBinding(
          algorithm: WatermarkSecret.algorithm, value: WatermarkID.bytes(watermarkID)))
    }
    if let soundMarkID {
      var binding = AssertionDefinition.softBinding(
        algorithm: WatermarkSecret.soundAlgorithm, value: WatermarkID.bytes(soundMarkID))
      binding.id = WatermarkSecret.soundAlgorithm
      assertions.append(binding)
    }
    if let code { assertions.append(.softBinding(code)) }
    if identity.isModel {
      assertions.append(
        .aiDisclosure(
          modelType: "c2pa.types.model", modelName: identity.name, oversight: "prompt_guided"))
    }
    return ManifestDefinition(
      generator: Self.gateway, actions: actions, assertions: assertions,
      ingredients: reference.map { [$0] } ?? [])
  }

  static let gateway = GeneratorInfo(name: "Assay", version: assayVersion, specVersion: "2.4.0")

  /// A reference image that carries credentials goes along with them; one without is not copied.
  private func ingredient(of reference: ReferenceFile?) async -> IngredientDefinition? {
    guard let reference else { return nil }
    let verifier = Verifier(trust: trust, at: now() / 1000)
    return try? await blocking {
      let source = try FileByteSource(path: reference.path)
      let report = try verifier.verify(path: reference.path)
      let format = try AssetFormat.detect(in: source)
      guard report.state == .trusted || report.state == .valid,
        let store = try EmbeddedStore.locate(in: source, format: format)
      else { return nil }
      return IngredientDefinition(
        id: "reference", relationship: .inputTo, title: "reference image",
        format: format.mediaType,
        manifest: .init(store: store.bytes, findings: report.findings))
    }
  }
}
