import Bytes
import Containers
import Glibc

#if FUZZING
  /// libFuzzer's entry point.
  @_cdecl("LLVMFuzzerTestOneInput")
  public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    FuzzContainers.run(Array(UnsafeBufferPointer(start: start, count: count)))
    return 0
  }
#else
  @main struct Main {
    static func main() { print("build this with Scripts/fuzz") }
  }
#endif

/// The same bytes through the reader and the writer of a container, whatever they look like. A store
/// lies where the reader says it does, and what the writer puts into a file its reader finds.
enum FuzzContainers {
  private static let known: [(name: String, format: AssetFormat)] = [
    ("bmff", .bmff(brand: "isom")), ("jpeg", .jpeg), ("png", .png), ("gif", .gif),
    ("tiff", .tiff), ("svg", .svg), ("riff", .riff(form: "WAVE")), ("id3", .id3(name: "MP3")),
    ("pdf", .pdf), ("ogg", .ogg), ("jxl", .jpegXL), ("zip", .zip(name: "ZIP")),
  ]

  /// The one that `ASSAY_FUZZ_FORMAT` names, or all.
  static let formats: [AssetFormat] = {
    let name = getenv("ASSAY_FUZZ_FORMAT").map { String(cString: $0) }
    let chosen = known.filter { $0.name == name }
    return (chosen.isEmpty ? known : chosen).map(\.format)
  }()

  /// An empty store: a superbox with nothing but its description.
  private static let store: [UInt8] = {
    let type: [UInt8] = [0x00, 0x11, 0x00, 0x10, 0x80, 0x00, 0x00, 0xAA, 0x00, 0x38, 0x9B, 0x71]
    var box: [UInt8] = [0, 0, 0, 38] + Array("jumb".utf8)
    box += [0, 0, 0, 30]
    box += Array("jumdc2pa".utf8)
    return box + type + [0x03] + Array("c2pa\0".utf8)
  }()

  static func run(_ bytes: [UInt8]) {
    _ = try? AssetFormat.detect(in: bytes)
    for format in formats {
      if let store = try? EmbeddedStore.locate(in: bytes, format: format) {
        for part in store.parts {
          precondition(
            part.ranges.allSatisfy { (0..<bytes.count).contains($0) }, "outside the file")
        }
      }
      if case .zip = format, let directory = try? ZIPDirectory(bytes),
        let members = try? directory.members(in: bytes)
      {
        precondition(
          members.reduce(0) { $0 + $1.range.count } + directory.range.count == bytes.count,
          "bytes that no member holds")
      }
      write(bytes, format)
    }
  }

  private static func write(_ bytes: [UInt8], _ format: AssetFormat) {
    for proofLength in [0, 24] {
      guard
        let plan = try? StoreInsertion.plan(
          bytes, format: format, storeLength: store.count, proofLength: proofLength),
        var written = try? plan.asset.read(0..<plan.asset.count),
        let framed = try? plan.framed(store)
      else { continue }
      precondition(written.count == plan.asset.count, "the plan is longer than the file")
      precondition(framed.count == plan.range.count, "the store does not fill its place")
      written.replaceSubrange(plan.range, with: framed)
      guard let found = try? EmbeddedStore.locate(in: written, format: format) else {
        preconditionFailure("what was written is not found")
      }
      precondition(found.bytes == store, "something else was found")
    }
    _ = try? StoreInsertion.planWithout(bytes, format: format)
    _ = try? StoreInsertion.planUpdate(bytes, format: format, storeLength: store.count)
    _ = try? SegmentInsertion.plan(bytes, proofLength: 24)
  }
}
