import Bytes

extension BMFFStore {
  /// Renames the store's box to `original`, which has as many letters, and puts `framed` behind
  /// everything, in place of an older update.
  static func updateEdits(
    _ source: any ByteSource, inserting framed: [UInt8], original: [UInt8]?
  ) throws(ContainerError) -> (offset: Int, edits: [AssetEdit]) {
    let roots = try BMFFBoxTree(source, descend: false).roots
    guard roots.last?.isOpenEnded != true else {
      throw .unsupported(format: "an update manifest behind a box without an end")
    }
    var edits: [AssetEdit] = []
    var end = source.count
    for store in try find(in: roots, of: source).stores {
      if store.purpose == .update {
        guard store.box.range.upperBound == source.count else {
          throw .malformed(
            offset: store.box.range.lowerBound, reason: "the update is not the file's last box")
        }
        end = store.box.range.lowerBound
      } else {
        let purpose = store.box.payload.lowerBound + 4
        edits.append(
          AssetEdit(
            range: purpose..<purpose + 8,
            replacement: Array(EmbeddedStore.Purpose.original.rawValue.utf8)))
        if let original {
          let padding = store.payload.count - original.count
          guard padding >= 0 else {
            throw .malformed(
              offset: store.payload.lowerBound, reason: "the first store would outgrow its box")
          }
          edits.append(
            AssetEdit(
              range: store.payload,
              replacement: original + [UInt8](repeating: 0, count: padding)))
        }
      }
    }
    edits.append(AssetEdit(range: end..<source.count, replacement: framed))
    return (end, edits)
  }
}
