/// Finds any of many terms in one pass over a text's UTF-8 (Aho and Corasick, "Efficient string
/// matching", 1975).
struct TermAutomaton: Sendable {
  /// The node reached from node n by byte b, under the key `n << 8 | b`. Node 0 is the root.
  private var edges: [Int: Int32] = [:]
  /// The node of the longest proper suffix that is in the trie.
  private var fallback: [Int32] = [0]
  /// Byte lengths of the terms that end at a node, its suffixes' terms included; longest first.
  private var lengths: [[Int32]] = [[]]

  init(_ terms: [String]) {
    var children: [[Int32]] = [[]]
    var entering: [UInt8] = [0]
    for term in Set(terms) {
      var node: Int32 = 0
      for byte in term.utf8 {
        let key = Int(node) << 8 | Int(byte)
        if let next = edges[key] {
          node = next
        } else {
          let next = Int32(lengths.count)
          edges[key] = next
          children[Int(node)].append(next)
          children.append([])
          entering.append(byte)
          lengths.append([])
          fallback.append(0)
          node = next
        }
      }
      if node != 0 { lengths[Int(node)].append(Int32(term.utf8.count)) }
    }
    // Breadth first, so that a node's suffixes, which are shorter, are finished before it.
    var queue = children[0]
    var next = 0
    while next < queue.count {
      let node = queue[next]
      next += 1
      lengths[Int(node)] += lengths[Int(fallback[Int(node)])]
      for child in children[Int(node)] {
        fallback[Int(child)] = step(from: fallback[Int(node)], by: entering[Int(child)])
        queue.append(child)
      }
    }
  }

  private func step(from start: Int32, by byte: UInt8) -> Int32 {
    var node = start
    while true {
      if let next = edges[Int(node) << 8 | Int(byte)] { return next }
      if node == 0 { return 0 }
      node = fallback[Int(node)]
    }
  }

  /// UTF-8 offsets of the term that ends first, with no word character right before or behind it.
  func firstMatch(in text: String) -> Range<Int>? {
    let bytes = Array(text.utf8)
    let isWord = Self.wordBytes(text)
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
