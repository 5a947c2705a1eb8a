import Containers
import Testing

struct JPEGSegmentsTests {
  @Test func `Segments carry the standard's names and scan data belongs to its marker`() throws {
    let segments = try JPEGSegments(Samples.jpeg)
    #expect(segments.segments.map(\.name) == ["SOI", "APP0", "DQT", "SOS", "RST0", "EOI"])
    #expect(segments.segments.last?.range.upperBound == Samples.jpeg.count)
    #expect(segments.isComplete)
    #expect(segments.trailing.isEmpty)
  }

  @Test func `Bytes behind the picture are told apart`() throws {
    let segments = try JPEGSegments(Samples.jpeg + [1, 2, 3])
    #expect(segments.trailing.count == 3)
  }

  @Test func `A picture cut in its scan is incomplete, one cut before it is malformed`() throws {
    #expect(try !JPEGSegments(Array(Samples.jpeg.dropLast(2))).isComplete)
    #expect(throws: ContainerError.self) { try JPEGSegments(Array(Samples.jpeg.prefix(30))) }
  }
}
