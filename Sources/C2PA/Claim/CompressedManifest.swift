import Brotli
import JUMBF

/// What the compressed manifests of one store may inflate to, together.
struct InflationBudget {
  /// Whole stores of real files are below 2 MB.
  var bytes = 16 << 20
  /// Boxes in all of them.
  var manifests = 64
}

/// Reads a manifest out of the `brob` box it was compressed into (C2PA 2.5 section 11.5.2).
enum CompressedManifest {
  enum Failure: Error, Equatable {
    /// No Brotli stream, or what it holds is no such manifest.
    case invalid(reason: String)
    case overBudget(reason: String)
  }

  /// Boxes in one of them: a thousand assertions need some thousands.
  private static let boxLimits = JUMBFLimits(depth: ManifestStore.boxLimits.depth, boxes: 1 << 14)

  /// The manifest inside `outer`, over bytes of its own.
  static func inflate(
    _ outer: JUMBFSuperbox, in storeBytes: [UInt8], spending budget: inout InflationBudget
  ) throws(Failure) -> (box: JUMBFSuperbox, bytes: [UInt8]) {
    guard outer.children.count == 1, let range = outer.payload(.brotli) else {
      throw .invalid(reason: "it holds something else than one compressed box")
    }
    guard budget.manifests > 0 else {
      throw .overBudget(reason: "the store holds too many compressed manifests")
    }
    budget.manifests -= 1
    let bytes: [UInt8]
    do throws(BrotliError) {
      bytes = try BrotliInflater.inflate(Array(storeBytes[range]), byteLimit: budget.bytes)
    } catch {
      // What was inflated on the way to a failure has been paid for with time.
      budget.bytes = 0
      switch error {
      case .malformed: throw .invalid(reason: error.description)
      case .overBudget: throw .overBudget(reason: error.description)
      }
    }
    budget.bytes -= bytes.count
    let inner: JUMBFSuperbox
    do throws(JUMBFError) {
      inner = try JUMBFSuperbox.parse(bytes, limits: boxLimits)
    } catch {
      throw .invalid(reason: "what it inflates to cannot be read: \(error)")
    }
    guard inner.type == .standardManifest || inner.type == .updateManifest,
      inner.range == 0..<bytes.count
    else {
      throw .invalid(reason: "what it inflates to is no standard or update manifest")
    }
    guard inner.label == outer.label else {
      throw .invalid(reason: "the manifest inside has another label")
    }
    return (inner, bytes)
  }
}
