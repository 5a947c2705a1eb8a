public import Bytes

/// A change to a file: the bytes of `range` give way to `replacement`.
struct AssetEdit {
  let range: Range<Int>
  let replacement: [UInt8]

  var growth: Int { replacement.count - range.count }
}

/// A file as it will be after some edits, readable before it is written. The untouched bytes stay
/// in the original, so the whole costs the memory of the edits.
public struct SplicedAsset: ByteSource {
  private struct Piece {
    /// Where it begins in the new file.
    let start: Int
    let length: Int
    /// Where it begins in the original, or nil for new bytes.
    let original: Int?
    let bytes: [UInt8]
  }

  public let count: Int
  private let original: any ByteSource
  private let pieces: [Piece]

  /// `edits` do not overlap; an insertion stands before a replacement that begins at its place.
  init(_ original: any ByteSource, edits: [AssetEdit]) {
    self.original = original
    var pieces: [Piece] = []
    var position = 0
    var taken = 0
    func isBefore(_ left: AssetEdit, _ right: AssetEdit) -> Bool {
      (left.range.lowerBound, left.range.upperBound)
        < (right.range.lowerBound, right.range.upperBound)
    }
    for edit in edits.sorted(by: isBefore) {
      let kept = edit.range.lowerBound - taken
      precondition(kept >= 0, "edits overlap")
      if kept > 0 {
        pieces.append(Piece(start: position, length: kept, original: taken, bytes: []))
        position += kept
      }
      if !edit.replacement.isEmpty {
        pieces.append(
          Piece(
            start: position, length: edit.replacement.count, original: nil,
            bytes: edit.replacement))
        position += edit.replacement.count
      }
      taken = edit.range.upperBound
    }
    if taken < original.count {
      let kept = original.count - taken
      pieces.append(Piece(start: position, length: kept, original: taken, bytes: []))
      position += kept
    }
    self.pieces = pieces
    count = position
  }

  public func read(_ range: Range<Int>) throws(FileError) -> [UInt8] {
    let start = Swift.max(0, range.lowerBound)
    let end = Swift.min(count, range.upperBound)
    guard start < end else { return [] }
    var index = firstPiece(endingAfter: start)
    var result: [UInt8] = []
    while index < pieces.count, pieces[index].start < end {
      let piece = pieces[index]
      let from = Swift.max(start, piece.start) - piece.start
      let to = Swift.min(end, piece.start + piece.length) - piece.start
      if let offset = piece.original {
        let part = try original.read(offset + from..<offset + to)
        if result.isEmpty, part.count == end - start { return part }
        result += part
        // The original ends early: so does this.
        if part.count < to - from { return result }
      } else {
        result += piece.bytes[from..<to]
      }
      index += 1
    }
    return result
  }

  public func read(_ range: Range<Int>, into buffer: inout [UInt8]) throws(FileError) {
    if range.lowerBound >= 0, range.upperBound <= count {
      let index = firstPiece(endingAfter: range.lowerBound)
      if index < pieces.count, let offset = pieces[index].original,
        range.upperBound <= pieces[index].start + pieces[index].length
      {
        let shift = offset - pieces[index].start
        return try original.read(
          range.lowerBound + shift..<range.upperBound + shift, into: &buffer)
      }
    }
    buffer = try read(range)
  }

  private func firstPiece(endingAfter offset: Int) -> Int {
    var low = 0
    var high = pieces.count
    while low < high {
      let middle = (low + high) / 2
      if pieces[middle].start + pieces[middle].length <= offset {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return low
  }
}
