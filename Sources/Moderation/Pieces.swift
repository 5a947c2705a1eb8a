import Bytes
import C2PA
import CBOR
import Classifiers
import Containers
public import Evidence
import Fingerprint
import MediaClient
import MediaJobs
import PKI
import Pixels
import Policy
import Provenance
import StrictJSON

/// Pictures and recordings through the five stages.
extension StagedPipeline: PiecePipeline {
  public func draw(
    id: String, _ order: StillOrder, subject: Subject
  ) async throws -> PieceAnswer {
    guard isBound else { return try await bound(to: subject).draw(id: id, order, subject: subject) }
    let job: Job
    switch try await screen(id: id, order.request, subject: subject) {
    case .accepted(let accepted): job = accepted
    case .held: return .held
    case .refused(let refusal): return .refused(refusal)
    }
    var pieces: [ReleasedPiece] = []
    for number in 0..<order.count {
      let raw = workspace.upload(id, name: "raw-\(number).png")
      let wish = order.request.variant(number)
      let drawn = try await made(job, part: number) { () async throws(GenerationFailure) in
        try await core.drawStill(
          GenerationRequest(id: "\(id)-\(number)", request: wish), to: raw)
      }
      guard case .made(let clip) = drawn else { return drawn.answer }
      var items: [EvidenceItem]
      var payload: [JSONValue.Member] = []
      do {
        let picture = try await media.picture(raw, side: Self.uploadSide)
        let sample = SampledFrame(time: 0, isSceneCut: false, image: picture)
        let seen = await frameItems([sample])
        items = seen.items
        payload = seen.payload
      } catch {
        items = [unseen(.frame, check: "nudity", "the picture cannot be decoded: \(error.code)")]
      }
      if let scene = clip.scene, !scene.isEmpty { items.append(await textItem(.scene, scene)) }
      let verdict = try await judged(job, part: number, raw: raw, items: items, payload: payload)
      guard case .allowed(let entry, let rawHash) = verdict else { return verdict.answer }
      let marked = try await markedStill(raw, of: id, number: number, order)
      let piece = Piece(
        number: number, marked: marked.path, suffix: order.format.rawValue,
        markNotes: ["visible mark \"\(Self.markText)\" added"], rawHash: rawHash, scene: clip.scene,
        mark: marked.id, lacksMark: marked.id == nil && policy.marking.watermark == .always,
        code: ISCCUnit.image(
          try await media.picture(marked.path, side: Self.uploadSide),
          bits: ISCCSequence.matchedBits))
      guard let released = try await sealed(piece, of: job, entry: entry) else { return .held }
      pieces.append(released)
    }
    return .released(pieces)
  }

  public func speak(
    id: String, _ order: SpeechOrder, subject: Subject
  ) async throws -> PieceAnswer {
    guard isBound else {
      return try await bound(to: subject).speak(id: id, order, subject: subject)
    }
    let request = VideoRequest(
      prompt: order.speech.text, model: order.model, seconds: 0,
      size: FrameSize(width: 0, height: 0), extras: order.extras)
    let job: Job
    switch try await screen(id: id, request, subject: subject) {
    case .accepted(let accepted): job = accepted
    case .held: return .held
    case .refused(let refusal): return .refused(refusal.about("input"))
    }
    let words = try await disclosure(of: id)
    // Where something is put in front of it, the sound is encoded after that, and only then.
    let format = words == nil ? order.speech.format : .wav
    let raw = workspace.upload(id, name: "raw-0.\(format.rawValue)")
    let spoken = try await made(job, part: 0) { () async throws(GenerationFailure) in
      try await core.speak(order.written(as: format), to: raw)
    }
    guard case .made = spoken else { return spoken.answer }
    // Said aloud, the text is judged by the rules for speech too, and so is what can be heard.
    var items = [await textItem(.transcript, order.speech.text)]
    var payload: [JSONValue.Member] = []
    do {
      let (heard, transcript) = await soundItems(try await media.sound(of: raw))
      items += heard
      if let transcript { payload.append(.init("transcript", .string(transcript))) }
    } catch {
      items.append(
        unseen(.transcript, check: "transcript", "the sound cannot be decoded: \(error.code)"))
    }
    let verdict = try await judged(job, part: 0, raw: raw, items: items, payload: payload)
    guard case .allowed(let entry, let rawHash) = verdict else { return verdict.answer }
    // The mark goes into the speech alone: its carriers and the rhythm's tones stay clear of each other.
    let marked = try await markedSound(
      of: raw, to: workspace.upload(id, name: "marked-0.\(format.rawValue)"), id: "\(id)-0")
    var path = marked?.path ?? raw
    var notes = ["labelled \"AI generated speech\" in the file's metadata"]
    if let words {
      let disclosed = workspace.upload(id, name: "disclosed-0.\(order.speech.format.rawValue)")
      do throws(MediaFailure) {
        try await media.disclose(
          path, output: disclosed,
          request: DisclosureRequest(words: words, format: order.speech.format))
        path = disclosed
      } catch {
        // Sealed as it is, it is not heard to begin with a disclosure, and held for that.
        guard error.isFinal else { throw error }
      }
      notes.insert((policy.marking.audible ?? .rhythm).note, at: 0)
    }
    let piece = Piece(
      number: 0, marked: path, suffix: order.speech.format.rawValue, markNotes: notes,
      rawHash: rawHash, scene: nil, mark: marked?.id,
      markAlgorithm: WatermarkSecret.soundAlgorithm, disclosure: words,
      code: try await audioCode(of: path))
    guard let released = try await sealed(piece, of: job, entry: entry) else { return .held }
    return .released([released])
  }

  public func hear(id: String, _ path: String, subject: Subject) async throws -> HeardAnswer {
    guard isBound else { return try await bound(to: subject).hear(id: id, path, subject: subject) }
    let samples: [Float]
    do {
      samples = try await media.sound(of: path)
    } catch {
      let unusable = UnusableUpload(sound: error)
      let request = VideoRequest(
        prompt: "", model: "", seconds: 0, size: FrameSize(width: 0, height: 0))
      try await logUnusable(unusable, id: id, request, subject: subject)
      throw unusable
    }
    let speech = speech
    let answer = await bounded(by: policy.timeout(of: "transcript")) {
      await speech.transcribe(samples)
    }
    var heard = Heard(seconds: Double(samples.count) / 16_000, segments: [])
    var items: [EvidenceItem]
    switch answer {
    case .transcript(let transcript):
      heard = Heard(
        seconds: heard.seconds,
        segments: transcript.segments.map {
          .init(start: $0.start, end: $0.end, text: $0.text.trimmed)
        })
      items = [await textItem(.transcript, heard.text)]
    case .unknown(let reason):
      items = [
        EvidenceItem(
          kind: .transcript, signals: [.unknown("transcript", check: "transcript", reason)])
      ]
    case nil:
      items = [
        EvidenceItem(
          kind: .transcript, signals: [.unknown("transcript", check: "transcript", .timedOut)])
      ]
    }
    let decision = policy.evaluate(stage: .inspect, items: items, subject: subject)
    _ = try await log(
      id: "\(id).inspect", asset: id, subject: subject, decision: decision, items: items,
      hashes: ["upload": try await sha256(of: path)],
      payload: [.init("transcript", .string(heard.text))])
    switch decision.outcome {
    case .allow, .flag: return .heard(heard)
    case .review: return .held
    case .block: return .refused(Refusal(decision, parameter: "file"))
    }
  }
}

// MARK: the stages of one piece

private struct Piece {
  let number: Int
  let marked: String
  let suffix: String
  /// What was added that people can see, hear or read; an action of the manifest each.
  let markNotes: [String]
  let rawHash: String
  let scene: String?
  /// The id in the invisible mark.
  var mark: UInt64?
  var markAlgorithm = WatermarkSecret.algorithm
  /// Whether the policy asks for an invisible mark that cannot be read.
  var lacksMark = false
  /// The words after the rhythm that it begins with; nil where nothing was put in front.
  var disclosure: [Int16]?
  /// What it looks or sounds like, by which it is found again when its metadata are gone.
  var code: ISCCUnit?
}

private enum Made {
  case made(GeneratedClip)
  case refused(Refusal)

  var answer: PieceAnswer {
    if case .refused(let refusal) = self { .refused(refusal) } else { .held }
  }
}

private enum Verdict {
  case allowed(entry: UInt64, rawHash: String)
  case refused(Refusal)
  case held

  var answer: PieceAnswer {
    if case .refused(let refusal) = self { .refused(refusal) } else { .held }
  }
}

extension StagedPipeline {
  /// Stage 2. A refusal by the core is a block in our own words.
  private func made(
    _ job: Job, part: Int,
    _ work: () async throws(GenerationFailure) -> GeneratedClip
  ) async throws -> Made {
    do {
      let clip = try await work()
      _ = try await log(
        id: "\(job.id).generate.\(part)", asset: job.id, subject: job.subject,
        decision: Decision(stage: .generate, outcome: .allow, policies: policy.identities),
        payload: [
          .init("core", .string(core.identity.name)),
          .init("core_version", .string(core.identity.version)),
          .init("scene", clip.scene.map { .string($0) } ?? .null),
        ])
      return .made(clip)
    } catch let failure as GenerationFailure {
      let isRefusal = if case .refused = failure { true } else { false }
      let fired = FiredRule(
        rule: isRefusal ? "upstream.refused" : "upstream.failed", policy: core.identity.name,
        outcome: isRefusal ? .block : .flag, category: "upstream", evidence: .prompt)
      let decision = Decision(
        stage: .generate, outcome: fired.outcome, fired: [fired], policies: policy.identities)
      _ = try await log(
        id: "\(job.id).generate.\(part)", asset: job.id, subject: job.subject, decision: decision,
        payload: [.init("detail", .string("\(failure)"))])
      guard isRefusal else { throw failure }
      return .refused(Refusal(decision, parameter: "prompt"))
    }
  }

  /// Stage 3.
  private func judged(
    _ job: Job, part: Int, raw: String, items: [EvidenceItem],
    payload: [JSONValue.Member]
  ) async throws -> Verdict {
    let hash = try await sha256(of: raw)
    let decision = policy.evaluate(stage: .inspect, items: items, subject: job.subject)
    let entry = try await log(
      id: "\(job.id).inspect.\(part)", asset: job.id, subject: job.subject, decision: decision,
      items: items, hashes: ["raw": hash], payload: payload)
    switch decision.outcome {
    case .allow, .flag: return .allowed(entry: entry, rawHash: hash)
    case .review: return .held
    case .block: return .refused(Refusal(decision, parameter: "prompt"))
    }
  }

  /// Stages 4 and 5; nil when what was written does not verify, which is for a person to look at.
  private func sealed(_ piece: Piece, of job: Job, entry: UInt64) async throws -> ReleasedPiece? {
    let receipt = try await decisions.receipt(index: entry)
    let definition = pieceDefinition(
      receipt: receipt, notes: piece.markNotes,
      mark: piece.mark.map {
        .softBinding(algorithm: piece.markAlgorithm, value: WatermarkID.bytes($0))
      }, code: piece.code)
    let output = workspace.upload(job.id, name: "sealed-\(piece.number).\(piece.suffix)")
    let wanted = labels.labels(
      sourceType: core.identity.digitalSourceType, id: "\(job.id).\(piece.number)")
    let asset = try await signed(
      piece.marked, output: output, labels: wanted, definition: definition,
      options: SigningOptions())
    let verifier = Verifier(trust: trust, at: now() / 1000)
    let report = try await blocking { try verifier.verify(path: output) }
    let isSigned = report.state == .trusted && report.activeManifest == asset.manifestLabel
    let isLabelled = try await carries(wanted, output)
    // A picture's mark was read in the marked file, whose pixels signing leaves alone; a sound's is read
    // in the delivered one.
    let isHeard =
      piece.markAlgorithm == WatermarkSecret.algorithm
      ? true : try await readsSound(piece.mark, in: output)
    let isDisclosed = try await hearsDisclosure(piece.disclosure, in: output)
    let isSound = isSigned && isLabelled && isDisclosed && !piece.lacksMark && isHeard
    let hashes = [
      "raw": piece.rawHash, "sealed": try await sha256(of: output),
      "manifest": Hex.encode(asset.manifestHash),
    ]
    let fired =
      isSound
      ? []
      : [
        FiredRule(
          rule: !isSigned
            ? "seal.unverified"
            : !isLabelled
              ? "seal.unlabelled" : !isDisclosed ? "seal.unheard" : "seal.unreadable",
          policy: "assay", outcome: .review, category: "integrity", evidence: .frame)
      ]
    for stage in isSound ? [Stage.seal, .release] : [.seal] {
      _ = try await log(
        id: "\(job.id).\(stage.rawValue).\(piece.number)", asset: job.id, subject: job.subject,
        decision: Decision(
          stage: stage, outcome: isSound ? .allow : .review, fired: fired,
          policies: policy.identities), hashes: hashes,
        payload: [
          .init("manifest", .string(asset.manifestLabel)),
          .init("watermark", piece.mark.map { .string(WatermarkID.text($0)) } ?? .null),
        ])
    }
    guard isSound else { return nil }
    try await record(
      Delivery(
        asset: "\(job.id)-\(piece.number)", subject: job.subject, path: output,
        sha256: hashes["sealed"] ?? "", manifestID: asset.manifestLabel,
        manifestStore: asset.store, mark: piece.mark,
        mediaType: asset.format.mediaType ?? Self.unknownType))
    return ReleasedPiece(path: output, sha256: hashes["sealed"] ?? "", scene: piece.scene)
  }

  func markSeed(_ id: String) -> [UInt8] { WatermarkSecret.pathSeed(markKey, of: id) }

  private func pieceDefinition(
    receipt: DecisionReceipt, notes: [String], mark: AssertionDefinition?, code: ISCCUnit?
  ) -> ManifestDefinition {
    let identity = core.identity
    let when = RFC3339.text(milliseconds: now())
    var assertions = [
      AssertionDefinition(
        label: Self.receiptLabel,
        content: .cbor([
          "entry": .bytes(receipt.entry), "proof": .text(receipt.proof), "version": 1,
        ]))
    ]
    if identity.isModel {
      assertions.append(
        .aiDisclosure(
          modelType: "c2pa.types.model", modelName: identity.name, oversight: "prompt_guided"))
    }
    var actions = [
      ActionDefinition(
        "c2pa.created", when: when, digitalSourceType: identity.digitalSourceType,
        softwareAgent: GeneratorInfo(name: identity.name, version: identity.version))
    ]
    actions += notes.map {
      ActionDefinition(
        "c2pa.edited", when: when, digitalSourceType: DigitalSourceType.algorithmicMedia,
        softwareAgent: Self.gateway, description: $0)
    }
    if let mark {
      actions.append(
        ActionDefinition("c2pa.watermarked.bound", when: when, softwareAgent: Self.gateway))
      assertions.append(mark)
    }
    if let code { assertions.append(.softBinding(code)) }
    return ManifestDefinition(
      generator: Self.gateway, actions: actions, assertions: assertions)
  }
}

extension AssertionDefinition {
  /// What a file looks or sounds like, by which it is found again when its metadata are gone.
  static func softBinding(_ code: ISCCUnit) -> AssertionDefinition {
    var binding = softBinding(algorithm: ISCCUnit.algorithm, value: code.bytes)
    // Beside the one of the invisible mark, which actions name by the label.
    binding.id = ISCCUnit.algorithm
    return binding
  }
}

extension VideoRequest {
  /// The same request with another seed for each further picture.
  func variant(_ number: Int) -> VideoRequest {
    guard number > 0 else { return self }
    var extras = extras
    extras["seed"] = "\(extras["seed"] ?? "")#\(number)"
    return VideoRequest(
      prompt: prompt, model: model, seconds: seconds, size: size, reference: reference,
      extras: extras, operation: operation, source: source, further: further)
  }
}

extension Refusal {
  init(_ decision: Decision, parameter: String) {
    self.init(
      stage: decision.stage, categories: decision.callerCategories,
      message: decision.callerMessage, parameter: parameter)
  }

  func about(_ parameter: String) -> Refusal {
    Refusal(stage: stage, categories: categories, message: message, parameter: parameter)
  }
}

extension UnusableUpload {
  init(sound failure: MediaFailure) {
    switch failure {
    case .file, .unavailable, .cancelled:
      self.init(code: "upload_unreadable", message: "The upload could not be read. Try again.")
    default: self.init(code: "invalid_audio_file", message: failure.sentence)
    }
  }
}

extension String {
  fileprivate var trimmed: String {
    var slice = self[...]
    while slice.first?.isWhitespace == true { slice.removeFirst() }
    while slice.last?.isWhitespace == true { slice.removeLast() }
    return String(slice)
  }
}
