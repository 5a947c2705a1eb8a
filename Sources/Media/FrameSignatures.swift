import CFFmpeg
import Glibc
import MediaJobs

/// The MPEG-7 signatures of a clip's frames (ISO/IEC 15938-3), five a second, by libav's `signature`
/// filter: what the ISCC of clips is made of.
///
/// The filter writes them to a file that it opens by its name, and the sandbox lets nothing be opened for
/// writing. A pipe has a name below /proc and is no file of any file system.
final class FrameSignatures {
  /// Numbers of one signature, each 0, 1 or 2.
  static let length = 380
  private static let rate = 5
  /// Takes a quarter of an hour of signatures, and is what an ordinary user may have.
  private static let pipeBytes: Int32 = 1 << 20
  /// F_SETPIPE_SZ and F_GETPIPE_SZ of linux/fcntl.h, which Glibc's module does not show.
  private static let setPipeSize: Int32 = 1024 + 7
  private static let getPipeSize: Int32 = 1024 + 8
  /// Bits of one frame's part, and of its share of the summaries of each 45 frames.
  private static let bitsPerFrame = 689 + 1_344 / 45 + 1
  private static let bitsInFront = 1 << 13

  private let graph: FilterGraph
  private let source: UnsafeMutablePointer<AVFilterContext>
  private let sink: UnsafeMutablePointer<AVFilterContext>
  private let picture: Frame
  private let pipe: (reading: Int32, writing: Int32)
  private let frameLimit: Int
  private var frames = 0

  /// - Parameter frame: the first one, of whose size and format all must be.
  init(of frame: Frame, timeBase: AVRational) throws(MediaRefusal) {
    var ends: [Int32] = [-1, -1]
    guard Glibc.pipe(&ends) == 0 else {
      throw MediaRefusal(.internal, "The frames' signatures have no way out: error \(errno).")
    }
    pipe = (ends[0], ends[1])
    let capacity = max(
      fcntl(ends[0], Self.setPipeSize, Self.pipeBytes), fcntl(ends[0], Self.getPipeSize))
    frameLimit = (Int(capacity) * 8 - Self.bitsInFront) / Self.bitsPerFrame
    picture = try Frame()
    graph = try FilterGraph()
    source = try graph.add(
      "buffer", named: "in",
      options: [
        "video_size": "\(frame.width)x\(frame.height)",
        "pix_fmt": String(frame.pointer.pointee.format),
        "time_base": "\(timeBase.num)/\(timeBase.den)",
      ])
    let steps = try graph.add("fps", named: "rate", options: ["fps": String(Self.rate)])
    let signature = try graph.add(
      "signature", named: "signature",
      options: ["format": "binary", "filename": "/proc/self/fd/\(ends[1])"])
    sink = try graph.add("buffersink", named: "out", options: [:])
    try graph.link(source, steps)
    try graph.link(steps, signature)
    try graph.link(signature, sink)
    try graph.configure()
  }

  deinit {
    close(pipe.reading)
    close(pipe.writing)
  }

  func add(_ frame: Frame) throws(MediaRefusal) {
    guard frames <= frameLimit else { return }
    try pass(frame)
  }

  /// The sums of all signatures that differ from each other, element by element; nil for a clip that is
  /// too long for the pipe.
  func finish() throws(MediaRefusal) -> [UInt32]? {
    guard frames <= frameLimit else { return nil }
    try pass(nil)
    var bytes = [UInt8](repeating: 0, count: Int(Self.pipeBytes))
    guard fcntl(pipe.reading, F_SETFL, O_NONBLOCK) == 0,
      case let got = read(pipe.reading, &bytes, bytes.count), got > 0,
      let sums = Self.sums(of: bytes[..<got])
    else {
      throw MediaRefusal(.internal, "The frames' signatures could not be written: error \(errno).")
    }
    return sums
  }

  private func pass(_ frame: Frame?) throws(MediaRefusal) {
    try FFmpeg.check(
      av_buffersrc_add_frame_flags(source, frame?.pointer, Int32(AV_BUFFERSRC_FLAG_KEEP_REF)),
      .internal, "sign a frame")
    while try FilterGraph.pull(picture, from: sink) {
      frames += 1
      picture.clear()
    }
  }

  /// What the filter writes: a header, summaries of stretches, then each frame's time, confidence, words
  /// and signature, bit by bit (ISO/IEC 15938-3 section 5.6.5).
  static func sums(of bytes: ArraySlice<UInt8>) -> [UInt32]? {
    var bits = BitReader(bytes)
    bits.skip(129)
    let frames = bits.number(32)
    bits.skip(81)
    bits.skip(bits.number(32) * 1_344 + 1)
    var sums = [UInt32](repeating: 0, count: length)
    var seen: Set<[UInt8]> = []
    for _ in 0..<frames {
      bits.skip(81)
      let signature = (0..<length / 5).map { _ in UInt8(bits.number(8)) }
      guard !bits.isOverrun else { return nil }
      guard seen.insert(signature).inserted else { continue }
      // Five numbers a byte, to the base of three, the first one foremost.
      for (index, byte) in signature.enumerated() {
        for (place, power) in [81, 27, 9, 3, 1].enumerated() {
          sums[5 * index + place] += UInt32(Int(byte) / power % 3)
        }
      }
    }
    return seen.isEmpty ? nil : sums
  }
}

/// Numbers of any width, the foremost bit first. Reading past the end gives zeros.
private struct BitReader {
  private let bytes: ArraySlice<UInt8>
  private var position = 0

  init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

  var isOverrun: Bool { position > bytes.count * 8 }

  mutating func skip(_ count: Int) { position += count }

  mutating func number(_ width: Int) -> Int {
    defer { position += width }
    guard position + width <= bytes.count * 8 else { return 0 }
    return (position..<position + width).reduce(0) { number, bit in
      number << 1 | Int(bytes[bytes.startIndex + bit / 8] >> UInt8(7 - bit % 8) & 1)
    }
  }
}
