/// Finds any of many terms in one pass over a text's UTF-8 (Aho and Corasick, "Efficient string
/// matching", 1975).
struct TermAutomaton: Sendable {
  /// Node 0 is the root, which nearly every byte of a text leads back to: its row is a table.
  private var root = [Int32](repeating: 0, count: 256)
  /// The edges of node n are those from `firstEdge[n]` up to `firstEdge[n + 1]`. Nearly all nodes
  /// have one, so they are looked through in order.
  private var firstEdge: [Int32] = []
  private var labels: [UInt8] = []
  private var targets: [Int32] = []
  /// The node of the longest proper suffix that is in the trie.
  private var fallback: [Int32]
  /// Byte lengths of the terms that end at a node, its suffixes' terms included; longest first.
  private var lengths: [[Int32]]

  init(_ terms: [String]) {
    var children: [[(label: UInt8, node: Int32)]] = [[]]
    var lengths: [[Int32]] = [[]]
    for term in Set(terms) {
      var node = 0
      for byte in term.utf8 {
        if let child = children[node].first(where: { $0.label == byte }) {
          node = Int(child.node)
        } else {
          children[node].append((byte, Int32(children.count)))
          node = children.count
          children.append([])
          lengths.append([])
        }
      }
      if node != 0 { lengths[node].append(Int32(term.utf8.count)) }
    }
    for edges in children {
      firstEdge.append(Int32(labels.count))
      labels += edges.map(\.label)
      targets += edges.map(\.node)
    }
    firstEdge.append(Int32(labels.count))
    for edge in children[0] { root[Int(edge.label)] = edge.node }

    self.lengths = lengths
    fallback = [Int32](repeating: 0, count: children.count)
    // Breadth first, so that a node's suffixes, which are shorter, are finished before it.
    var queue = children[0].map(\.node)
    var next = 0
    while next < queue.count {
      let node = Int(queue[next])
      next += 1
      self.lengths[node] += self.lengths[Int(fallback[node])]
      for child in children[node] {
        fallback[Int(child.node)] = step(from: fallback[node], by: child.label)
        queue.append(child.node)
      }
    }
  }

  private func step(from start: Int32, by byte: UInt8) -> Int32 {
    var node = Int(start)
    while node != 0 {
      for edge in Int(firstEdge[node])..<Int(firstEdge[node + 1]) where labels[edge] == byte {
        return targets[edge]
      }
      node = Int(fallback[node])
    }
    return root[Int(byte)]
  }

  /// UTF-8 offsets of the term that ends first, with no word character right before or behind it.
  func firstMatch(in text: String) -> Range<Int>? {
    let bytes = Array(text.utf8)
    // Most texts hold no term at all, and then nobody asks where words begin.
    lazy var isWord = Self.wordBytes(text)
    var node: Int32 = 0
    for index in bytes.indices {
      node = step(from: node, by: bytes[index])
      for length in lengths[Int(node)] {
        let start = index + 1 - Int(length)
        let opens = start == 0 || !isWord[start - 1] || !isWord[start]
        let closes = index + 1 == bytes.count || !isWord[index + 1] || !isWord[index]
        if opens && closes { return start..<index + 1 }
      }
    }
    return nil
  }

  /// For each byte whether it belongs to a letter or digit of a script that has gaps between words.
  private static func wordBytes(_ text: String) -> [Bool] {
    var flags: [Bool] = []
    flags.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      let isWord =
        !isWrittenWithoutGaps(scalar.value) && Glyph(scalar: scalar, source: 0..<0).isWord
      for _ in 0..<UTF8.width(scalar) { flags.append(isWord) }
    }
    return flags
  }

  /// Thai, kana, ideographs, and hangul, whose particles are written to the word.
  private static func isWrittenWithoutGaps(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0xE00...0xE7F, 0x3041...0x30FF, 0x3400...0x9FFF, 0xAC00...0xD7A3, 0x20000...0x3FFFF: true
    default: false
    }
  }
}
