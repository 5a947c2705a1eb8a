public import Bytes

/// The boxes of a file under the names by which a box hash knows them (C2PA 2.5 section 16.3.3).
public struct AssetBoxes: Sendable {
  public struct Box: Sendable {
    /// Without the spaces that fill four letters up.
    public let name: String
    /// One stretch, but for the pages of an Ogg bitstream, between which others may stand.
    public fileprivate(set) var ranges: [Range<Int>]
  }

  /// The name of the box that carries the manifest store, whatever its type.
  public static let storeName = "C2PA"

  /// In the order of the file; of bitstreams, in that of their first pages.
  public private(set) var boxes: [Box] = []
  private let carriers: Set<Range<Int>>

  /// - Parameters:
  ///   - store: the store embedded in `source`; its carriers get one name of their own.
  ///   - namesRestarts: whether restart markers of a JPEG scan are boxes, not part of the scan.
  public init(
    of source: any ByteSource, format: AssetFormat, store: EmbeddedStore?,
    namesRestarts: Bool = false
  ) throws(ContainerError) {
    carriers = Set(store?.ranges ?? [])
    switch format {
    case .jpeg: try addJPEG(source, namesRestarts: namesRestarts)
    case .png: try addPNG(source)
    case .gif: try addGIF(source)
    case .riff: try addRIFF(source)
    case .jpegXL: try addJPEGXL(source)
    case .ogg: try addOgg(source)
    default: throw .unsupported(format: "the box hash of \(format.name)")
    }
  }

  private mutating func add(_ name: String, _ range: Range<Int>) {
    boxes.append(Box(name: self.name(name, isStore: carriers.contains(range)), ranges: [range]))
  }

  /// Only the store goes by its name: whatever else called itself so would be left out of the hash.
  private func name(_ name: String, isStore: Bool) -> String {
    if isStore { return Self.storeName }
    let name = Self.canonical(name)
    return name == Self.storeName ? "another \(name)" : name
  }

  private mutating func addTail(_ range: Range<Int>) {
    if !range.isEmpty { boxes.append(Box(name: "bytes behind its end", ranges: [range])) }
  }

  /// Some writers keep the spaces of `fmt ` and `JXL `.
  public static func canonical(_ name: String) -> String {
    String(name.reversed().drop { $0 == " " }.reversed())
  }

  private mutating func addJPEG(
    _ source: any ByteSource, namesRestarts: Bool
  ) throws(ContainerError) {
    let walk = try JPEGSegments(source)
    for segment in walk.segments {
      let isStore = carriers.contains(segment.range)
      let isRestart = segment.name.hasPrefix("RST") && !namesRestarts
      if let last = boxes.last, isRestart || isStore && last.name == Self.storeName {
        boxes[boxes.count - 1].ranges = [last.ranges[0].lowerBound..<segment.range.upperBound]
      } else {
        add(segment.name, segment.range)
      }
    }
    addTail(walk.trailing)
  }

  private mutating func addPNG(_ source: any ByteSource) throws(ContainerError) {
    let walk = try PNGChunks(source)
    add("PNGh", 0..<PNGChunks.signature.count)
    for chunk in walk.chunks { add(chunk.type.text, chunk.range) }
    addTail(walk.trailing)
  }

  private mutating func addGIF(_ source: any ByteSource) throws(ContainerError) {
    let blocks = try GIFBlocks(source)
    for block in blocks.blocks { add(block.name, block.range) }
    addTail(blocks.trailing)
  }

  private mutating func addRIFF(_ source: any ByteSource) throws(ContainerError) {
    let walk = try RIFFChunks(source)
    add(walk.form.text, 0..<12)
    for chunk in walk.chunks {
      var name = chunk.type.text
      if chunk.type == "LIST" { name = FourCC(try source.exactly(chunk.payload.prefix(4))).text }
      let end = min(chunk.range.upperBound + chunk.range.count % 2, source.count)
      boxes.append(
        Box(
          name: self.name(name, isStore: carriers.contains(chunk.range)),
          ranges: [chunk.range.lowerBound..<end]))
    }
    addTail(min(walk.end, source.count)..<source.count)
  }

  private mutating func addJPEGXL(_ source: any ByteSource) throws(ContainerError) {
    for box in try BMFFBoxTree(source, descend: false).roots { add(box.type.text, box.range) }
  }

  private mutating func addOgg(_ source: any ByteSource) throws(ContainerError) {
    var places: [String: Int] = [:]
    for (serial, range) in try OggStore.pages(of: source) {
      let name = self.name("Stream-\(serial)", isStore: carriers.contains(range))
      if let place = places[name] {
        boxes[place].ranges.append(range)
      } else {
        places[name] = boxes.count
        boxes.append(Box(name: name, ranges: [range]))
      }
    }
  }
}

extension Range where Bound == Int {
  fileprivate func prefix(_ length: Int) -> Range<Int> {
    lowerBound..<Swift.min(upperBound, lowerBound + length)
  }
}
