import Containers
import Testing

struct AssetFormatTests {
  @Test func `A file is named by its bytes`() throws {
    #expect(try AssetFormat.detect(in: Samples.jpeg) == .jpeg)
    #expect(try AssetFormat.detect(in: Samples.png) == .png)
    #expect(try AssetFormat.detect(in: Samples.ftyp) == .bmff(brand: "isom"))
    #expect(AssetFormat.bmff(brand: "qt  ").mediaType == "video/quicktime")
    for (head, name) in [
      ("GIF89a", "GIF"), ("RIFF\u{1}\u{2}\u{3}\u{4}WAVEfmt ", "WAV"), ("ID3\u{4}", "MP3"),
      ("fLaC", "FLAC"), ("II*\u{0}", "TIFF"), ("II+\u{0}", "TIFF"), ("MM\u{0}+", "TIFF"),
      ("PK\u{3}\u{4}", "ZIP"),
      ("RF64\u{7F}\u{7F}\u{7F}\u{7F}WAVEds64", "WAV"),
      ("<?xml version=\"1.0\"?>\n<svg>", "SVG"),
    ] { #expect(AssetFormat.sniff(Array(head.utf8)).name == name) }
    #expect(AssetFormat.sniff(Samples.store(9)) == .manifestStore)
    #expect(AssetFormat.sniff(Array("nothing known".utf8)) == .unknown)
    #expect(AssetFormat.sniff([]) == .unknown)
  }

  @Test(arguments: [
    ([0x1A, 0x45, 0xDF, 0xA3], "Matroska or WebM"), (Array("<?xml version".utf8), "XML"),
  ])
  func `A format that is only known by name says so`(bytes: [UInt8], name: String) throws {
    #expect(AssetFormat.sniff(bytes) == .unsupported(name: name))
    #expect(throws: ContainerError.unsupported(format: name)) {
      try EmbeddedStore.locate(in: bytes, format: AssetFormat.sniff(bytes))
    }
  }
}
