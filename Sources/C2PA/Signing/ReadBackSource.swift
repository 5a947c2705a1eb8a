import Bytes
import PKI

/// A written file whose content was read back while it was written, and hashed a second time.
///
/// Right behind the writer the bytes come out of memory, and the second hash runs beside the first:
/// a gigabyte that is read again at the end costs as much as signing it. What is known counts only
/// for the very plan that a verification arrives at by itself, from the file's own structure and
/// from what its manifest says; all else is read from the file once more.
struct ReadBackSource: ByteSource {
  private let file: any ByteSource
  private let algorithm: HashAlgorithm
  private let digests: [HashPlan: [UInt8]]

  /// - Parameters:
  ///   - file: to read everything else from.
  ///   - layout: what was hashed, outside of all that is written again afterwards.
  init(
    _ file: any ByteSource, _ layout: HashLayout, _ algorithm: HashAlgorithm,
    whole: [UInt8], leaves: [[UInt8]]
  ) {
    self.file = file
    self.algorithm = algorithm
    var digests = [layout.whole: whole]
    for (leaf, digest) in zip(layout.leaves, leaves) { digests[leaf] = digest }
    self.digests = digests
  }

  var count: Int { file.count }

  func read(_ range: Range<Int>) throws(FileError) -> [UInt8] { try file.read(range) }

  func read(_ range: Range<Int>, into buffer: inout [UInt8]) throws(FileError) {
    try file.read(range, into: &buffer)
  }

  /// The hash that `plan` came to when it ran over what was read back; nil when another plan did.
  func digest(of plan: HashPlan, _ algorithm: HashAlgorithm) -> [UInt8]? {
    algorithm == self.algorithm ? digests[plan] : nil
  }
}
