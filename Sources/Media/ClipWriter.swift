import CFFmpeg
import MediaJobs

/// An MP4 that plays everywhere: H.264 in 4:2:0 and AAC, index in front, no metadata. Or, for
/// measuring, FFV1 in Matroska: the pictures exactly as they were handed over.
final class ClipWriter {
  struct Video {
    var width: Int
    var height: Int
    var timeBase: AVRational
    /// A hint for rate control; 0/1 where frames come at uneven times.
    var frameRate: AVRational
    var sampleAspectRatio = AVRational(num: 1, den: 1)
    /// x264's constant rate factor.
    var quality: Int
    var isLossless = false
    var format = AV_PIX_FMT_YUV420P
    var range = AVCOL_RANGE_MPEG
    var primaries = AVCOL_PRI_BT709
    var transfer = AVCOL_TRC_BT709
    var space = AVCOL_SPC_BT709
  }

  /// A picture's luma, its packet's decoding time, and the stream whose time base both are in.
  typealias Seen = (Frame, Int64, UnsafeMutablePointer<AVStream>) throws(MediaRefusal) -> Void

  static let sampleRate: Int32 = 48_000
  static let samplesPerFrame: Int32 = 1024

  private enum VideoEncoder {
    case h264(H264Encoder)
    case lossless(CodecContext)
  }

  private let output: MediaOutput
  private let packet: Packet
  private let videoEncoder: VideoEncoder
  private let videoStream: UnsafeMutablePointer<AVStream>
  private var audioEncoder: CodecContext?
  private var audioStream: UnsafeMutablePointer<AVStream>?
  private let isLossless: Bool
  /// Of the frames that are handed over.
  private let timeBase: AVRational
  private var hasHeader = false
  private let seen: Seen?

  /// - Parameter seen: shown the luma of each written picture as players will show it, in the order of
  ///   the packets. Not of a lossless clip.
  init(_ context: JobContext, video: Video, seen: Seen? = nil) throws(MediaRefusal) {
    self.seen = seen
    isLossless = video.isLossless
    timeBase = video.timeBase
    output = try context.openOutput(video.isLossless ? "matroska" : "mp4")
    // Without this the muxer writes its own name and version into the file.
    output.pointer.pointee.flags |= AVFMT_FLAG_BITEXACT
    packet = try Packet()
    if video.isLossless {
      let encoder = try Self.losslessEncoder(video)
      videoEncoder = .lossless(encoder)
      videoStream = try output.addStream(for: encoder)
    } else {
      let encoder = try H264Encoder(video, showsLuma: seen != nil)
      videoEncoder = .h264(encoder)
      videoStream = try output.addStream()
      try encoder.describe(videoStream)
    }
    videoStream.pointee.sample_aspect_ratio = video.sampleAspectRatio
    videoStream.pointee.avg_frame_rate = video.frameRate
  }

  private static func losslessEncoder(_ video: Video) throws(MediaRefusal) -> CodecContext {
    let encoder = try CodecContext(encoder: "ffv1")
    let settings = encoder.pointer
    settings.pointee.width = Int32(video.width)
    settings.pointee.height = Int32(video.height)
    settings.pointee.pix_fmt = video.format
    settings.pointee.time_base = video.timeBase
    settings.pointee.framerate = video.frameRate
    settings.pointee.sample_aspect_ratio = video.sampleAspectRatio
    settings.pointee.color_range = video.range
    settings.pointee.color_primaries = video.primaries
    settings.pointee.color_trc = video.transfer
    settings.pointee.colorspace = video.space
    // Version 3 of FFV1 is the one with slices, which two threads can share.
    try encoder.open(["level": "3", "slices": "4"])
    return encoder
  }

  /// A soundtrack that ``write(audio:)`` encodes: 48 kHz stereo, planar float, in blocks of
  /// ``samplesPerFrame``.
  func addSound(bitRate: Int64 = 128_000) throws(MediaRefusal) {
    let encoder = try CodecContext(encoder: "aac")
    let settings = encoder.pointer
    settings.pointee.sample_rate = Self.sampleRate
    settings.pointee.sample_fmt = AV_SAMPLE_FMT_FLTP
    settings.pointee.ch_layout = cffmpeg_layout_stereo()
    settings.pointee.bit_rate = bitRate
    settings.pointee.time_base = AVRational(num: 1, den: Self.sampleRate)
    settings.pointee.flags |= AV_CODEC_FLAG_BITEXACT
    if output.wantsGlobalHeader {
      settings.pointee.flags |= Int32(AV_CODEC_FLAG_GLOBAL_HEADER)
    }
    try encoder.open()
    audioEncoder = encoder
    audioStream = try output.addStream(for: encoder)
  }

  /// A soundtrack whose packets are passed on as they are, through ``write(copied:from:)``.
  func addCopiedSound(of source: UnsafeMutablePointer<AVStream>) throws(MediaRefusal) {
    let stream = try FFmpeg.allocated(avformat_new_stream(output.pointer, nil))
    try FFmpeg.check(
      avcodec_parameters_copy(stream.pointee.codecpar, source.pointee.codecpar), .internal,
      "describe the sound")
    // A tag of the old container may mean nothing in this one.
    stream.pointee.codecpar.pointee.codec_tag = 0
    stream.pointee.time_base = source.pointee.time_base
    audioStream = stream
  }

  /// Nil flushes.
  func write(video frame: Frame?) throws(MediaRefusal) {
    try start()
    switch videoEncoder {
    case .lossless(let encoder):
      try output.encode(frame, with: encoder, into: videoStream, using: packet)
    case .h264(let encoder):
      try write(try encode(frame, encoder))
      while frame == nil, encoder.hasMore { try write(try encode(nil, encoder)) }
    }
  }

  private func encode(
    _ frame: Frame?, _ encoder: H264Encoder
  ) throws(MediaRefusal) -> H264Encoder.Written {
    try output.checkDeadline()
    return try encoder.encode(frame, into: packet)
  }

  private func write(_ written: H264Encoder.Written) throws(MediaRefusal) {
    guard written.hasPacket else { return }
    let stream = videoStream
    packet.pointer.pointee.stream_index = stream.pointee.index
    av_packet_rescale_ts(packet.pointer, timeBase, stream.pointee.time_base)
    if let luma = written.luma, let seen {
      luma.pointer.pointee.pts = packet.pointer.pointee.pts
      try seen(luma, packet.pointer.pointee.dts, stream)
    }
    try output.write(packet)
  }

  func write(audio frame: Frame?) throws(MediaRefusal) {
    guard let audioEncoder, let audioStream else { return }
    try start()
    try output.encode(frame, with: audioEncoder, into: audioStream, using: packet)
  }

  func write(
    copied packet: Packet, from source: UnsafeMutablePointer<AVStream>
  ) throws(MediaRefusal) {
    guard let audioStream else { return }
    try start()
    packet.pointer.pointee.stream_index = audioStream.pointee.index
    packet.pointer.pointee.pos = -1
    av_packet_rescale_ts(packet.pointer, source.pointee.time_base, audioStream.pointee.time_base)
    try output.write(packet)
  }

  /// Flushes both encoders and writes the index. Returns the file's size.
  func finish() throws(MediaRefusal) -> Int {
    try write(video: nil)
    try write(audio: nil)
    return try output.finish()
  }

  /// The header goes out with the first frame, when all streams are known.
  private func start() throws(MediaRefusal) {
    guard !hasHeader else { return }
    hasHeader = true
    try output.writeHeader(isLossless ? [:] : ["movflags": "+faststart"])
  }
}
