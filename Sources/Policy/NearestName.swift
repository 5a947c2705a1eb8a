/// Suggestions for misspelt words.
enum NearestName {
  /// `; did you mean "x"?` for the candidate closest to `word`, or an empty text when none is close
  /// enough to be what was meant.
  static func hint(for word: String, among candidates: some Sequence<String>) -> String {
    guard let nearest = find(word, among: candidates) else { return "" }
    return "; did you mean \"\(nearest)\"?"
  }

  /// At most a third of the letters, and never more than three, may differ.
  static func find(_ word: String, among candidates: some Sequence<String>) -> String? {
    // Longer words are no typing mistakes, and the comparison is quadratic.
    guard word.utf8.count <= 64 else { return nil }
    let letters = Array(word.lowercased().utf8)
    let limit = min(3, max(1, letters.count / 3))
    var best: (name: String, distance: Int)?
    for name in candidates where name.utf8.count <= 64 {
      let distance = editDistance(letters, Array(name.lowercased().utf8))
      guard distance <= limit else { continue }
      if best == nil || distance < best!.distance
        || (distance == best!.distance && name < best!.name)
      {
        best = (name, distance)
      }
    }
    return best?.name
  }

  /// Insertions, deletions, replacements and swaps of neighbours (optimal string alignment).
  static func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    guard !left.isEmpty, !right.isEmpty else { return max(left.count, right.count) }
    var beforePrevious: [Int] = []
    var previous = Array(0...right.count)
    for row in 1...left.count {
      var current = [row]
      for column in 1...right.count {
        let cost = left[row - 1] == right[column - 1] ? 0 : 1
        var distance = min(
          previous[column] + 1, current[column - 1] + 1, previous[column - 1] + cost)
        if row > 1, column > 1, left[row - 1] == right[column - 2],
          left[row - 2] == right[column - 1]
        {
          distance = min(distance, beforePrevious[column - 2] + 1)
        }
        current.append(distance)
      }
      beforePrevious = previous
      previous = current
    }
    return previous[right.count]
  }
}
