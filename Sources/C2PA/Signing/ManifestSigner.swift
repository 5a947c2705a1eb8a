public import Bytes
import Containers
import PKI

/// Embeds a new manifest into a file.
///
/// The input is read once: its bytes are hashed on their way into the output, whose every offset is
/// known beforehand because the store's length is. Memory does not grow with the file.
public enum ManifestSigner {
  /// Signs `input` into `output`, which appears complete and verified or not at all. An older store
  /// in the input is replaced; a caller who wants to keep its history names it as an ingredient.
  ///
  /// Blocks while it reads, hashes and writes: call it off the cooperative thread pool.
  @discardableResult
  public static func sign(
    input: String, output: String, definition: ManifestDefinition, signer: any ClaimSigner,
    options: SigningOptions = SigningOptions()
  ) throws(SigningError) -> SignedAsset {
    let source: FileByteSource
    do { source = try FileByteSource(path: input) } catch { throw .file(error) }
    let job = try SigningJob(source, definition, signer, options)
    let sink: FileByteSink
    do { sink = try FileByteSink(path: output) } catch { throw .file(error) }
    let signed = try job.run(into: sink)
    do { try sink.commit() } catch { throw .file(error) }
    return signed
  }

  /// The same between a source and a sink of any kind. Nothing is taken back from the sink when an
  /// error is thrown.
  @discardableResult
  public static func sign(
    _ source: any ByteSource, into sink: any ByteSink, definition: ManifestDefinition,
    signer: any ClaimSigner, options: SigningOptions = SigningOptions()
  ) throws(SigningError) -> SignedAsset {
    try SigningJob(source, definition, signer, options).run(into: sink)
  }

  /// Length of a signature by the signer's leaf key.
  static func signatureByteCount(_ signer: any ClaimSigner) throws(SigningError) -> Int {
    switch signer.algorithm {
    case .es256, .ed25519: return 64
    case .es384: return 96
    case .es512: return 132
    case .ps256, .ps384, .ps512:
      guard let der = signer.certificateChain.first else {
        throw .credential("the chain is empty")
      }
      do throws(PKIError) {
        let bits =
          switch try Certificate(der: der).publicKey.kind {
          case .rsa(let bits), .rsaPSS(let bits): bits
          default: 0
          }
        guard bits > 0 else { throw PKIError(.algorithmMismatch, "the leaf's key is no RSA key") }
        return (bits + 7) / 8
      } catch { throw .key(error) }
    }
  }
}

/// One signing, planned to the last byte before the first is written.
private struct SigningJob {
  let signer: any ClaimSigner
  let options: SigningOptions
  let assembler: ManifestAssembler
  let plan: WritingPlan

  init(
    _ source: any ByteSource, _ definition: ManifestDefinition, _ signer: any ClaimSigner,
    _ options: SigningOptions
  ) throws(SigningError) {
    self.signer = signer
    self.options = options
    let format: AssetFormat
    do { format = try AssetFormat.detect(in: source) } catch { throw .container(error) }
    var assembler = try ManifestAssembler(
      definition, algorithm: signer.algorithm, certificateChain: signer.certificateChain,
      signatureByteCount: try ManifestSigner.signatureByteCount(signer), options: options)
    if definition.isUpdate {
      plan = WritingPlan(
        update: try Self.update(source, format, definition, &assembler, options))
    } else {
      plan = try WritingPlan(source, format: format, assembler: assembler, options: options)
    }
    self.assembler = assembler
  }

  private static func update(
    _ source: any ByteSource, _ format: AssetFormat, _ definition: ManifestDefinition,
    _ assembler: inout ManifestAssembler, _ options: SigningOptions
  ) throws(SigningError) -> StoreInsertion {
    guard options.placement == .embedded else {
      throw .definition("an update goes into the file that it updates")
    }
    do throws(ContainerError) {
      var original: [UInt8]?
      if case .bmff = format, let store = try EmbeddedStore.locate(in: source, format: format) {
        // The first store stays where it is, though something may be missing from it.
        assembler.keptElsewhere = ManifestStore.labels(in: store.bytes)
        do throws(SigningError) {
          let redacted = try definition.redactions.applied(to: store.bytes)
          if redacted != store.bytes { original = redacted }
        } catch { throw .unsupported(format: "\(error)") }
      }
      return try StoreInsertion.planUpdate(
        source, format: format, storeLength: assembler.unsignedStore(nil).count,
        original: original)
    } catch { throw .container(error) }
  }

  func run(into sink: any ByteSink) throws(SigningError) -> SignedAsset {
    let asset = plan.insertion.asset
    func makeHasher() -> ContentHasher {
      ContentHasher(plan.layout, HardBindingAssertion.algorithm, assetCount: asset.count)
    }
    let hasher = makeHasher()
    let isReadBack = options.verifier != nil && asset.count >= Self.readBackFloor
    let backHasher = isReadBack ? makeHasher() : nil
    let pool = WindowPool()
    do throws(FileError) {
      while sink.count < asset.count {
        let start = sink.count
        let end = hasher.end(ofChunkAt: start, count: asset.count)
        let window = pool.take()
        try window.read(start..<end, of: asset)
        guard window.bytes.count == end - start else {
          // EIO: the input became shorter while it was read.
          throw FileError(path: "the input", errorNumber: 5)
        }
        try sink.write(window.bytes)
        hasher.update(window, at: start, returningTo: pool)
        guard let backHasher else { continue }
        let written = pool.take()
        try written.read(start..<end, backFrom: sink)
        backHasher.update(written, at: start, returningTo: pool)
      }
    } catch {
      _ = hasher.finish()
      _ = backHasher?.finish()
      throw .file(error)
    }
    let hashes = hasher.finish()
    let backHashes = backHasher?.finish()
    let (binding, proofs) = plan.binding(whole: hashes.whole, leaves: hashes.leaves)
    let (store, timeStamp) = try assembler.signedStore(binding) { try signer.sign($0) }
    try patch(sink, store, proofs)
    try check(sink, store, backHashes)
    return SignedAsset(
      manifestLabel: assembler.label, manifestHash: HashAlgorithm.sha256.digest(store),
      format: plan.insertion.format, timeStamp: timeStamp, store: store)
  }

  private func patch(
    _ sink: any ByteSink, _ store: [UInt8], _ proofs: [[UInt8]]
  ) throws(SigningError) {
    guard options.placement == .embedded else { return }
    guard store.count == plan.insertion.storeLength else {
      throw .signer("the signature is longer than the space that was kept for it")
    }
    let framed: [UInt8]
    do { framed = try plan.insertion.framed(store) } catch { throw .container(error) }
    do throws(FileError) {
      try sink.write(framed, at: plan.insertion.range.lowerBound)
      for (range, proof) in zip(plan.insertion.proofRanges, proofs) {
        try sink.write(
          StoreInsertion.framedProof(proof, filling: range), at: range.lowerBound)
      }
    } catch { throw .file(error) }
  }

  /// Files from this size on are read back while they are written.
  private static let readBackFloor = 8 << 20

  /// Nothing is reported as signed that would not verify.
  private func check(
    _ sink: any ByteSink, _ store: [UInt8], _ hashes: (whole: [UInt8], leaves: [[UInt8]])?
  ) throws(SigningError) {
    guard let verifier = options.verifier else { return }
    var written: any ByteSource
    do { written = try sink.written() } catch { throw .file(error) }
    if let hashes {
      written = ReadBackSource(
        written, plan.layout, HardBindingAssertion.algorithm, whole: hashes.whole,
        leaves: hashes.leaves)
    }
    let report = verifier.verify(
      written, sidecar: options.placement.isDetached ? store : nil)
    guard report.state == .valid || report.state == .trusted,
      report.activeManifest == assembler.label
    else { throw .unverified(report.reason) }
  }
}
