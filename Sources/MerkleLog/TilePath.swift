/// The name of a tile of hashes or of a bundle of entries under a log's prefix (C2SP tlog-tiles):
/// `tile/0/x001/067`, `tile/entries/000.p/44`.
public struct TilePath: Equatable, Hashable, Sendable, CustomStringConvertible {
  /// Hashes in a full tile, and entries in a full bundle.
  public static let span = 256
  /// Tree levels between two levels of tiles.
  public static let height = 8

  public enum Kind: Equatable, Hashable, Sendable {
    /// Tile level, 0...63.
    case hashes(level: Int)
    case entries
  }

  public let kind: Kind
  public let number: UInt64
  /// 1...256; less than 256 is a partial tile.
  public let width: Int

  /// `width` must lie in 1...256 and a level in 0...63.
  public init(_ kind: Kind, number: UInt64, width: Int = TilePath.span) {
    precondition((1...TilePath.span).contains(width))
    if case .hashes(let level) = kind { precondition((0...63).contains(level)) }
    self.kind = kind
    self.number = number
    self.width = width
  }

  /// Reads the one way in which a path is written; nil for every other text.
  public init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count >= 3, parts.count <= 12, parts[0] == "tile" else { return nil }
    let kind: Kind
    if parts[1] == "entries" {
      kind = .entries
    } else if let level = parseDecimal(parts[1]), level <= 63 {
      kind = .hashes(level: Int(level))
    } else {
      return nil
    }
    var groups = Array(parts[2...])
    var width = TilePath.span
    if groups.count >= 2, groups[groups.count - 2].hasSuffix(".p") {
      guard let partial = parseDecimal(groups.removeLast()), (1...255).contains(partial) else {
        return nil
      }
      width = Int(partial)
      groups[groups.count - 1] = groups[groups.count - 1].dropLast(2)
    }
    var number: UInt64 = 0
    for group in groups {
      let digits = group.hasPrefix("x") ? group.dropFirst() : group
      guard digits.utf8.count == 3, digits.utf8.allSatisfy({ 0x30...0x39 ~= $0 }),
        let value = UInt64(digits), number <= (MerkleProof.sizeLimit - value) / 1000
      else { return nil }
      number = number * 1000 + value
    }
    self.init(kind, number: number, width: width)
    // One name a tile: what does not come out as it went in is refused.
    guard description.utf8.elementsEqual(text.utf8) else { return nil }
  }

  public var isPartial: Bool { width < TilePath.span }

  /// The same tile once it is full.
  public var full: TilePath { TilePath(kind, number: number) }

  public var description: String {
    var groups = [TilePath.digits(number % 1000)]
    var rest = number / 1000
    while rest > 0 {
      groups.insert("x" + TilePath.digits(rest % 1000), at: 0)
      rest /= 1000
    }
    let level =
      switch kind {
      case .entries: "entries"
      case .hashes(let level): String(level)
      }
    return "tile/\(level)/\(groups.joined(separator: "/"))" + (isPartial ? ".p/\(width)" : "")
  }

  private static func digits(_ value: UInt64) -> String {
    String(String(value + 1000).dropFirst())
  }

  /// Where the hashes of a complete perfect subtree stand in the tiles of a tree of `size` leaves:
  /// `range` counts hashes inside the tile, and they are to be hashed together.
  public static func place(
    of subtree: Subtree, size: UInt64
  ) -> (tile: TilePath, range: Range<Int>) {
    let level = subtree.level / height
    let within = subtree.level % height
    let first = subtree.index << UInt64(within)
    let number = first / UInt64(span)
    let offset = Int(first % UInt64(span))
    return (
      TilePath(.hashes(level: level), number: number, width: width(number, level, size: size)),
      offset..<(offset + (1 << within))
    )
  }

  /// All tiles and bundles that a tree of `new` leaves has and one of `old` had not, partial ones
  /// with the width that belongs to `new`.
  public static func added(from old: UInt64, to new: UInt64) -> [TilePath] {
    var paths: [TilePath] = []
    var level = 0
    while case let shift = UInt64(level * height), shift < 64, new >> shift > 0 {
      let before = old >> shift
      let count = new >> shift
      if count > before {
        for number in (before / UInt64(span))...((count - 1) / UInt64(span)) {
          let width = width(number, level, size: new)
          paths.append(TilePath(.hashes(level: level), number: number, width: width))
          if level == 0 { paths.append(TilePath(.entries, number: number, width: width)) }
        }
      }
      level += 1
    }
    return paths
  }

  private static func width(_ number: UInt64, _ level: Int, size: UInt64) -> Int {
    let count = size >> UInt64(level * height)
    return Int(min(UInt64(span), count - number * UInt64(span)))
  }
}
