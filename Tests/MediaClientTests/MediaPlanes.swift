import Foundation
import Testing

/// Clips as numbers, read with the `ffmpeg` and `ffprobe` commands: a second opinion on what our
/// own process wrote.
enum MediaPlanes {
  /// The luma of every frame, `width * height` bytes each.
  static func luma(_ path: String, width: Int, height: Int) throws -> LumaFrames {
    let raw = MediaFixtures.path("planes.gray")
    try MediaFixtures.run(
      "ffmpeg",
      [
        "-v", "error", "-noautorotate", "-i", path, "-map", "0:v", "-vsync", "passthrough",
        "-vf", "extractplanes=y", "-f", "rawvideo", raw,
      ])
    let bytes = try Data(contentsOf: URL(fileURLWithPath: raw), options: .alwaysMapped)
    // The mapping outlives the name.
    try FileManager.default.removeItem(atPath: raw)
    return LumaFrames(bytes: bytes, size: width * height)
  }

  /// Presentation times of the video frames, in seconds.
  static func times(_ path: String) throws -> [Double] {
    try probe(path, "frame=pts_time", stream: "v:0").compactMap { Double($0) }
  }

  /// The values of one entry, a line each.
  static func probe(_ path: String, _ entry: String, stream: String) throws -> [String] {
    try MediaFixtures.run(
      "ffprobe",
      [
        "-v", "error", "-select_streams", stream, "-show_entries", entry, "-of",
        "default=noprint_wrappers=1:nokey=1", path,
      ]
    ).split(separator: "\n").map(String.init)
  }

  /// Root mean square of 16 kHz sound between two seconds.
  static func loudness(_ audio: [Float], _ seconds: ClosedRange<Double>) -> Double {
    let from = min(audio.count, Int(seconds.lowerBound * 16_000))
    let to = min(audio.count, Int(seconds.upperBound * 16_000))
    let part = audio[from..<to]
    return (part.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(max(part.count, 1)))
      .squareRoot()
  }
}

/// Decoded frames that stay on disk: only the one that is looked at is in memory.
struct LumaFrames: RandomAccessCollection {
  fileprivate let bytes: Data
  fileprivate let size: Int

  var startIndex: Int { 0 }
  var endIndex: Int { bytes.count / size }

  subscript(index: Int) -> [UInt8] { [UInt8](bytes[index * size..<(index + 1) * size]) }
}
