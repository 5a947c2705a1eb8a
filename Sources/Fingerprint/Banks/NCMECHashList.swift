import StrictXML

/// NCMEC's hash sharing API, version 2: a `queryResult` of images and videos, each with its
/// fingerprints, and of deleted ones.
enum NCMECHashList {
  private static let namespace = "https://hashsharing.ncmec.org/hashsharing/v2"
  private static let kept: Set<String> = ["image", "video"]
  private static let removed: Set<String> = ["deletedImage", "deletedVideo"]

  private struct Item {
    var isRemoval: Bool
    var member = ""
    var id = ""
    var label: String?
    var hashes: [KnownHash] = []
  }

  static func page(_ bytes: [UInt8]) throws(KnownMediaFailure) -> KnownMediaPage {
    do throws(XMLError) { return try read(bytes) } catch {
      throw KnownMediaFailure(format: "ncmec", reason: error.description)
    }
  }

  private static func read(_ bytes: [UInt8]) throws(XMLError) -> KnownMediaPage {
    var page = KnownMediaPage()
    var scanner = XMLScanner(bytes)
    var path: [String] = []
    var item: Item?
    var text = ""
    while let token = try scanner.next() {
      switch token {
      case .start(let name, _, let attributes, let isEmpty):
        guard name.namespace == namespace, !path.isEmpty || name.local == "queryResult" else {
          throw XMLError(
            offset: scanner.range.lowerBound,
            reason: "<\(name.local)> is not of the namespace \(namespace)")
        }
        text = ""
        if item == nil, kept.union(removed).contains(name.local) {
          item = Item(isRemoval: removed.contains(name.local))
        }
        if name.local == "member" {
          item?.member = attributes.first { $0.name.local == "id" }?.value ?? ""
        }
        if !isEmpty { path.append(name.local) }
      case .text(let piece): text += piece
      case .end(let name):
        path.removeLast()
        let value = trimmed(text)
        text = ""
        if let finished = item, kept.union(removed).contains(name.local) {
          page.updates.append(try update(finished, at: scanner.range.lowerBound))
          item = nil
        } else if path.last == "fingerprints" {
          var hashes = item?.hashes ?? []
          page.take(name.local, value, into: &hashes)
          item?.hashes = hashes
        } else if item != nil, name.local == "id" {
          item?.id = value
        } else if item != nil, name.local == "classification" {
          item?.label = value
        } else if name.local == "next", path.last == "paging", !value.isEmpty {
          page.next = value
        }
      }
    }
    return page
  }

  private static func update(_ item: Item, at offset: Int) throws(XMLError) -> KnownMediaUpdate {
    guard !item.id.isEmpty else { throw XMLError(offset: offset, reason: "an entry has no id") }
    return KnownMediaUpdate(
      id: "ncmec/\(item.member)/\(item.id)", hashes: item.isRemoval ? [] : item.hashes,
      label: item.label)
  }

  private static func trimmed(_ text: String) -> String {
    String(text.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
  }
}
