import Bytes
import Containers
import PKI

extension ManifestSigner {
  /// A file to read and where its signed form goes.
  public struct FilePair: Equatable, Sendable {
    public let input: String
    public let output: String

    public init(input: String, output: String) {
      self.input = input
      self.output = output
    }
  }

  /// Signs one representation of a DASH or HLS stream: the initialization segment gets the manifest,
  /// and each media segment the place of its leaf in the manifest's Merkle tree (C2PA 2.5 section
  /// A.5.5). The media is read twice: what leads from a leaf to the tree's row is known only when all
  /// leaves are.
  ///
  /// - Parameter segments: in the order in which they play.
  @discardableResult
  public static func sign(
    initialization: FilePair, segments: [FilePair], definition: ManifestDefinition,
    signer: any ClaimSigner, options: SigningOptions = SigningOptions()
  ) throws(SigningError) -> SignedAsset {
    guard !segments.isEmpty else {
      throw .definition("an initialization segment is signed together with its media segments")
    }
    guard !definition.isUpdate, options.placement == .embedded else {
      throw .definition("segments are signed with a manifest of their own, in their first segment")
    }
    let algorithm = HardBindingAssertion.algorithm
    let source: FileByteSource
    let trackID: Int
    do { source = try FileByteSource(path: initialization.input) } catch { throw .file(error) }
    do throws(ContainerError) {
      trackID = try BMFFTrack.firstID(in: source)
      let roots = try BMFFBoxTree(source, descend: false).roots
      guard roots.contains(where: { $0.type == "moov" }),
        !roots.contains(where: { $0.type == "mdat" || $0.type == "moof" })
      else {
        throw .malformed(
          offset: 0, reason: "an initialization segment has a moov box and no media")
      }
    } catch { throw .container(error) }

    let proofLength = MerkleTree.proofLength(
      count: segments.count, localID: trackID, algorithm)
    var leaves: [[UInt8]] = []
    for segment in segments {
      let plan = try segmentPlan(segment.input, proofLength)
      do throws(BindingFailure) {
        leaves.append(try plan.hash.digest(of: plan.insertion.asset, algorithm))
      } catch { throw .container(.malformed(offset: 0, reason: error.explanation)) }
    }
    let tree = MerkleTree(leaves: leaves, algorithm)
    func binding(_ initHash: [UInt8]) -> HardBindingAssertion {
      .bmff(initHash: initHash, fragments: tree, count: leaves.count, trackID: trackID)
    }

    let assembler = try ManifestAssembler(
      definition, algorithm: signer.algorithm, certificateChain: signer.certificateChain,
      signatureByteCount: try signatureByteCount(signer), options: options)
    let format = AssetFormat.bmff(brand: "iso5")
    let insertion: StoreInsertion
    let initHash: [UInt8]
    do {
      let length = assembler.unsignedStore(binding(HardBindingAssertion.placeholder)).count
      insertion = try StoreInsertion.plan(source, format: format, storeLength: length)
      initHash = try hash(insertion.asset).digest(of: insertion.asset, algorithm)
    } catch let error as ContainerError {
      throw .container(error)
    } catch { throw .definition("the initialization segment cannot be read") }
    let (store, timeStamp) = try assembler.signedStore(binding(initHash)) { try signer.sign($0) }
    guard store.count == insertion.storeLength else {
      throw .signer("the signature is longer than the space that was kept for it")
    }

    for (location, segment) in segments.enumerated() {
      let plan = try segmentPlan(segment.input, proofLength)
      let proof = tree.proof(of: location, uniqueID: 1, localID: trackID)
      let range = plan.insertion.proofRange
      try write(
        plan.insertion.asset, to: segment.output,
        patching: (range.lowerBound, StoreInsertion.framedProof(proof, filling: range)))
    }
    let framed: [UInt8]
    do { framed = try insertion.framed(store) } catch { throw .container(error) }
    try write(
      insertion.asset, to: initialization.output, patching: (insertion.range.lowerBound, framed))
    try check(initialization, segments, assembler.label, options)
    return SignedAsset(
      manifestLabel: assembler.label, manifestHash: HashAlgorithm.sha256.digest(store),
      format: format, timeStamp: timeStamp, store: store)
  }

  private static func segmentPlan(
    _ path: String, _ proofLength: Int
  ) throws(SigningError) -> (insertion: SegmentInsertion, hash: HashPlan) {
    let source: FileByteSource
    do { source = try FileByteSource(path: path) } catch { throw .file(error) }
    do throws(ContainerError) {
      let insertion = try SegmentInsertion.plan(source, proofLength: proofLength)
      return (insertion, try hash(insertion.asset))
    } catch { throw .container(error) }
  }

  private static func hash(_ asset: any ByteSource) throws(ContainerError) -> HashPlan {
    let roots = try BMFFBoxTree(asset, descend: false).roots
    let excluded = roots.filter { $0.userType == BMFFStore.userType || $0.type == "mfra" }
    return BMFFHashBinding.plan(roots, excluding: excluded.map(\.range))
  }

  private static func write(
    _ asset: any ByteSource, to path: String, patching patch: (offset: Int, bytes: [UInt8])
  ) throws(SigningError) {
    do throws(FileError) {
      let sink = try FileByteSink(path: path)
      while sink.count < asset.count {
        let end = min(asset.count, sink.count + HashPlan.window)
        let chunk = try asset.read(sink.count..<end)
        guard chunk.count == end - sink.count else { throw FileError(path: path, errorNumber: 5) }
        try sink.write(chunk)
      }
      try sink.write(patch.bytes, at: patch.offset)
      try sink.commit()
    } catch { throw .file(error) }
  }

  private static func check(
    _ initialization: FilePair, _ segments: [FilePair], _ label: String,
    _ options: SigningOptions
  ) throws(SigningError) {
    guard let verifier = options.verifier else { return }
    let report: VerificationReport
    do throws(FileError) {
      var fragments: [any ByteSource] = []
      for segment in segments { fragments.append(try BriefFile(segment.output)) }
      report = verifier.verify(
        try FileByteSource(path: initialization.output), fragments: fragments)
    } catch { throw .file(error) }
    guard report.state == .valid || report.state == .trusted, report.activeManifest == label
    else { throw .unverified(report.reason) }
  }
}

/// A file that is open only while it is read: a long clip has more segments than a process may have
/// files open.
private struct BriefFile: ByteSource {
  let path: String
  let count: Int

  init(_ path: String) throws(FileError) {
    self.path = path
    count = try FileByteSource(path: path).count
  }

  func read(_ range: Range<Int>) throws(FileError) -> [UInt8] {
    try FileByteSource(path: path).read(range)
  }
}
