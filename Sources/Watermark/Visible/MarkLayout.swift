/// Sizes of the visible mark on a frame, in pixels.
///
/// The label's letters must be at least 5 % of the frame's short side high (GB 45438). DejaVu Sans
/// Bold's ink from the top of "A" to the foot of "g" is about 1.0 em, so 5.4 % leaves a margin. The
/// text may take 40 % of the frame's width, the whole mark 45 %: wider, and an edge crop would cut
/// a mark that stands in the middle column.
public struct MarkLayout: Equatable, Sendable {
  public let frameWidth: Int
  public let frameHeight: Int

  public init(frameWidth: Int, frameHeight: Int) {
    self.frameWidth = max(frameWidth, 1)
    self.frameHeight = max(frameHeight, 1)
  }

  public var shortSide: Int { min(frameWidth, frameHeight) }
  /// What the law asks for: the lower bound of the label's ink height.
  public var minimumTextHeight: Int { (shortSide * 5 + 99) / 100 }
  /// Font size of "AI generated".
  public var labelFontSize: Int { max(8, (shortSide * 54 + 500) / 1000) }
  /// Font size of the creator's handle below it.
  public var handleFontSize: Int { max(7, (shortSide * 36 + 500) / 1000) }
  /// What the label itself may take before a text counts as too long: rounding and hinting make
  /// letters of a few pixels wider than their share.
  public var maximumLabelWidth: Int { max(16, frameWidth * 48 / 100) }
  public var maximumTextWidth: Int { max(16, frameWidth * 40 / 100) }
  public var lineGap: Int { max(2, shortSide * 12 / 1000) }
  public var horizontalPadding: Int { max(3, shortSide * 20 / 1000) }
  public var verticalPadding: Int { max(3, shortSide * 16 / 1000) }
  /// Kept free between the plate and the frame's edge.
  public var edgeMargin: Int { shortSide * 15 / 1000 }
  public var cornerRadius: Int { max(3, shortSide * 22 / 1000) }
}
