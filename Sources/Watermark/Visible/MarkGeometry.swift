/// The mark's shape and its place on a frame of one size: what the blender and the detector share.
public struct MarkGeometry: Equatable, Sendable {
  /// A rectangle of pixels that lies within the frame.
  public struct Box: Equatable, Sendable {
    public let x: Int
    public let y: Int
    public let width: Int
    public let height: Int
  }

  public let frameWidth: Int
  public let frameHeight: Int
  public let path: VisiblePath
  /// Size of the plate that carries the letters; both sides even.
  public let plateWidth: Int
  public let plateHeight: Int
  /// `plateWidth * plateHeight` bytes each: what the plate and the letters cover.
  let plate: [UInt8]
  let glyphs: [UInt8]

  /// - Parameter glyphs: the label as ``MarkLayout`` sizes it.
  /// Nil when the plate would not fit into the frame.
  public init?(frameWidth: Int, frameHeight: Int, glyphs mask: GlyphMask, path: VisiblePath) {
    let layout = MarkLayout(frameWidth: frameWidth, frameHeight: frameHeight)
    let width = (mask.width + 2 * layout.horizontalPadding + 1) & ~1
    let height = (mask.height + 2 * layout.verticalPadding + 1) & ~1
    guard width <= frameWidth, height <= frameHeight else { return nil }
    self.frameWidth = frameWidth
    self.frameHeight = frameHeight
    self.path = path
    plateWidth = width
    plateHeight = height
    plate = Self.roundedRectangle(width: width, height: height, radius: layout.cornerRadius)
    var glyphs = [UInt8](repeating: 0, count: width * height)
    let left = (width - mask.width) / 2
    let top = (height - mask.height) / 2
    for y in 0..<mask.height {
      let target = (top + y) * width + left
      glyphs.replaceSubrange(
        target..<target + mask.width,
        with: mask.coverage[y * mask.width..<(y + 1) * mask.width])
    }
    self.glyphs = glyphs
  }

  /// Where the mark is drawn at a time: one placement, or two within a jump, strongest first.
  public func boxes(at time: Double) -> [(placement: VisiblePath.Placement, box: Box)] {
    path.placements(at: time, width: frameWidth, height: frameHeight).map {
      ($0, box(x: $0.x, y: $0.y))
    }
  }

  /// The plate's box around a centre, pushed inward where it would come too close to the frame's
  /// edge.
  private func box(x: Double, y: Double) -> Box {
    let margin = MarkLayout(frameWidth: frameWidth, frameHeight: frameHeight).edgeMargin
    func start(_ centre: Double, _ frame: Int, _ size: Int) -> Int {
      let wanted = Int((centre * Double(frame) - Double(size) / 2).rounded())
      let margin = min(margin, (frame - size) / 2)
      return min(max(wanted, margin), frame - size - margin)
    }
    return Box(
      x: start(x, frameWidth, plateWidth), y: start(y, frameHeight, plateHeight),
      width: plateWidth, height: plateHeight)
  }

  /// Coverage of a rectangle with round corners; edges one pixel soft.
  static func roundedRectangle(width: Int, height: Int, radius: Int) -> [UInt8] {
    let radius = Double(min(radius, min(width, height) / 2))
    var coverage = [UInt8](repeating: 0, count: width * height)
    for y in 0..<height {
      for x in 0..<width {
        // Distance from the rectangle shrunk by the radius; the edge lies at `radius`.
        let px = Double(x) + 0.5
        let py = Double(y) + 0.5
        let dx = max(radius - px, px - (Double(width) - radius), 0)
        let dy = max(radius - py, py - (Double(height) - radius), 0)
        let distance = (dx * dx + dy * dy).squareRoot()
        coverage[y * width + x] = UInt8(min(max(radius - distance + 0.5, 0), 1) * 255)
      }
    }
    return coverage
  }
}
