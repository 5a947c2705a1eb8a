import Bytes
import CBOR
import Containers
import PKI

/// `c2pa.hash.data`: one hash over the file without some ranges (C2PA 2.5 section 16.3.1).
struct DataHashBinding {
  /// Real manifests exclude the store and perhaps a metadata field or two.
  private static let exclusionLimit = 1000

  private let context: BindingContext
  private let algorithm: HashAlgorithm
  private let hash: [UInt8]
  private let exclusions: [Range<Int>]

  init(_ assertion: CBORValue, _ context: BindingContext) throws(BindingFailure) {
    self.context = context
    exclusions = try Self.ranges(assertion.given("exclusions"))
    guard assertion["pad"]?.bytes != nil else { throw Self.malformed("it has no padding field") }
    guard assertion.given("name").map({ $0.text != nil }) ?? true else {
      throw Self.malformed("its name is no text")
    }
    // Deprecated, and a hash of something else than the file at hand.
    guard assertion.given("url") == nil else {
      throw Self.mismatch("The data hash is that of a file somewhere else.")
    }
    algorithm = try context.algorithm(assertion["alg"])
    guard let hash = assertion["hash"]?.bytes, !hash.isEmpty else {
      throw BindingFailure(.assertionDataHashMismatch, "The data hash assertion has no hash.")
    }
    self.hash = hash
  }

  private static func ranges(_ value: CBORValue?) throws(BindingFailure) -> [Range<Int>] {
    guard let value else { return [] }
    guard let entries = value.array, entries.count <= exclusionLimit else {
      throw malformed("its exclusions are no list of ranges")
    }
    var ranges: [Range<Int>] = []
    for entry in entries {
      guard let start = entry["start"]?.length, let length = entry["length"]?.length,
        length <= Int.max - start
      else { throw malformed("an exclusion has no proper start and length") }
      ranges.append(start..<start + length)
    }
    ranges.sort { $0.lowerBound < $1.lowerBound }
    for (before, after) in zip(ranges, ranges.dropFirst())
    where before.upperBound > after.lowerBound {
      throw malformed("its exclusions overlap")
    }
    return ranges
  }

  private static func malformed(_ why: String) -> BindingFailure {
    BindingFailure(.assertionDataHashMalformed, "The data hash assertion cannot be used: \(why).")
  }

  private static func mismatch(_ why: String) -> BindingFailure {
    BindingFailure(.assertionDataHashMismatch, why)
  }

  func validate() throws(BindingFailure) -> [Finding] {
    let carrier = try carrierRange()
    let excluded = shifted(carrier)
    var findings: [Finding] = []
    var isStoreExcluded = false
    for range in excluded {
      guard range.upperBound <= context.asset.count else {
        throw Self.mismatch("An exclusion reaches past the end of the file.")
      }
      guard !range.isEmpty else { continue }
      guard let carrier else {
        // With no store in the file nothing may be left out: anything could stand there.
        throw Self.mismatch(
          "The manifest leaves \(range.count) bytes out of its hash, and no manifest store in the "
            + "file fills them.")
      }
      if range.overlaps(carrier) {
        guard carrier.lowerBound <= range.lowerBound, range.upperBound <= carrier.upperBound else {
          throw Self.mismatch("The range left out of the hash is wider than the manifest store.")
        }
        guard !isStoreExcluded else {
          throw Self.mismatch("The manifest store is left out of the hash in several pieces.")
        }
        isStoreExcluded = true
      } else if findings.isEmpty {
        findings.append(
          context.finding(
            .assertionDataHashAdditionalExclusionsPresent,
            "The signer left \(range.count) bytes besides the manifest out of the hash."))
      }
    }
    if isStoreExcluded, context.store?.parts.contains(where: \.hasForeignBytes) == true {
      throw Self.mismatch("The space kept for the manifest holds other bytes.")
    }
    var plan = HashPlan()
    plan.append(0..<context.asset.count, excluding: excluded)
    guard try plan.digest(of: context.asset, algorithm) == hash else {
      throw Self.mismatch("The file was changed after it was signed: its content hash differs.")
    }
    return findings + [
      context.finding(.assertionDataHashMatch, "The file's content is the one that was signed.")
    ]
  }

  /// The one stretch of the file that carries the store, framing included.
  private func carrierRange() throws(BindingFailure) -> Range<Int>? {
    guard let ranges = context.store?.ranges, let first = ranges.first, let last = ranges.last
    else { return nil }
    for (before, after) in zip(ranges, ranges.dropFirst())
    where before.upperBound != after.lowerBound {
      throw Self.mismatch("Foreign bytes stand between the pieces of the manifest store.")
    }
    return first.lowerBound..<last.upperBound
  }

  /// After an update manifest the store is longer than the exclusion that was written for it: the
  /// range that begins where the store does ends where the store does now, and later ranges move
  /// along (C2PA 2.5 section 14.12).
  private func shifted(_ carrier: Range<Int>?) -> [Range<Int>] {
    guard context.hasUpdate, let carrier,
      let index = exclusions.firstIndex(where: { $0.lowerBound == carrier.lowerBound })
    else { return exclusions }
    let growth = carrier.upperBound - exclusions[index].upperBound
    guard growth >= 0 else { return exclusions }
    var ranges = exclusions
    ranges[index] = carrier
    for later in ranges.indices.dropFirst(index + 1) {
      let (lower, isOver) = ranges[later].lowerBound.addingReportingOverflow(growth)
      let (upper, isOver2) = ranges[later].upperBound.addingReportingOverflow(growth)
      guard !isOver, !isOver2 else { return exclusions }
      ranges[later] = lower..<upper
    }
    return ranges
  }
}
