import Bytes
import Containers

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

/// The same bytes through the reader of every container, whatever they look like. A store lies where
/// the reader says it does.
enum FuzzContainers {
  static let formats: [AssetFormat] = [
    .bmff(brand: "isom"), .jpeg, .png, .gif, .tiff, .svg, .riff(form: "WAVE"), .id3(name: "MP3"),
    .manifestStore,
  ]

  static func run(_ bytes: [UInt8]) {
    _ = try? AssetFormat.detect(in: bytes)
    for format in formats {
      guard let store = try? EmbeddedStore.locate(in: bytes, format: format) else { continue }
      for part in store.parts {
        precondition(part.ranges.allSatisfy { (0..<bytes.count).contains($0) }, "outside the file")
      }
    }
  }
}
