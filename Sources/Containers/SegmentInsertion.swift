public import Bytes

/// A media segment that lies in a file of its own, with room for a Merkle box before its first
/// fragment (C2PA 2.5 section A.5.5).
public struct SegmentInsertion: Sendable {
  public let asset: SplicedAsset
  /// The Merkle box in the new file.
  public let proofRange: Range<Int>

  public static func plan(
    _ source: any ByteSource, proofLength: Int
  ) throws(ContainerError) -> SegmentInsertion {
    let proof = BMFFStore.proofFrame([UInt8](repeating: 0, count: proofLength))
    let placement = try BMFFStore.place([], in: source, proof: proof, before: .firstFragment)
    guard let range = placement.proofs.first else {
      throw .malformed(offset: 0, reason: "the segment holds no fragment (moof)")
    }
    return SegmentInsertion(
      asset: SplicedAsset(source, edits: placement.edits), proofRange: range)
  }
}
