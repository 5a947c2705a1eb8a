import Evidence
import Fingerprint
import MediaClient
import MediaJobs
import Moderation

/// A picture's one hash with its dihedral forms, or a clip's frames.
struct MediaPrints {
  let isPicture: Bool
  let frames: [VideoHash.Frame]
  /// For each frame, its hash with all turned and mirrored forms.
  let hashes: [PDQ]

  /// - Parameter picturesOnly: a clip is an error.
  init(
    of file: String, with media: MediaClient, picturesOnly: Bool = false
  ) async throws(MediaFailure) {
    if try await media.kind(of: file) == .image {
      let picture = PDQ(of: try await media.picture(file, side: Int(Int32.max)))
      isPicture = true
      frames = [.init(hash: picture.hash, quality: picture.quality, time: 0)]
      hashes = [picture]
      return
    }
    guard !picturesOnly else {
      throw .refused(
        MediaRefusal(.unsupportedFormat, "This is no still picture; leave --pdq out for clips."))
    }
    let sample = try await media.sample(file, plan: SamplePlan(sceneCuts: false, audio: false))
    let hashes = sample.frames.map { PDQ(of: $0.image) }
    isPicture = false
    frames = zip(hashes, sample.frames).map {
      .init(hash: $0.hash, quality: $0.quality, time: $1.time)
    }
    self.hashes = hashes
  }

  /// Each known picture that a frame comes near, at its nearest, the nearest first. A frame that a
  /// negative bank holds counts for nothing.
  func matches(_ banks: [HashBank]) -> [(match: HashBank.Match, time: Double)] {
    var nearest: [String: (match: HashBank.Match, time: Double)] = [:]
    let harmless = banks.filter(\.isNegative)
    for (frame, hash) in zip(frames, hashes)
    where harmless.allSatisfy({ $0.matches(hash).isEmpty }) {
      for match in banks.lazy.filter({ !$0.isNegative }).flatMap({ $0.matches(hash) }) {
        let key = match.bank + "\0" + match.id
        if match.distance < nearest[key]?.match.distance ?? Int.max {
          nearest[key] = (match, frame.time)
        }
      }
    }
    return nearest.values.sorted {
      ($0.match.distance, $0.match.bank, $0.match.id)
        < ($1.match.distance, $1.match.bank, $1.match.id)
    }
  }
}
