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

  /// What `superfast` leaves out and is worth most: bits go to blocks that later frames refer to. Of
  /// `veryfast`'s processor time it takes three fifths; files are some 4 % larger, and 0.3 dB was lost on
  /// the densest clip that was tried. Always three frames between references instead of a search for how
  /// many: a tenth of the time, and no clip of eight kinds came out larger or more than 0.0003 of SSIM
  /// poorer. A third thread keeps two processors busy while the others wait for each other's rows.
  private static let settings = "mbtree=1:rc-lookahead=10:b-adapt=0:threads=3"

  static let sampleRate: Int32 = 48_000
  static let samplesPerFrame: Int32 = 1024

  private let output: MediaOutput
  private let packet: Packet
  private let videoEncoder: CodecContext
  private let videoStream: UnsafeMutablePointer<AVStream>
  private var audioEncoder: CodecContext?
  private var audioStream: UnsafeMutablePointer<AVStream>?
  private let isLossless: Bool
  private var hasHeader = false
  /// Shown each packet of the pictures as it is written, with its stream.
  var seen: ((Packet, UnsafeMutablePointer<AVStream>) throws(MediaRefusal) -> Void)?

  init(_ context: JobContext, video: Video) throws(MediaRefusal) {
    isLossless = video.isLossless
    output = try context.openOutput(video.isLossless ? "matroska" : "mp4")
    // Without this the muxer writes its own name and version into the file.
    output.pointer.pointee.flags |= AVFMT_FLAG_BITEXACT
    packet = try Packet()
    let encoder = try CodecContext(encoder: video.isLossless ? "ffv1" : "libx264")
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
    if output.wantsGlobalHeader {
      settings.pointee.flags |= Int32(AV_CODEC_FLAG_GLOBAL_HEADER)
    }
    // Version 3 of FFV1 is the one with slices, which two threads can share.
    try encoder.open(
      video.isLossless
        ? ["level": "3", "slices": "4"]
        : [
          "preset": "superfast", "x264-params": Self.settings, "crf": String(video.quality),
          "profile": "high",
        ])
    videoEncoder = encoder
    videoStream = try output.addStream(for: encoder)
    videoStream.pointee.sample_aspect_ratio = video.sampleAspectRatio
    videoStream.pointee.avg_frame_rate = video.frameRate
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

  func write(video frame: Frame?) throws(MediaRefusal) {
    try start()
    let stream = videoStream
    try output.encode(frame, with: videoEncoder, into: stream, using: packet) {
      [seen] packet throws(MediaRefusal) in
      if let seen { try seen(packet, stream) }
    }
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
