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
    let marked = workspace.markedClip(job.id)
    let made: MarkedMedia
    do {
      made = try await media.mark(
        workspace.rawClip(job.id), output: marked,
        request: MarkRequest(
          text: Self.markText,
          handle: policy.marking.creatorName == true ? job.request.extras[Self.handleField] : nil,
          seed: WatermarkSecret.pathSeed(markKey, of: job.id),
          invisible: watermarkID.flatMap { watermark?.mark(id: $0) }))
    } catch {
      // Trying again would crash again: a clip that cannot be marked is for a person to look at.
      guard error.isFinal else { throw error }
      return try await unsealed(
        job, rule: "seal.unmarkable", hashes: job.hashes, detail: error.sentence)
    }
    let receipt = try await decisions.receipt(index: entry)
    let reference = await ingredient(of: job)
    let definition = definition(
      receipt: receipt, reference: reference, watermarkID: watermarkID,
      code: made.signatureSums.map { ISCCUnit.video(signatureSums: $0) })
    let sealed = workspace.sealedClip(job.id)
    var options = signing
    // Verified below, and against the installation's own trust.
    options.verifier = nil
    let wanted = labels.labels(sourceType: core.identity.digitalSourceType, id: job.id)
    let asset = try await signed(
      marked, output: sealed, labels: wanted, definition: definition, options: options)

    // Asserted on the very file that will be served: not on what we meant to write.
    let verifier = Verifier(trust: trust, at: now() / 1000)
    let report = try await blocking { try verifier.verify(path: sealed) }
    guard report.state == .trusted, report.activeManifest == asset.manifestLabel else {
      return try await unsealed(
        job, rule: "seal.unverified", hashes: job.hashes, detail: report.reason)
    }
    guard try await carries(wanted, sealed) else {
      return try await unsealed(
        job, rule: "seal.unlabelled", hashes: job.hashes,
        detail: "the machine-readable labels cannot be read in the sealed clip")
    }
    if let watermark, let watermarkID {
      let search = WatermarkSearch(secrets: [watermark])
      guard await search.reads(watermarkID, in: try await media.residuals(of: sealed)) else {
        return try await unsealed(
          job, rule: "seal.unreadable", hashes: job.hashes,
          detail: "the invisible mark cannot be read in the sealed clip")
      }
      job.watermark = WatermarkID.text(watermarkID)
    }
    try await media.thumbnail(of: sealed, output: workspace.sealedThumbnail(job.id))
    try await media.sheet(of: sealed, output: workspace.sealedSheet(job.id))
    job.hashes["sealed"] = try await sha256(of: sealed)
    job.hashes["thumbnail"] = try await sha256(of: workspace.sealedThumbnail(job.id))
    job.hashes["manifest"] = Hex.encode(asset.manifestHash)
    _ = try await log(
      id: stepID(job, .seal), asset: job.id, subject: job.subject,
      decision: Decision(stage: .seal, outcome: .allow, policies: policy.identities),
      hashes: job.hashes,
      payload: [
        .init("manifest", .string(asset.manifestLabel)),
        .init("watermark", job.watermark.map { .string($0) } ?? .null),
      ] + Self.note(of: asset.timeStamp))
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
    code: ISCCUnit?
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
  private func ingredient(of job: Job) async -> IngredientDefinition? {
    guard let reference = job.request.reference else { return nil }
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
