import Bytes
import CBOR
import Containers

/// One entry of a BMFF hash's `exclusions` (C2PA 2.5 section 16.3.2). A box is meant when every
/// condition that is given holds.
struct BMFFExclusion: Equatable {
  struct Match: Equatable {
    let offset: Int
    let value: [UInt8]
  }

  /// A part of the box, counted from its header; a length of 0 is "to its end".
  struct Part: Equatable {
    let offset: Int
    let length: Int
  }

  let path: BMFFPath
  let length: Int?
  let data: [Match]
  let subset: [Part]?
  let version: Int?
  let flags: [UInt8]?
  let isExact: Bool

  /// Nil when the entry is not of the standard's form.
  init?(_ value: CBORValue) {
    guard let text = value["xpath"]?.text, let path = BMFFPath(text) else { return nil }
    self.path = path
    if let given = value.given("length") {
      guard let length = given.length else { return nil }
      self.length = length
    } else {
      length = nil
    }
    var data: [Match] = []
    if let given = value.given("data") {
      guard let entries = given.array else { return nil }
      for entry in entries {
        guard let offset = entry["offset"]?.length, let value = entry["value"]?.bytes else {
          return nil
        }
        data.append(Match(offset: offset, value: value))
      }
    }
    self.data = data
    if let given = value.given("subset") {
      guard let entries = given.array else { return nil }
      var subset: [Part] = []
      for (index, entry) in entries.enumerated() {
        guard let offset = entry["offset"]?.length, let length = entry["length"]?.length,
          length > 0 || index == entries.count - 1
        else { return nil }
        // Ascending and without overlap.
        if let last = subset.last, last.offset > offset || last.length > offset - last.offset {
          return nil
        }
        subset.append(Part(offset: offset, length: length))
      }
      self.subset = subset
    } else {
      subset = nil
    }
    if let given = value.given("version") {
      guard let version = given.integer else { return nil }
      self.version = version
    } else {
      version = nil
    }
    if let given = value.given("flags") {
      guard let flags = given.bytes, flags.count == 3 else { return nil }
      self.flags = flags
    } else {
      flags = nil
    }
    if let given = value.given("exact") {
      guard let exact = given.bool else { return nil }
      isExact = exact
    } else {
      isExact = true
    }
  }

  /// Whether the standard asks for this entry, or names it as harmless.
  var isExpected: Bool {
    switch path.steps.first?.type {
    case _ where path.steps.count != 1: false
    case "uuid": data == [Match(offset: 8, value: BMFFStore.userType)]
    case "mfra": data.isEmpty
    case "mdat": subset == [Part(offset: 16, length: 0)]
    case "free", "skip": true
    default: false
    }
  }

  /// The boxes of `tree` that are meant.
  func boxes(
    in tree: BMFFBoxTree, of source: any ByteSource
  ) throws(BindingFailure) -> [BMFFBox] {
    var found: [BMFFBox] = []
    for box in tree.boxes(at: path) where try matches(box, source) { found.append(box) }
    return found
  }

  private func matches(
    _ box: BMFFBox, _ source: any ByteSource
  ) throws(BindingFailure) -> Bool {
    if let length, length != box.range.count { return false }
    for match in data {
      guard match.offset <= box.range.count, match.value.count <= box.range.count - match.offset
      else { return false }
      let start = box.range.lowerBound + match.offset
      guard try read(start..<start + match.value.count, source) == match.value else {
        return false
      }
    }
    guard version != nil || flags != nil else { return true }
    guard box.payload.count >= 4 else { return false }
    let head = try read(box.payload.lowerBound..<box.payload.lowerBound + 4, source)
    if let version, Int(head[0]) != version { return false }
    if let flags {
      for (wanted, actual) in zip(flags, head[1...]) {
        guard isExact ? actual == wanted : actual & wanted == wanted else { return false }
      }
    }
    return true
  }

  /// The parts of `box` that this entry leaves out, clipped to it.
  func ranges(of box: BMFFBox) -> [Range<Int>] {
    guard let subset else { return [box.range] }
    return subset.compactMap { part in
      guard part.offset < box.range.count else { return nil }
      let start = box.range.lowerBound + part.offset
      let room = box.range.count - part.offset
      return start..<start + (part.length == 0 ? room : min(part.length, room))
    }
  }

  private func read(
    _ range: Range<Int>, _ source: any ByteSource
  ) throws(BindingFailure) -> [UInt8] {
    do { return try source.read(range) } catch { throw BindingFailure(.io(error)) }
  }
}
