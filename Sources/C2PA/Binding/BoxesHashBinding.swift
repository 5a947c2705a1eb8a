import Bytes
import CBOR
import Containers
import PKI

/// `c2pa.hash.boxes`: a hash for each run of named boxes (C2PA 2.5 section 16.3.3).
struct BoxesHashBinding {
  /// No format has more boxes than its walker reads.
  private static let entryLimit = 100_000

  private struct Entry {
    let names: [String]
    let algorithm: HashAlgorithm
    let hash: [UInt8]?
    let isExcluded: Bool
    let exclusions: [(box: Int?, start: Int, length: Int)]
  }

  private let context: BindingContext
  private let entries: [Entry]

  init(_ assertion: CBORValue, _ context: BindingContext) throws(BindingFailure) {
    self.context = context
    guard let values = assertion["boxes"]?.array, !values.isEmpty,
      values.count <= Self.entryLimit
    else { throw Self.malformed("it lists no boxes") }
    var entries: [Entry] = []
    for value in values {
      guard let names = value["names"]?.array?.map(\.text), !names.isEmpty, !names.contains(nil)
      else { throw Self.malformed("an entry has no names") }
      var exclusions: [(box: Int?, start: Int, length: Int)] = []
      for exclusion in value["exclusions"]?.array ?? [] {
        guard let start = exclusion["start"]?.length, let length = exclusion["length"]?.length
        else { throw Self.malformed("an exclusion has no proper start and length") }
        let index = exclusion.given("boxIndex").map { $0.length ?? Int.max }
        guard index ?? 0 < names.count else {
          throw Self.malformed("an exclusion names a box that its entry does not have")
        }
        exclusions.append((index, start, length))
      }
      entries.append(
        Entry(
          names: names.compactMap { $0.map(AssetBoxes.canonical) },
          algorithm: try context.algorithm(value["alg"], assertion["alg"]),
          hash: value["hash"]?.bytes, isExcluded: value["excluded"]?.bool ?? false,
          exclusions: exclusions))
    }
    self.entries = entries
  }

  private static func malformed(_ why: String) -> BindingFailure {
    BindingFailure(.assertionBoxesHashMalformed, "The box hash assertion cannot be used: \(why).")
  }

  private static func mismatch(_ why: String) -> BindingFailure {
    BindingFailure(.assertionBoxesHashMismatch, why)
  }

  func validate() throws(BindingFailure) -> [Finding] {
    let boxes = try namedBoxes()
    if context.store?.parts.contains(where: \.hasForeignBytes) == true {
      throw Self.mismatch("The space kept for the manifest holds other bytes.")
    }
    let known = Set(entries.flatMap(\.names))
    var findings: [Finding] = []
    var position = 0
    for entry in entries {
      var named: [[Range<Int>]] = []
      for name in entry.names {
        guard position < boxes.count else {
          throw Self.mismatch("The file lacks the box \(name) that was signed.")
        }
        guard boxes[position].name == name else {
          throw known.contains(boxes[position].name)
            ? Self.mismatch("The file's boxes are not in the order that was signed.")
            : unknown(boxes[position])
        }
        named.append(boxes[position].ranges)
        position += 1
      }
      if entry.names == [AssetBoxes.storeName] { continue }
      guard !entry.names.contains(AssetBoxes.storeName) else {
        throw Self.malformed("the manifest's box shares an entry with others")
      }
      if entry.isExcluded || !entry.exclusions.isEmpty, findings.isEmpty {
        findings.append(
          context.finding(
            .assertionBoxesHashAdditionalExclusionsPresent,
            "The signer left more than the manifest out of the hash."))
      }
      if !entry.isExcluded { try check(entry, named) }
    }
    if position < boxes.count {
      throw known.contains(boxes[position].name)
        ? Self.mismatch("The file has more boxes than were signed.") : unknown(boxes[position])
    }
    return findings + [
      context.finding(.assertionBoxesHashMatch, "The file's content is the one that was signed.")
    ]
  }

  private func unknown(_ box: AssetBoxes.Box) -> BindingFailure {
    BindingFailure(
      .assertionBoxesHashUnknownBox,
      "The file holds \(box.name) at byte \(box.ranges.first?.lowerBound ?? 0), which was not there when it was "
        + "signed.")
  }

  private func check(_ entry: Entry, _ named: [[Range<Int>]]) throws(BindingFailure) {
    let ranges = named.joined().sorted { $0.lowerBound < $1.lowerBound }
    guard let hash = entry.hash, let first = ranges.first, let last = ranges.last else {
      throw Self.mismatch("A run of boxes has no hash.")
    }
    let whole = first.lowerBound..<last.upperBound
    var excluded: [Range<Int>] = []
    for exclusion in entry.exclusions {
      // The pages of a bitstream lie apart: nothing says where in them a place is.
      guard named.allSatisfy({ $0.count == 1 }) else {
        throw Self.malformed("it leaves a part of a bitstream out")
      }
      let base = exclusion.box.map { named[$0][0] } ?? whole
      guard exclusion.start <= base.count, exclusion.length <= base.count - exclusion.start else {
        throw Self.malformed("an exclusion reaches past its box")
      }
      let start = base.lowerBound + exclusion.start
      excluded.append(start..<start + exclusion.length)
    }
    excluded.sort { $0.lowerBound < $1.lowerBound }
    for (before, after) in zip(excluded, excluded.dropFirst())
    where before.upperBound > after.lowerBound {
      throw Self.malformed("its exclusions overlap")
    }
    var plan = HashPlan()
    for range in ranges { plan.append(range, excluding: excluded) }
    guard try plan.digest(of: context.asset, entry.algorithm) == hash else {
      throw Self.mismatch(
        "The file was changed after it was signed: the hash of \(entry.names.joined(separator: ", "))"
          + " differs.")
    }
  }

  private func namedBoxes() throws(BindingFailure) -> [AssetBoxes.Box] {
    // Restart markers have names of their own; a signer may also count them as part of the scan.
    let namesRestarts = entries.contains { $0.names.contains { $0.hasPrefix("RST") } }
    do {
      return try AssetBoxes(
        of: context.asset, format: context.format, store: context.store,
        namesRestarts: namesRestarts
      ).boxes
    } catch { throw BindingFailure(error) }
  }
}
