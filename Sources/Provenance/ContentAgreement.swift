import Dispatch
import Fingerprint

/// Whether a file shows what the record of an output holds.
public enum ContentAgreement: Equatable, Sendable {
  /// The same pictures; the moment of the output that the file begins with.
  case same(seconds: Double)
  case different
  /// There is too little to see, or it was changed too much to say.
  case unknown

  /// One frame of the file at its best fit in the output.
  public struct Sighting: Sendable {
    public let asked: Double
    public let known: Double
    /// Of 256 bits.
    public let distance: Int

    public init(asked: Double, known: Double, distance: Int) {
      self.asked = asked
      self.known = known
      self.distance = distance
    }
  }

  /// Frames that lie between two known ones fit badly where much moves: two good fits are enough to
  /// tell, and only if not one is near is it another picture.
  public init(_ sightings: [Sighting]) {
    let sorted = sightings.sorted { $0.distance < $1.distance }
    guard let nearest = sorted.first else {
      self = .unknown
      return
    }
    let confirming = sorted[min(1, sorted.count - 1)]
    if confirming.distance <= FrameAlignment.sameDistance {
      let good = sorted.filter { $0.distance <= FrameAlignment.sameDistance }
      let offsets = good.map { $0.known - $0.asked }.sorted()
      self = .same(seconds: max(0, offsets[offsets.count / 2]))
    } else if nearest.distance >= FrameAlignment.differentDistance {
      self = .different
    } else {
      self = .unknown
    }
  }

  /// The same, worked out on a thread of its own: it may take a second.
  public static func judging(
    _ work: @escaping @Sendable () -> [Sighting]
  ) async -> ContentAgreement {
    await withCheckedContinuation { continuation in
      DispatchQueue.global().async { continuation.resume(returning: ContentAgreement(work())) }
    }
  }

  /// `same`, `different` or `unknown`.
  public var word: String {
    switch self {
    case .same: "same"
    case .different: "different"
    case .unknown: "unknown"
    }
  }
}
