import Bytes

/// The embedded file that carries a manifest store in a PDF document (C2PA 2.5 appendix A;
/// ISO 32000-2 sections 7.5.6 and 7.11.4).
///
/// The objects are searched for instead of followed through the cross-reference table: a file
/// specification marked as C2PA manifest, and the stream it names. Both stand in the open in every
/// signed document, because nothing may change the store's bytes.
enum PDFStore {
  /// A document of pictures has some tens of megabytes; it is searched in memory.
  private static let byteLimit = 128 << 20
  /// Between the two ends of a dictionary that is looked at.
  private static let objectLimit = 1 << 16

  static func locate(in source: any ByteSource) throws(ContainerError) -> EmbeddedStore? {
    guard source.count <= byteLimit else {
      throw .overBudget(
        offset: 0, reason: "a PDF document of more than \(byteLimit) bytes is not searched")
    }
    let document = try source.exactly(0..<source.count)
    var streams: [Range<Int>] = []
    var position = 0
    while let mark = find("/C2PA_Manifest", in: document, from: position) {
      position = mark + 14
      guard let reference = fileReference(around: mark, in: document),
        let stream = try stream(of: reference, in: document), !streams.contains(stream)
      else { continue }
      streams.append(stream)
    }
    // Every update of the document may bring a store of its own; the newest holds the active
    // manifest.
    guard let stream = streams.max(by: { $0.lowerBound < $1.lowerBound }) else { return nil }
    guard stream.count <= EmbeddedStore.byteLimit else {
      throw EmbeddedStore.tooLarge(at: stream.lowerBound, length: stream.count)
    }
    return EmbeddedStore(parts: [
      try EmbeddedStore.part(
        of: Array(document[stream]), purpose: .manifest, ranges: [stream]
      ).part
    ])
  }

  /// Object and generation number under `/EF << /F n g R >>` (or `/UF`) of the dictionary around
  /// `mark`.
  private static func fileReference(
    around mark: Int, in document: [UInt8]
  ) -> (number: Int, generation: Int)? {
    let floor = max(0, mark - objectLimit)
    let ceiling = min(document.count, mark + objectLimit)
    let start = findLast(" obj", in: document, before: mark, from: floor) ?? floor
    let end = find("endobj", in: document, from: mark, to: ceiling) ?? ceiling
    guard let files = find("/EF", in: document, from: start, to: end) else { return nil }
    for key in ["/F", "/UF"] {
      guard let found = find(key, in: document, from: files + 3, to: end) else { continue }
      var cursor = found + key.utf8.count
      guard let number = integer(in: document, at: &cursor),
        let generation = integer(in: document, at: &cursor)
      else { continue }
      return (number, generation)
    }
    return nil
  }

  /// The bytes of the newest stream object of that number; nil when there is none.
  private static func stream(
    of reference: (number: Int, generation: Int), in document: [UInt8]
  ) throws(ContainerError) -> Range<Int>? {
    let head = "\(reference.number) \(reference.generation) obj"
    var ceiling = document.count
    while let object = findLast(head, in: document, before: ceiling, from: 0) {
      ceiling = object
      // Not the tail of a longer number.
      if object > 0, isDigit(document[object - 1]) { continue }
      let limit = min(document.count, object + objectLimit)
      guard let keyword = find("stream", in: document, from: object, to: limit) else { return nil }
      var start = keyword + 6
      if start < document.count, document[start] == 0x0D { start += 1 }
      if start < document.count, document[start] == 0x0A { start += 1 }
      guard find("/Filter", in: document, from: object, to: keyword) == nil else {
        throw .malformed(offset: object, reason: "the manifest store's stream is encoded")
      }
      guard let key = find("/Length", in: document, from: object, to: keyword) else { return nil }
      var cursor = key + 7
      guard let length = integer(in: document, at: &cursor), length <= document.count - start
      else {
        throw .malformed(offset: object, reason: "the manifest store's stream has no length")
      }
      return start..<start + length
    }
    return nil
  }

  /// A non-negative integer behind white space.
  private static func integer(in document: [UInt8], at cursor: inout Int) -> Int? {
    while cursor < document.count, [0x20, 0x09, 0x0A, 0x0C, 0x0D].contains(document[cursor]) {
      cursor += 1
    }
    var value = 0
    var digits = 0
    while cursor < document.count, isDigit(document[cursor]), digits < 12 {
      value = value * 10 + Int(document[cursor] - 0x30)
      cursor += 1
      digits += 1
    }
    return digits > 0 ? value : nil
  }

  private static func isDigit(_ byte: UInt8) -> Bool { 0x30...0x39 ~= byte }

  private static func find(
    _ text: String, in document: [UInt8], from start: Int, to end: Int? = nil
  ) -> Int? {
    let wanted = Array(text.utf8)
    let bytes = document.span
    let last = min(end ?? document.count, document.count) - wanted.count
    var position = start
    while position <= last {
      if bytes[position] == wanted[0], bytes.matches(wanted, at: position) { return position }
      position += 1
    }
    return nil
  }

  private static func findLast(
    _ text: String, in document: [UInt8], before end: Int, from start: Int
  ) -> Int? {
    let wanted = Array(text.utf8)
    let bytes = document.span
    var position = end - wanted.count
    while position >= start {
      if bytes[position] == wanted[0], bytes.matches(wanted, at: position) { return position }
      position -= 1
    }
    return nil
  }
}
