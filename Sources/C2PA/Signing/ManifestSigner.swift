import Bytes
public import Containers
import PKI

/// What a signing made.
public struct SignedAsset: Equatable, Sendable {
  /// URN of the new active manifest.
  public let manifestLabel: String
  /// SHA-256 of the whole manifest store as embedded.
  public let manifestHash: [UInt8]
  public let format: AssetFormat
}

/// Embeds a new standard manifest into a file.
///
/// The input is read once: its bytes are hashed on their way into the output, whose every offset is
/// known beforehand because the store's length is. Memory does not grow with the file.
public enum ManifestSigner {
  /// Signs `input` into `output`, which appears complete or not at all. An older store in the input
  /// is replaced; a caller who wants to keep its history names it as an ingredient.
  ///
  /// Blocks while it reads, hashes and writes: call it off the cooperative thread pool.
  public static func sign(
    input: String, output: String, definition: ManifestDefinition, signer: any ClaimSigner
  ) throws(SigningError) -> SignedAsset {
    let source: FileByteSource
    do { source = try FileByteSource(path: input) } catch { throw .file(error) }
    let format: AssetFormat
    do { format = try AssetFormat.detect(in: source) } catch { throw .container(error) }
    let assembler = try ManifestAssembler(
      definition, algorithm: signer.algorithm, certificateChain: signer.certificateChain,
      signatureByteCount: try signatureByteCount(signer))
    let plan = try BindingPlan(source, format: format, assembler: assembler)

    let sink: FileByteSink
    do { sink = try FileByteSink(path: output) } catch { throw .file(error) }
    var hash = RunningHash(plan.hashPlan, HardBindingAssertion.algorithm)
    do throws(FileError) {
      let asset = plan.insertion.asset
      while sink.count < asset.count {
        let chunk = try asset.read(
          sink.count..<min(asset.count, sink.count + HashPlan.window))
        guard !chunk.isEmpty else { throw FileError(path: input, errorNumber: 5) }
        hash.update(chunk)
        try sink.write(chunk)
      }
    } catch { throw .file(error) }

    let binding = plan.binding(hash: hash.finalize())
    let store = try assembler.signedStore(binding) { try signer.sign($0) }
    guard store.count == plan.insertion.storeLength else {
      throw .signer("the signature is longer than the space that was kept for it")
    }
    let framed: [UInt8]
    do { framed = try plan.insertion.framed(store) } catch { throw .container(error) }
    do throws(FileError) {
      try sink.write(framed, at: plan.insertion.range.lowerBound)
      try sink.commit()
    } catch { throw .file(error) }
    return SignedAsset(
      manifestLabel: assembler.label, manifestHash: HashAlgorithm.sha256.digest(store),
      format: format)
  }

  /// Length of a signature by the signer's leaf key.
  private static func signatureByteCount(_ signer: any ClaimSigner) throws(SigningError) -> Int {
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

/// Where the store goes, and what is hashed around it.
private struct BindingPlan {
  let insertion: StoreInsertion
  let hashPlan: HashPlan
  private let format: AssetFormat

  init(
    _ source: FileByteSource, format: AssetFormat, assembler: ManifestAssembler
  ) throws(SigningError) {
    self.format = format
    do throws(ContainerError) {
      switch format {
      case .bmff:
        let length = assembler.unsignedStore(.bmff(hash: HardBindingAssertion.placeholder)).count
        insertion = try StoreInsertion.plan(source, format: format, storeLength: length)
        let tree = try BMFFBoxTree(insertion.asset, descend: false)
        guard !tree.roots.contains(where: { $0.type == "moof" || $0.type == "styp" }) else {
          throw .unsupported(format: "signing of fragmented MP4")
        }
        let excluded = tree.roots.filter {
          $0.userType == BMFFStore.userType || $0.type == "mfra"
        }.map(\.range)
        hashPlan = BMFFHashBinding.plan(tree.roots, excluding: excluded)
      default:
        let placeholder = HardBindingAssertion.data(
          excluding: 0..<0, hash: HardBindingAssertion.placeholder)
        let length = assembler.unsignedStore(placeholder).count
        insertion = try StoreInsertion.plan(source, format: format, storeLength: length)
        var plan = HashPlan()
        plan.append(0..<insertion.asset.count, excluding: [insertion.range])
        hashPlan = plan
      }
    } catch { throw .container(error) }
  }

  func binding(hash: [UInt8]) -> HardBindingAssertion {
    if case .bmff = format { return .bmff(hash: hash) }
    return .data(excluding: insertion.range, hash: hash)
  }
}
