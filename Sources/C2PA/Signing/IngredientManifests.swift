import CBOR
import JUMBF
import PKI

/// The manifests that ingredients bring along, each once and byte by byte as found (C2PA 2.5
/// section 16.5), in the order in which they came.
struct IngredientManifests {
  private struct Entry {
    let label: String
    var bytes: [UInt8]
  }

  private var entries: [Entry] = []
  /// Absolute URIs of what a manifest among them, or the new one, says that it took out of another.
  private var redacted: Set<String>

  init(redactions: [Redaction]) { redacted = Set(redactions.map(\.uri)) }

  /// Whole superboxes, without those labelled as in `elsewhere`.
  func bytes(without elsewhere: Set<String>) -> [UInt8] {
    entries.filter { !elsewhere.contains($0.label) }.flatMap(\.bytes)
  }

  /// Takes every manifest of `store` over.
  ///
  /// Two of one label are one manifest before and after a redaction, of which the poorer stays, or
  /// they only share the label: then the newcomer gets another one (section 9.2). What refers to it
  /// from its own store is not rewritten: it would no longer be what was signed.
  ///
  /// - Returns: the label of the store's active manifest, as it was and as it is now.
  mutating func take(
    _ store: [UInt8], of ingredient: String
  ) throws(SigningError) -> (old: String, new: String) {
    guard let root = try? JUMBFSuperbox.parse(store),
      let active = root.superboxes.last, !active.label.isEmpty,
      active.child(labelled: ManifestLabel.signature) != nil
        || active.type == .compressedManifest
    else { throw .definition("the manifest store of the ingredient \(ingredient) cannot be read") }
    redacted.formUnion(root.superboxes.flatMap { Self.redactions(of: $0, in: store) })
    var label = active.label
    for box in root.superboxes {
      let bytes = Array(store[box.range])
      guard let known = entries.firstIndex(where: { $0.label == box.label }) else {
        entries.append(Entry(label: box.label, bytes: bytes))
        continue
      }
      guard entries[known].bytes != bytes else { continue }
      if let merged = merged(entries[known].bytes, bytes, box.label) {
        entries[known].bytes = merged
        continue
      }
      let renamed = try rename(box, in: store, of: ingredient)
      if box.range == active.range { label = renamed }
    }
    return (active.label, label)
  }

  /// Hashed URIs to a manifest and to its signature. To be asked for when all are taken in.
  func references(to label: String) -> (manifest: HashedURI, signature: HashedURI)? {
    guard let entry = entries.first(where: { $0.label == label }),
      let box = try? JUMBFSuperbox.parse(entry.bytes),
      let signature = box.child(labelled: ManifestLabel.signature)
    else { return nil }
    func reference(_ url: String, _ box: JUMBFSuperbox) -> HashedURI {
      HashedURI(
        url: url, hash: HashAlgorithm.sha256.digest(Array(entry.bytes[box.hashedRange])))
    }
    return (
      reference(JUMBFURI.manifest(label), box),
      reference(JUMBFURI.signature(in: label), signature)
    )
  }

  // MARK: Redactions

  private static func redactions(of manifest: JUMBFSuperbox, in store: [UInt8]) -> [String] {
    guard let claim = manifest.superboxes.first(where: { $0.type == .claim }),
      let range = claim.payload(.cbor), let value = try? CBORValue.decode(Array(store[range]))
    else { return [] }
    return (value["redacted_assertions"]?.array ?? []).compactMap(\.text)
      .compactMap { JUMBFURI($0)?.absolute(from: manifest.label) }
  }

  /// What is left of two manifests when everything is gone that was taken out of either; nil when
  /// they differ in anything else.
  private func merged(_ one: [UInt8], _ other: [UInt8], _ label: String) -> [UInt8]? {
    let redactions = redacted.filter { JUMBFURI($0)?.path.first == label }
      .map { Redaction(uri: $0) }
    guard !redactions.isEmpty else { return nil }
    func poorer(_ manifest: [UInt8]) -> [UInt8]? {
      let store = JUMBFBuilder.superbox(
        .manifestStore, label: ManifestLabel.store, contents: manifest)
      guard let rest = try? redactions.applied(to: store),
        let box = try? JUMBFSuperbox.parse(rest).superboxes.first
      else { return nil }
      return Array(rest[box.range])
    }
    guard let rest = poorer(one), rest == poorer(other) else { return nil }
    return rest
  }

  // MARK: Labels

  private mutating func rename(
    _ box: JUMBFSuperbox, in store: [UInt8], of ingredient: String
  ) throws(SigningError) -> String {
    guard let urn = ManifestURN(box.label), box.label.hasPrefix("urn:c2pa:"),
      box.type != .compressedManifest
    else {
      // Labels of claims before 2.1 have no room for a version, and a compressed manifest holds its
      // own label inside.
      throw .definition(
        "the ingredient \(ingredient) brings another manifest with the label \(box.label)")
    }
    let stem = "urn:c2pa:\(urn.identifier):\(urn.generator ?? "")"
    var number = (urn.version?.number ?? 0) + 1
    while true {
      let label = "\(stem):\(number)_\(ManifestURN.conflict)"
      guard let bytes = JUMBFBuilder.relabelled(box, in: store, as: label) else {
        throw .definition("the manifest \(box.label) of \(ingredient) cannot be given a new label")
      }
      guard let known = entries.first(where: { $0.label == label }) else {
        entries.append(Entry(label: label, bytes: bytes))
        return label
      }
      if known.bytes == bytes { return label }
      number += 1
    }
  }
}
