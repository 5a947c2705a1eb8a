import Fingerprint

/// The looks of all delivered frames in memory: hashes for whole pictures, codes for parts of them.
///
/// A frame costs about 900 bytes: 10,000 clips of 5 seconds take 90 MB. Hashes that mean little are
/// left out, so that a black frame does not lead to every clip that has one.
struct OutputIndex: Sendable {
  /// A known frame that may be the one asked for.
  struct Candidate: Sendable {
    let frame: Int64
    let window: FrameWindow
    let apart: Int
  }

  private var frames: [Int64] = []
  /// The output of each frame; 0 for one that is gone.
  private var owners: [Int64] = []
  private var hashes = PDQIndex()
  /// `WindowCode.windows.count` for each frame.
  private var codes: [UInt64] = []

  var count: Int { owners.count }

  mutating func add(
    frame: Int64, of output: Int64, hash: PDQHash, quality: Int, codes: [UInt64]
  ) {
    guard quality >= PDQ.reliableQuality, codes.count == WindowCode.windows.count else { return }
    frames.append(frame)
    owners.append(output)
    hashes.append(hash)
    self.codes += codes
  }

  /// Their frames stay where they are and lead nowhere, until the next start.
  mutating func remove(_ outputs: [Int64]) {
    let gone = Set(outputs)
    for position in owners.indices where gone.contains(owners[position]) { owners[position] = 0 }
  }

  /// Known frames that are the same picture, turned or mirrored perhaps: exactly those within PDQ's
  /// distance.
  func frames(like picture: FramePrint) -> [(frame: Int64, output: Int64, distance: Int)] {
    picture.dihedral.flatMap { hashes.matches(for: $0) }.compactMap { match in
      let owner = owners[match.index]
      return owner == 0 ? nil : (frames[match.index], owner, match.distance)
    }
  }

  /// Known frames of which a part may be the picture, nearest first; of each frame the nearest part.
  func frames(around picture: FrameSketch, limit: Int) -> [Candidate] {
    let code = WindowCode.code(of: picture)
    let windows = WindowCode.windows.count
    var nearest: [(position: Int, window: Int, apart: Int)] = []
    codes.withUnsafeBufferPointer { codes in
      for position in owners.indices where owners[position] != 0 {
        var apart = WindowCode.candidateDistance + 1
        var window = 0
        for index in 0..<windows {
          let other = (codes[position * windows + index] ^ code).nonzeroBitCount
          if other < apart { (apart, window) = (other, index) }
        }
        if apart <= WindowCode.candidateDistance { nearest.append((position, window, apart)) }
      }
    }
    nearest.sort { ($0.apart, $0.position) < ($1.apart, $1.position) }
    return nearest.prefix(limit).map {
      Candidate(frame: frames[$0.position], window: WindowCode.windows[$0.window], apart: $0.apart)
    }
  }
}
