import Bytes

/// The `jumb` box that is a manifest store in a JPEG XL container (C2PA 2.5 appendix A). A bare
/// codestream has no boxes, and so no store.
enum JPEGXLStore {
  static func locate(in source: any ByteSource) throws(ContainerError) -> EmbeddedStore? {
    guard try source.upTo(2, at: 0) != [0xFF, 0x0A] else { return nil }
    var stores: [(range: Range<Int>, bytes: [UInt8])] = []
    for box in try BMFFBoxTree(source, descend: false).roots where box.type == "jumb" {
      // Other JUMBF boxes may stand beside the store.
      let head = try source.upTo(min(12, box.payload.count), at: box.payload.lowerBound)
      guard head.span.matches(Array("jumd".utf8), at: 4),
        head.span.matches(Array("c2pa".utf8), at: 8)
      else { continue }
      guard box.range.count <= EmbeddedStore.byteLimit else {
        throw EmbeddedStore.tooLarge(at: box.range.lowerBound, length: box.range.count)
      }
      stores.append((box.range, try source.exactly(box.range)))
    }
    guard let store = stores.first else { return nil }
    guard stores.count == 1 else {
      throw .multipleStores(offsets: stores.map(\.range.lowerBound))
    }
    return EmbeddedStore(parts: [
      try EmbeddedStore.part(of: store.bytes, purpose: .manifest, ranges: [store.range]).part
    ])
  }
}
