import Fingerprint
public import Provenance
import Synchronization

/// An output that a file is a copy of, by its look alone.
public struct OutputMatch: Equatable, Sendable {
  public let output: OutputStore.Output
  /// 0 to 100: how near the frames are that were found again.
  public let similarity: Int
  /// How many of the frames asked about were found again, and how many were asked about.
  public let found: Int
  public let asked: Int
  /// The moment of the output that the file begins with, or that the picture shows.
  public let seconds: Double
  /// Whether only a part of the output's picture is to be seen.
  public let isPart: Bool
}

/// Reverse search: which output is this, and from which second?
///
/// Whole pictures are found by PDQ, exactly, in all eight orientations. Parts are found by coarse codes
/// of windows and then aligned: a crop of at least three quarters of each side, anywhere in the frame,
/// as it is or mirrored. Smaller or distorted parts need the mark.
extension OutputStore {
  /// Frames of a file that are asked about: more change no answer.
  private static let wholeFrames = 24
  private static let partFrames = 6
  /// Known frames that are aligned for each frame asked about.
  private static let candidates = 24
  /// Without a mark that points at it, a part must fit this well: night skies have come within 51 bits
  /// of other nights.
  public static let partDistance = 42
  /// Or nearly so well, if its details agree, which those of two nights do not.
  public static let detailedPartDistance = 56
  public static let partDetail = 0.6
  /// A clip is found when a quarter of its frames are.
  private static let leastShare = 0.25

  private struct Sighting {
    let frame: Int
    let asked: Double
    let known: Double
    let distance: Int
  }

  /// Outputs that the content is a copy of, the likeliest first.
  public func search(_ content: ContentPrint, limit: Int = 10) async throws -> [OutputMatch] {
    // With and without the bars around it, where there are any: bars look alike in all files, so the
    // nearer of the two answers counts.
    let views = [content.frames, content.inside?.frames ?? []].filter { !$0.isEmpty }
    for isPart in [false, true] {
      var best: [Int64: OutputMatch] = [:]
      for frames in views {
        let asked = ContentPrint.telling(frames, isPart ? Self.partFrames : Self.wholeFrames)
        let sightings = isPart ? try await parts(asked) : try await wholes(asked)
        for match in try await ranked(sightings, of: asked.count, isPart: isPart)
        where best[match.output.row].map({ Self.isLikelier(match, $0) }) ?? true {
          best[match.output.row] = match
        }
      }
      let matches = best.values.sorted(by: Self.isLikelier)
      if !matches.isEmpty { return Array(matches.prefix(limit)) }
    }
    return []
  }

  /// What is more alike is likelier than what is alike in more frames: every frame of one prompt's clips
  /// may be a little like every other's.
  private static func isLikelier(_ one: OutputMatch, _ other: OutputMatch) -> Bool {
    func weight(_ match: OutputMatch) -> Double {
      Double(match.similarity) * (0.8 + 0.2 * Double(match.found) / Double(match.asked))
    }
    return (weight(one), other.output.row) > (weight(other), one.output.row)
  }

  private static func isPart(_ fit: FrameAlignment) -> Bool {
    fit.distance <= partDistance
      || fit.distance <= detailedPartDistance && fit.detail >= partDetail
  }

  private func wholes(_ asked: [FramePrint]) async throws -> [Int64: [Sighting]] {
    let index = index.withLock { $0 }
    var hits: [(number: Int, frame: Int64, output: Int64, distance: Int)] = []
    for (number, picture) in asked.enumerated() {
      var best: [Int64: (frame: Int64, distance: Int)] = [:]
      for hit in index.frames(like: picture)
      where hit.distance < best[hit.output]?.distance ?? Int.max {
        best[hit.output] = (hit.frame, hit.distance)
      }
      hits += best.map { (number, $0.value.frame, $0.key, $0.value.distance) }
    }
    let known = try await frames(at: hits.map(\.frame))
    return hits.reduce(into: [:]) { sightings, hit in
      guard let frame = known[hit.frame]?.frame else { return }
      sightings[hit.output, default: []].append(
        Sighting(
          frame: hit.number, asked: asked[hit.number].time, known: frame.time,
          distance: hit.distance))
    }
  }

  private func parts(_ asked: [FramePrint]) async throws -> [Int64: [Sighting]] {
    let index = index.withLock { $0 }
    var sightings: [Int64: [Sighting]] = [:]
    for (number, picture) in asked.enumerated() {
      var best: [Int64: Sighting] = [:]
      for isMirrored in [false, true] {
        let sketch = picture.sketch.oriented(isMirrored: isMirrored, quarterTurns: 0)
        let candidates = index.frames(around: sketch, limit: Self.candidates)
        let known = try await frames(at: candidates.map(\.frame))
        for candidate in candidates {
          guard let (output, frame) = known[candidate.frame] else { continue }
          let fit = FrameAlignment.refined(sketch, in: frame.sketch, from: candidate.window)
          guard Self.isPart(fit), fit.distance < best[output]?.distance ?? Int.max
          else { continue }
          best[output] = Sighting(
            frame: number, asked: picture.time, known: frame.time, distance: fit.distance)
        }
      }
      for (output, sighting) in best { sightings[output, default: []].append(sighting) }
    }
    return sightings
  }

  private func ranked(
    _ sightings: [Int64: [Sighting]], of asked: Int, isPart: Bool
  ) async throws -> [OutputMatch] {
    let enough = sightings.filter { Double($0.value.count) >= Double(asked) * Self.leastShare }
    let outputs = try await outputs(at: Array(enough.keys))
    return enough.compactMap { row, seen -> OutputMatch? in
      guard let output = outputs[row] else { return nil }
      let mean = seen.reduce(0) { $0 + $1.distance } / seen.count
      let offsets = seen.map { $0.known - $0.asked }.sorted()
      return OutputMatch(
        output: output, similarity: Similarity.percent(distance: mean), found: seen.count,
        asked: asked, seconds: max(0, offsets[offsets.count / 2]), isPart: isPart)
    }
  }
}

/// The score of the soft binding API.
public enum Similarity {
  /// 100 for equal hashes, 0 for hashes that are as far apart as strangers' halves.
  public static func percent(distance: Int) -> Int {
    max(0, 100 - Int((100 * Double(distance) / 64 / 2).rounded()))
  }
}
