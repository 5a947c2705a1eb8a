public import Pixels

/// vPDQ: the PDQ hashes of a clip's sampled frames, as a bag without order.
public struct VideoHash: Equatable, Sendable {
  /// A frame of the clip as vPDQ keeps it.
  public struct Frame: Equatable, Sendable {
    public let hash: PDQHash
    public let quality: Int
    /// Seconds from the start.
    public let time: Double

    public init(hash: PDQHash, quality: Int, time: Double) {
      self.hash = hash
      self.quality = quality
      self.time = time
    }

    /// `hex,quality,seconds` with three decimals, the line that ThreatExchange exchanges.
    public var line: String {
      let milliseconds = Int((time * 1000).rounded())
      let fraction = String(milliseconds % 1000)
      let padding = String(repeating: "0", count: 3 - fraction.count)
      return "\(hash),\(quality),\(milliseconds / 1000).\(padding)\(fraction)"
    }

    /// Nil when `line` is not of that shape.
    public init?(line: String) {
      let fields = line.split(separator: ",", omittingEmptySubsequences: false)
      guard fields.count == 3, let hash = PDQHash(hex: String(fields[0])),
        let quality = Int(fields[1]), (0...100).contains(quality), let time = Double(fields[2]),
        time.isFinite, time >= 0
      else { return nil }
      self.init(hash: hash, quality: quality, time: time)
    }
  }

  /// How much of either clip is found again in the other, in per cent.
  public struct Comparison: Equatable, Sendable {
    public let queryMatched: Double
    public let targetMatched: Double

    /// ThreatExchange's default: four fifths of what is asked about are in the known clip, however
    /// much longer that is.
    public var isMatch: Bool { queryMatched >= 80 }
  }

  public let frames: [Frame]

  public init(frames: [Frame]) { self.frames = frames }

  /// - Parameter pictures: the sampled frames with their time in seconds.
  public init(of pictures: [(time: Double, image: RGBImage)]) {
    frames = pictures.map { time, image in
      let pdq = PDQ(of: image)
      return Frame(hash: pdq.hash, quality: pdq.quality, time: time)
    }
  }

  /// Compares the frames that are worth comparing. A clip without any matches nothing.
  public func compared(
    to target: VideoHash, distance: Int = PDQHash.matchDistance,
    minimumQuality: Int = PDQ.reliableQuality
  ) -> Comparison {
    let own = distinct(minimumQuality)
    let others = target.distinct(minimumQuality)
    func share(of some: Set<PDQHash>, in all: Set<PDQHash>) -> Double {
      guard !some.isEmpty else { return 0 }
      let found = some.count { hash in all.contains { $0.distance(to: hash) <= distance } }
      return Double(found) * 100 / Double(some.count)
    }
    return Comparison(
      queryMatched: share(of: own, in: others), targetMatched: share(of: others, in: own))
  }

  private func distinct(_ minimumQuality: Int) -> Set<PDQHash> {
    Set(frames.lazy.filter { $0.quality >= minimumQuality }.map(\.hash))
  }
}
