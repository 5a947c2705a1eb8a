import Bytes
import C2PA
import CBOR
import Containers
import MerkleLog
import PKI
import StrictJSON

/// Whether a clip and a decision log vouch for each other, without the log: the manifest carries the
/// receipt of the decision that let the clip pass, and a receipt of the log may name the manifest.
struct ReceiptCheck {
  static let label = "org.assay.decision-receipt"

  /// What came of it, one sentence a line for people.
  struct Verdict {
    var lines: [String] = []
    /// Something that was there to be proved is not proved.
    var isRefused = false
  }

  /// The key of the log that receipts must come from.
  let key: VerifierKey
  /// Whether the key was named for this run; an installation's own key says nothing of other logs.
  let isNamed: Bool
  /// A `.tlog-proof` with the entry that names the manifest.
  let proof: [UInt8]?

  func check(_ report: VerificationReport, path: String) -> Verdict {
    var verdict = Verdict()
    let asset = checkCarried(report, &verdict)
    if let proof { checkNaming(proof, report, path, asset: asset, &verdict) }
    return verdict
  }

  /// Way one: the receipt inside the manifest. Returns the job that its entry is about.
  private func checkCarried(_ report: VerificationReport, _ verdict: inout Verdict) -> String? {
    let assertions = report.active?.assertions ?? []
    guard let assertion = assertions.first(where: { $0.type == Self.label }) else {
      if isNamed, report.active != nil {
        verdict.lines.append("decision  the manifest carries no receipt of a decision")
      }
      return nil
    }
    guard report.state == .trusted || report.state == .valid else {
      verdict.lines.append("decision  not looked at: the manifest itself is not good")
      return nil
    }
    guard let content = assertion.cbor, let entry = content["entry"]?.bytes,
      let text = content["proof"]?.text, let leaf = try? JSONValue.parse(entry)
    else {
      verdict.lines.append("decision  the receipt in the manifest cannot be read")
      verdict.isRefused = true
      return nil
    }
    let proof: ProofFile
    do throws(NoteError) {
      proof = try ProofFile(parsing: Array(text.utf8))
    } catch {
      verdict.lines.append("decision  the receipt in the manifest cannot be read: \(error.detail)")
      verdict.isRefused = true
      return nil
    }
    switch proof.verify(leaf: .leaf(entry), log: key) {
    case .rejected(let reason):
      verdict.lines.append("decision  NOT PROVED: \(reason)")
      // A clip of somebody else's log is not refused for the key that happens to be installed.
      verdict.isRefused = isNamed
      return nil
    case .verified(let checkpoint):
      let policies = (leaf["policies"]?.array ?? []).map { policy in
        "\(policy["name"]?.string ?? "?") \(policy["version"]?.string ?? "?") "
          + "(\((policy["sha256"]?.string ?? "").prefix(16)))"
      }
      let outcome = leaf["decision"]?.string ?? "?"
      let stage = leaf["stage"]?.string ?? "?"
      let isGood = stage == "inspect" && (outcome == "allow" || outcome == "flag")
      verdict.lines.append(
        "decision  this clip was inspected under policy \(policies.joined(separator: ", ")) and "
          + "\(isGood ? "allowed" : "NOT allowed (\(outcome) at \(stage))"): entry \(proof.index) of "
          + "log \(checkpoint.origin)")
      if !isGood { verdict.isRefused = true }
      return leaf["asset"]?.string
    }
  }

  /// Way two: an entry of the log that has the hash of this very manifest store.
  private func checkNaming(
    _ bytes: [UInt8], _ report: VerificationReport, _ path: String, asset: String?,
    _ verdict: inout Verdict
  ) {
    func refuse(_ reason: String) {
      verdict.lines.append("in log    NOT PROVED: \(reason)")
      verdict.isRefused = true
    }
    do {
      let proof = try ProofFile(parsing: bytes)
      guard let entry = proof.extra, let leaf = try? JSONValue.parse(entry) else {
        return refuse("the proof does not carry its entry; make it with assay audit prove")
      }
      guard case .verified(let checkpoint) = proof.verify(leaf: .leaf(entry), log: key) else {
        return refuse("the proof does not lead to a checkpoint of this log")
      }
      let source = try FileByteSource(path: path)
      let format = try AssetFormat.detect(in: source)
      guard let store = try EmbeddedStore.locate(in: source, format: format) else {
        return refuse("the file carries no manifest")
      }
      let digest = Hex.encode(HashAlgorithm.sha256.digest(store.bytes))
      guard leaf["hashes"]?["manifest"]?.string == digest else {
        return refuse("entry \(proof.index) names another manifest")
      }
      if let asset, leaf["asset"]?.string != asset {
        return refuse("entry \(proof.index) is about another clip than the receipt inside it")
      }
      verdict.lines.append(
        "in log    entry \(proof.index) of log \(checkpoint.origin) names this manifest, at "
          + "\(leaf["t"]?.string ?? "?") by the log's clock")
    } catch {
      refuse("\(error)")
    }
  }
}
