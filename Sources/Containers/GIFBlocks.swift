import Bytes

/// The blocks of a GIF file (GIF89a sections 15 to 27), colour tables with what they belong to.
struct GIFBlocks {
  struct Block {
    /// As a box hash calls it: the introducer and, of an extension, its label in hexadecimal.
    let name: String
    let range: Range<Int>
  }

  /// Blocks and sub-blocks; an animation of 100 MB has some 400 000 sub-blocks of 255 bytes.
  private static let limit = 1_000_000

  private(set) var blocks: [Block] = []
  /// What follows the trailer.
  let trailing: Range<Int>

  /// Walks `source` up to its trailer, or to its end.
  init(_ source: any ByteSource) throws(ContainerError) {
    var window = ByteWindow(source)
    var budget = Self.limit
    var position = try Self.firstBlock(of: source)
    blocks = [Block(name: "GIF89a", range: 0..<6), Block(name: "LSD", range: 6..<position)]
    while let introducer = try window.byte(at: position) {
      let start = position
      budget -= 1
      guard budget >= 0 else {
        throw .overBudget(offset: start, reason: "the GIF has more than \(Self.limit) blocks")
      }
      switch introducer {
      case 0x21:
        let label = try window.byte(at: position + 1) ?? 0
        position = try Self.skipSubBlocks(from: position + 2, &window, &budget)
        let digits = String(label, radix: 16, uppercase: true)
        blocks.append(
          Block(name: "21" + (label < 16 ? "0" : "") + digits, range: start..<position))
      case 0x2C:
        guard let packed = try window.byte(at: position + 9) else {
          throw .malformed(offset: position, reason: "a picture of the GIF is cut off")
        }
        position += 10 + Self.tableLength(packed)
        blocks.append(Block(name: "2C", range: start..<position))
        let data = position
        position = try Self.skipSubBlocks(from: position + 1, &window, &budget)
        blocks.append(Block(name: "TBID", range: data..<position))
      case 0x3B:
        blocks.append(Block(name: "3B", range: start..<start + 1))
        trailing = start + 1..<source.count
        return
      default:
        throw .malformed(offset: position, reason: "a GIF block is of no known kind")
      }
    }
    trailing = source.count..<source.count
  }

  /// Where the first block begins: behind header, screen descriptor and global colour table.
  static func firstBlock(of source: any ByteSource) throws(ContainerError) -> Int {
    let offset = 13 + tableLength(try source.exactly(0..<13)[10])
    guard offset <= source.count else {
      throw .malformed(offset: 13, reason: "the colour table is cut off")
    }
    return offset
  }

  private static func tableLength(_ packed: UInt8) -> Int {
    packed & 0x80 == 0 ? 0 : 3 << (Int(packed & 7) + 1)
  }

  private static func skipSubBlocks(
    from offset: Int, _ window: inout ByteWindow, _ budget: inout Int
  ) throws(ContainerError) -> Int {
    var position = offset
    while let length = try window.byte(at: position) {
      position += 1 + Int(length)
      if length == 0 { return position }
      budget -= 1
      guard budget >= 0 else {
        throw .overBudget(offset: offset, reason: "the GIF has more than \(limit) blocks")
      }
    }
    throw .malformed(offset: offset, reason: "a GIF block is cut off")
  }
}
