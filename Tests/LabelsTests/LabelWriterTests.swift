import Bytes
import Containers
import Labels
import Testing

/// Every container by a small file made byte by byte; what other programs read of real ones is in
/// ConformanceTests.
@Suite struct LabelWriterTests {
  private static let labels = MediaLabels(
    sourceType: .trainedAlgorithmicMedia,
    aigc: AIGCLabel(contentProducer: "Assay 检", produceID: "clip-7"))

  static let samples: [(name: String, bytes: [UInt8], places: Int)] = [
    ("JPEG", Samples.jpeg, 2), ("PNG", Samples.png, 2), ("GIF", Samples.gif, 1),
    ("TIFF", Samples.tiff, 1), ("WAV", Samples.wav, 2), ("AVI", Samples.avi, 1),
    ("WebP", Samples.webP, 2), ("lossless WebP", Samples.losslessWebP, 2),
    ("MP3", Samples.mp3, 2), ("MP4", Samples.mp4(), 2),
    ("MP4 with tags", Samples.mp4(user: Samples.iTunesTags), 2),
    ("MP4 with keys", Samples.mp4(user: Samples.keyedTags), 2),
  ]

  private func bytes(_ source: any ByteSource) throws -> [UInt8] {
    try source.read(0..<source.count)
  }

  private func written(
    _ source: [UInt8], _ labels: MediaLabels = labels, replacing: Bool = false
  ) throws -> [UInt8] {
    let format = try AssetFormat.detect(in: source)
    return try bytes(
      LabelWriter.labelled(source, format: format, labels: labels, replacing: replacing).asset)
  }

  private func reading(_ bytes: [UInt8]) throws -> LabelReading {
    LabelReading(bytes, format: try AssetFormat.detect(in: bytes))
  }

  @Test(arguments: samples.indices)
  func whatIsWrittenIsReadBackFromEveryPlace(index: Int) throws {
    let sample = Self.samples[index]
    let before = try reading(sample.bytes)
    #expect(before.sourceTypes.isEmpty && before.aigc.isEmpty && before.problems.isEmpty)
    let labelled = try written(sample.bytes)
    let after = try reading(labelled)
    #expect(after.problems == [])
    #expect(after.sourceTypes.map(\.term) == [.trainedAlgorithmicMedia])
    #expect(after.aigc.count == sample.places, "\(after.aigc.map(\.place))")
    for found in after.aigc { #expect(try found.label.get() == Self.labels.aigc) }
    #expect(!after.isContradictory)
  }

  @Test(arguments: samples.indices)
  func sameLabelTwiceIsOneLabel(index: Int) throws {
    let once = try written(Self.samples[index].bytes)
    let twice = try written(once)
    #expect(try reading(twice).aigc == reading(once).aigc)
    // TIFF structures, EXIF among them, keep what nothing points at any more.
    let grows = ["JPEG", "TIFF", "WebP", "lossless WebP"].contains(Self.samples[index].name)
    #expect(grows || twice.count == once.count)
  }

  @Test(arguments: samples.indices)
  func anotherLabelIsNotWrittenOver(index: Int) throws {
    let once = try written(Self.samples[index].bytes)
    var other = Self.labels
    other.sourceType = .algorithmicMedia
    var failure = #expect(throws: LabelError.self) { try written(once, other) }
    #expect(failure?.code == "label.conflict")
    other = Self.labels
    other.aigc?.produceID = "another"
    failure = #expect(throws: LabelError.self) { try written(once, other) }
    #expect(failure?.code == "label.conflict")
    let replaced = try reading(written(once, other, replacing: true))
    #expect(replaced.aigc.allSatisfy { (try? $0.label.get()) == other.aigc })
    #expect(replaced.aigc.count == Self.samples[index].places)
  }

  @Test func propagatorIsAdded() throws {
    var passed = Self.labels
    passed.aigc?.contentPropagator = "Platform"
    passed.aigc?.propagateID = "p-1"
    let twice = try reading(written(written(Samples.png), passed))
    #expect(twice.validLabel?.contentPropagator == "Platform")
    #expect(!twice.isContradictory)
  }

  @Test func chunkOffsetsStillPointAtTheMedia() throws {
    let clip = Samples.mp4()
    let labelled = try written(clip)
    let tree = try BMFFBoxTree(labelled)
    let table = try #require(tree.boxes(at: "/moov/trak/mdia/minf/stbl/stco")?.first)
    let media = try #require(tree.boxes(at: "/mdat")?.first)
    let offset = labelled[table.payload.upperBound - 4..<table.payload.upperBound]
      .reduce(0) { $0 << 8 | Int($1) }
    #expect(offset == media.payload.lowerBound)
    #expect(Array(labelled[media.range]) == Array(clip.suffix(media.range.count)))
  }

  @Test func otherTagsStay() throws {
    for (user, tag) in [(Samples.iTunesTags, "Lavf"), (Samples.keyedTags, "my-key")] {
      let text = String(decoding: try written(Samples.mp4(user: user)), as: UTF8.self)
      #expect(text.contains(tag))
    }
  }

  @Test func foreignUserCommentIsLeftAlone() throws {
    let labelled = try written(Samples.jpeg)
    let format = AssetFormat.jpeg
    let prompt = try bytes(
      NamedText.replacing(
        Samples.jpeg, format: format, name: "AIGC", text: "Steps: 20, Sampler: Euler"))
    let result = try LabelWriter.labelled(prompt, format: format, labels: Self.labels)
    #expect(result.notes.count == 1)
    let kept = try bytes(result.asset)
    #expect(
      try NamedText.read("AIGC", in: kept, format: format).map(\.text)
        == ["Steps: 20, Sampler: Euler"])
    #expect(try reading(kept).aigc.map(\.place) == ["XMP"])
    #expect(try reading(labelled).aigc.count == 2)
  }

  @Test func placelessFormatsAreRefused() throws {
    let still = Samples.box("ftyp", Array("avif".utf8) + [0, 0, 0, 0])
    for (bytes, format) in [(still, AssetFormat.bmff(brand: "avif")), ([0x25], .pdf)] {
      let failure = #expect(throws: LabelError.self) {
        try LabelWriter.labelled(bytes, format: format, labels: Self.labels)
      }
      #expect(failure?.code == "label.unsupported")
    }
  }

  @Test func brokenFilesAreRefusedOrReadAndNeverTrap() throws {
    for sample in Self.samples {
      let labelled = try written(sample.bytes)
      let format = try AssetFormat.detect(in: labelled)
      var place = 0
      while place < labelled.count {
        var broken = labelled
        broken[place] = broken[place] ^ 0xFF
        _ = LabelReading(broken, format: format)
        _ = try? LabelWriter.labelled(
          broken, format: format, labels: Self.labels, replacing: true)
        _ = LabelReading(Array(labelled[..<place]), format: format)
        place += 5
      }
    }
  }
}
