import Bytes

/// Texts under reverse-DNS or plain names in MP4 and MOV files: `keys` and `ilst` in a `meta` box of
/// handler `mdta` (QuickTime File Format, "Metadata"), inside `moov.udta`, where FFmpeg reads and
/// writes them, or directly inside `moov`, as QuickTime does.
enum BMFFMetadata {
  static let place = "moov.udta.meta"
  /// A box of texts; covers are kept by another handler.
  private static let byteLimit = 8 << 20
  private static let keyLimit = 1000
  private static let stillBrands: Set<String> = [
    "heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1", "avif", "avis",
  ]

  /// Whether files of this major brand are pictures, which have items where films have tracks.
  static func isStill(_ brand: String) -> Bool { stillBrands.contains(brand) }

  /// A `meta` box of handler `mdta`, taken apart.
  private struct Table {
    let box: BMFFBox
    let ancestors: [BMFFBox]
    /// Version and flags, which QuickTime's form of the box lacks.
    var prefix: [UInt8] = []
    /// Each entry of `keys` without its size: namespace and name.
    var keys: [[UInt8]] = []
    /// The items of `ilst`, each with the number of its key.
    var items: [(key: Int, bytes: [UInt8])] = []
    /// Every other box, as it is.
    var others: [UInt8] = []
  }

  /// The texts called `name`, in file order.
  static func values(
    of name: String, in source: any ByteSource
  ) throws(ContainerError) -> [[UInt8]] {
    var found: [[UInt8]] = []
    for table in try tables(BMFFBoxTree(source), of: source) {
      for item in table.items where item.key >= 1 && item.key <= table.keys.count {
        guard table.keys[item.key - 1].dropFirst(4).elementsEqual(name.utf8) else { continue }
        found += try values(in: item.bytes)
      }
    }
    return found
  }

  /// The edits that make `value` the only text called `name`.
  static func edits(
    _ source: any ByteSource, setting name: String, to value: [UInt8]
  ) throws(ContainerError) -> [AssetEdit] {
    let tree = try BMFFBoxTree(source)
    guard let movie = tree.roots.first(where: { $0.type == "moov" }) else {
      throw .unsupported(format: "a named text in a file without a moov box")
    }
    guard !movie.isOpenEnded else {
      throw .unsupported(format: "a named text in a moov box without an end")
    }
    let key = Array("mdta".utf8) + Array(name.utf8)
    var nested: [BMFFStore.NestedEdit] = []
    var isPlaced = false
    for var table in try tables(tree, of: source) {
      let known = table.keys.firstIndex(of: key).map { $0 + 1 }
      if let known { table.items.removeAll { $0.key == known } }
      if !isPlaced {
        if known == nil { table.keys.append(key) }
        let number = known ?? table.keys.count
        table.items.append((number, item(number, value)))
        isPlaced = true
      } else if known == nil {
        continue
      }
      nested.append(
        .init(
          edit: AssetEdit(range: table.box.range, replacement: bytes(of: table)),
          ancestors: table.ancestors))
    }
    if !isPlaced {
      let meta = newTable(key, value)
      if let user = movie.children.first(where: { $0.type == "udta" }) {
        // In front of other lists, whose end QuickTime marks with four zeros.
        let start = user.payload.lowerBound
        nested.append(
          .init(
            edit: AssetEdit(range: start..<start, replacement: meta), ancestors: [movie, user]))
      } else {
        let end = movie.range.upperBound
        nested.append(
          .init(
            edit: AssetEdit(range: end..<end, replacement: box("udta", meta)),
            ancestors: [movie]))
      }
    }
    return try BMFFStore.place([], in: source, nested: nested).edits
  }

  private static func tables(
    _ tree: BMFFBoxTree, of source: any ByteSource
  ) throws(ContainerError) -> [Table] {
    guard let movie = tree.roots.first(where: { $0.type == "moov" }) else { return [] }
    var tables: [Table] = []
    for user in movie.children where user.type == "udta" {
      for box in user.children where box.type == "meta" {
        if let table = try table(box, [movie, user], of: source) { tables.append(table) }
      }
    }
    for box in movie.children where box.type == "meta" {
      if let table = try table(box, [movie], of: source) { tables.append(table) }
    }
    return tables
  }

  private static func table(
    _ box: BMFFBox, _ ancestors: [BMFFBox], of source: any ByteSource
  ) throws(ContainerError) -> Table? {
    guard box.payload.count <= byteLimit, box.payload.count >= 8 else { return nil }
    let content = try source.exactly(box.payload)
    var table = Table(box: box, ancestors: ancestors)
    // A full box around boxes, but for QuickTime's, which begins with `hdlr`.
    let start = content.span.matches(Array("hdlr".utf8), at: 4) ? 0 : 4
    table.prefix = Array(content[..<start])
    var isKeyed = false
    for child in try children(of: content, in: start..<content.count) {
      let payload = Array(content[child.payload])
      switch child.type {
      case "hdlr":
        isKeyed = payload.span.matches(Array("mdta".utf8), at: 8)
        table.others += content[child.range]
      case "keys": table.keys = try keys(payload)
      case "ilst":
        for item in try children(of: payload, in: 0..<payload.count) {
          table.items.append((Int(item.type.value), Array(payload[item.range])))
        }
      default: table.others += content[child.range]
      }
    }
    return isKeyed ? table : nil
  }

  private static func children(
    of content: [UInt8], in range: Range<Int>
  ) throws(ContainerError) -> [BMFFBox] {
    var budget = keyLimit
    return try BMFFBoxTree.boxes(
      in: range, of: content, depth: 1, descend: false, limits: BMFFBoxTree.Limits(),
      budget: &budget)
  }

  private static func keys(_ payload: [UInt8]) throws(ContainerError) -> [[UInt8]] {
    var reader = FieldReader(payload, at: 0)
    try reader.skip(4)
    let count = try reader.read(4)
    guard count <= keyLimit else {
      throw .overBudget(offset: 0, reason: "the file has more than \(keyLimit) metadata keys")
    }
    var keys: [[UInt8]] = []
    for _ in 0..<count {
      let size = try reader.read(4)
      guard size >= 8 else {
        throw .malformed(offset: reader.offset, reason: "a metadata key is shorter than its name")
      }
      let start = reader.offset
      try reader.skip(size - 4)
      keys.append(Array(payload[start..<reader.offset]))
    }
    return keys
  }

  /// The texts in the `data` boxes of an item: well-known type 1 is UTF-8.
  private static func values(in item: [UInt8]) throws(ContainerError) -> [[UInt8]] {
    var found: [[UInt8]] = []
    for data in try children(of: item, in: 8..<item.count)
    where data.type == "data" && data.payload.count >= 8 {
      let payload = item[data.payload]
      guard payload.prefix(4).elementsEqual([0, 0, 0, 1]) else { continue }
      found.append(Array(payload.dropFirst(8)))
    }
    return found
  }

  private static func box(_ type: FourCC, _ content: [UInt8]) -> [UInt8] {
    var box: [UInt8] = []
    box.appendBigEndian(UInt32(content.count + 8))
    return box + type.bytes + content
  }

  private static func item(_ number: Int, _ value: [UInt8]) -> [UInt8] {
    box(
      FourCC(value: UInt32(number)),
      box("data", [0, 0, 0, 1, 0, 0, 0, 0] + value))
  }

  private static func bytes(of table: Table) -> [UInt8] {
    var keys: [UInt8] = [0, 0, 0, 0]
    keys.appendBigEndian(UInt32(table.keys.count))
    for key in table.keys {
      keys.appendBigEndian(UInt32(key.count + 4))
      keys += key
    }
    return box(
      "meta",
      table.prefix + table.others + box("keys", keys)
        + box("ilst", table.items.flatMap(\.bytes)))
  }

  private static func newTable(_ key: [UInt8], _ value: [UInt8]) -> [UInt8] {
    let handler = box(
      "hdlr",
      [0, 0, 0, 0, 0, 0, 0, 0] + Array("mdta".utf8) + [UInt8](repeating: 0, count: 13))
    let table = Table(
      box: BMFFBox(
        type: "meta", range: 0..<0, headerLength: 8, userType: nil, isOpenEnded: false,
        children: []), ancestors: [], prefix: [0, 0, 0, 0], keys: [key],
      items: [(1, item(1, value))], others: handler)
    return bytes(of: table)
  }
}
