import Fingerprint
public import Provenance
public import Watermark

/// Whether what a file shows is what its mark says: a mark can be lifted from one file and laid over
/// another (C2PA soft binding API, section 1.2.2.3).
extension OutputStore {
  /// Frames of a file that are held against all frames of the output.
  private static let frameLimit = 6

  /// - Parameter finding: the mark that led to the output; it says how the file was scaled and turned,
  ///   so that only the place of a crop has to be searched.
  public func agreement(
    of content: ContentPrint, with output: Output, finding: WatermarkFinding
  ) async throws -> ContentAgreement {
    let known = try await frames(of: output).filter(\.isReliable)
    guard !known.isEmpty else { return .unknown }
    let views = Self.views(of: content, output, finding)
    return await ContentAgreement.judging {
      var best: [Double: (distance: Int, known: Double)] = [:]
      for view in views {
        for frame in ContentPrint.telling(view.frames, Self.frameLimit) {
          let sketch = frame.sketch.oriented(
            isMirrored: finding.isMirrored, quarterTurns: view.quarterTurns)
          guard
            let (index, fit) = FrameAlignment.best(
              of: sketch, among: known.map(\.sketch), width: view.width, height: view.height)
          else { continue }
          if fit.distance < best[frame.time]?.distance ?? Int.max {
            best[frame.time] = (fit.distance, known[index].time)
          }
        }
      }
      return best.map {
        ContentAgreement.Sighting(asked: $0.key, known: $0.value.known, distance: $0.value.distance)
      }
    }
  }

  /// One way of laying the file's frames over the output's.
  private struct View {
    let frames: [FramePrint]
    let quarterTurns: Int
    /// In widths and heights of the output.
    let width: Double
    let height: Double
  }

  private static func views(
    of content: ContentPrint, _ output: Output, _ finding: WatermarkFinding
  ) -> [View] {
    guard output.width > 0, output.height > 0, content.width > 0, content.height > 0 else {
      return []
    }
    let turns = (Int((finding.rotation / 90).rounded()) % 4 + 4) % 4
    // Which way a quarter was turned does not matter to the mark's lattice alone.
    let quarters = turns.isMultiple(of: 2) ? [turns] : [1, 3]
    let shortSide = Double(min(output.width, output.height))
    func ratio(_ width: Int, _ height: Int) -> Double {
      finding.scale * shortSide / Double(min(width, height))
    }
    func views(
      _ frames: [FramePrint], _ width: Int, _ height: Int, _ ratio: Double
    ) -> [View] {
      quarters.map { turns in
        let (across, down) = turns.isMultiple(of: 2) ? (width, height) : (height, width)
        return View(
          frames: frames, quarterTurns: turns,
          width: Double(across) * ratio / Double(output.width),
          height: Double(down) * ratio / Double(output.height))
      }
    }
    let whole = ratio(content.width, content.height)
    var all = views(content.frames, content.width, content.height, whole)
    if let inside = content.inside, inside.width > 0, inside.height > 0 {
      // The mark may have been read in either, and its scale counts in that one's pixels.
      for ratio in [whole, ratio(inside.width, inside.height)] {
        all += views(inside.frames, inside.width, inside.height, ratio)
      }
    }
    return all
  }
}
