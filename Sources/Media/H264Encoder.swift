import CFFmpeg
import CX264
import MediaJobs

/// libx264 itself: what libavcodec 5.1 keeps to itself is handed out here, the pictures that a decoder
/// will show. They are a part of encoding, bit for bit what the standard has every decoder make of the
/// stream (ITU-T H.264 clause 8), so nothing has to be decoded in order to look at them.
final class H264Encoder {
  struct Written {
    /// Whether `packet` was filled.
    var hasPacket = false
    /// Luma of the packet's picture as decoders will show it, with the packet's time.
    var luma: Frame?
  }

  /// What `superfast` leaves out and is worth most: bits go to blocks that later frames refer to. Of
  /// `veryfast`'s processor time it takes three fifths; files are some 4 % larger, and 0.3 dB was lost on
  /// the densest clip that was tried. Always three frames between references instead of a search for how
  /// many: a tenth of the time, and no clip of eight kinds came out larger or more than 0.0003 of SSIM
  /// poorer. A third thread keeps two processors busy while the others wait for each other's rows.
  private static let settings = [
    "mbtree": "1", "rc-lookahead": "10", "b-adapt": "0", "threads": "3",
  ]

  /// Codes of H.264 table E-3 and the next two; libav numbers what has none there from 256.
  private static let colourCodes: ClosedRange<UInt32> = 1...22
  private static let unspecifiedColour: UInt32 = 2

  private let handle: OpaquePointer
  private let video: ClipWriter.Video
  private let showsLuma: Bool

  /// - Parameters:
  ///   - video: the first frame's size and colours; 4:2:0 with 8 bits.
  ///   - showsLuma: whether ``Written/luma`` is wanted.
  init(_ video: ClipWriter.Video, showsLuma: Bool) throws(MediaRefusal) {
    self.video = video
    self.showsLuma = showsLuma
    var parameters = x264_param_t()
    guard x264_param_default_preset(&parameters, "superfast", nil) == 0 else {
      throw Self.refusal("is not set up")
    }
    parameters.i_log_level = X264_LOG_NONE
    parameters.i_width = Int32(video.width)
    parameters.i_height = Int32(video.height)
    parameters.i_csp = Int32(X264_CSP_I420)
    parameters.i_bitdepth = 8
    parameters.b_full_recon = showsLuma ? 1 : 0
    // In front of the stream, as MP4 wants them; the muxer makes lengths of the start codes.
    parameters.b_repeat_headers = 0
    parameters.b_annexb = 1
    parameters.i_timebase_num = UInt32(video.timeBase.num)
    parameters.i_timebase_den = UInt32(video.timeBase.den)
    let hasRate = video.frameRate.num > 0 && video.frameRate.den > 0
    parameters.i_fps_num = UInt32(hasRate ? video.frameRate.num : video.timeBase.den)
    parameters.i_fps_den = UInt32(hasRate ? video.frameRate.den : video.timeBase.num)
    parameters.vui.i_sar_width = video.sampleAspectRatio.num
    parameters.vui.i_sar_height = video.sampleAspectRatio.den
    parameters.vui.b_fullrange = video.range == AVCOL_RANGE_JPEG ? 1 : 0
    parameters.vui.i_colorprim = Self.code(video.primaries.rawValue)
    parameters.vui.i_transfer = Self.code(video.transfer.rawValue)
    parameters.vui.i_colmatrix = Self.code(video.space.rawValue)
    for (name, value) in Self.settings.merging(
      ["crf": String(video.quality)], uniquingKeysWith: { $1 })
    {
      guard x264_param_parse(&parameters, name, value) == 0 else {
        throw Self.refusal("knows no setting '\(name)'")
      }
    }
    guard x264_param_apply_profile(&parameters, "high") == 0,
      let handle = cx264_open(&parameters)
    else { throw Self.refusal("does not start; the pictures may be too large for it") }
    self.handle = handle
  }

  deinit { x264_encoder_close(handle) }

  private static func code(_ value: UInt32) -> Int32 {
    Int32(colourCodes.contains(value) ? value : unspecifiedColour)
  }

  private static func refusal(_ what: String) -> MediaRefusal {
    MediaRefusal(.missingComponent, "The H.264 encoder x264 \(what).")
  }

  /// Pictures that went in and have not come out.
  var hasMore: Bool { x264_encoder_delayed_frames(handle) > 0 }

  /// Writes what a muxer must know of the stream.
  func describe(_ stream: UnsafeMutablePointer<AVStream>) throws(MediaRefusal) {
    let parameters = stream.pointee.codecpar!
    parameters.pointee.codec_type = AVMEDIA_TYPE_VIDEO
    parameters.pointee.codec_id = AV_CODEC_ID_H264
    parameters.pointee.format = AV_PIX_FMT_YUV420P.rawValue
    parameters.pointee.width = Int32(video.width)
    parameters.pointee.height = Int32(video.height)
    parameters.pointee.sample_aspect_ratio = video.sampleAspectRatio
    parameters.pointee.color_range = video.range
    parameters.pointee.color_primaries = video.primaries
    parameters.pointee.color_trc = video.transfer
    parameters.pointee.color_space = video.space
    parameters.pointee.field_order = AV_FIELD_PROGRESSIVE
    stream.pointee.time_base = video.timeBase

    var units: UnsafeMutablePointer<x264_nal_t>?
    var count: Int32 = 0
    guard x264_encoder_headers(handle, &units, &count) > 0, let units else {
      throw Self.refusal("makes no headers")
    }
    // The third one says with what settings the encoder runs; nobody needs that to play the file.
    let headers = UnsafeBufferPointer(start: units, count: Int(count))
      .filter { $0.i_type == Int32(NAL_SPS.rawValue) || $0.i_type == Int32(NAL_PPS.rawValue) }
    let length = headers.reduce(0) { $0 + Int($1.i_payload) }
    let bytes = try FFmpeg.allocated(av_mallocz(length + Int(AV_INPUT_BUFFER_PADDING_SIZE)))
    var place = bytes
    for header in headers {
      place.copyMemory(from: header.p_payload, byteCount: Int(header.i_payload))
      place += Int(header.i_payload)
    }
    parameters.pointee.extradata = bytes.assumingMemoryBound(to: UInt8.self)
    parameters.pointee.extradata_size = Int32(length)
  }

  /// One picture in, at most one packet out. Without a picture, one of those that are still inside.
  func encode(_ frame: Frame?, into packet: Packet) throws(MediaRefusal) -> Written {
    var picture = x264_picture_t()
    x264_picture_init(&picture)
    if let frame {
      picture.i_pts = frame.pointer.pointee.pts
      picture.img.i_csp = Int32(X264_CSP_I420)
      picture.img.i_plane = 3
      for plane in Int32(0)..<3 {
        cx264_set_plane(
          &picture, plane, cffmpeg_plane(frame.pointer, plane),
          cffmpeg_stride(frame.pointer, plane))
      }
    }
    var units: UnsafeMutablePointer<x264_nal_t>?
    var count: Int32 = 0
    var shown = x264_picture_t()
    x264_picture_init(&shown)
    let size =
      frame == nil
      ? x264_encoder_encode(handle, &units, &count, nil, &shown)
      : x264_encoder_encode(handle, &units, &count, &picture, &shown)
    guard size >= 0 else {
      throw MediaRefusal(.internal, "The H.264 encoder x264 failed on a picture.")
    }
    guard size > 0, let first = units?.pointee.p_payload else { return Written() }
    // The units stand one behind the other.
    try FFmpeg.check(av_new_packet(packet.pointer, size), .internal, "make room for a packet")
    packet.pointer.pointee.data.update(from: first, count: Int(size))
    packet.pointer.pointee.pts = shown.i_pts
    packet.pointer.pointee.dts = shown.i_dts
    if shown.b_keyframe != 0 { packet.pointer.pointee.flags |= AV_PKT_FLAG_KEY }
    return Written(hasPacket: true, luma: showsLuma ? try luma(of: &shown) : nil)
  }

  /// A copy: the encoder goes on with the original.
  private func luma(of picture: inout x264_picture_t) throws(MediaRefusal) -> Frame {
    let frame = try Frame()
    frame.pointer.pointee.format = AV_PIX_FMT_GRAY8.rawValue
    frame.pointer.pointee.width = Int32(video.width)
    frame.pointer.pointee.height = Int32(video.height)
    try FFmpeg.check(av_frame_get_buffer(frame.pointer, 0), .tooLarge, "make room for a picture")
    guard let from = cx264_plane(&picture, 0), let to = cffmpeg_plane(frame.pointer, 0) else {
      throw MediaRefusal(.internal, "The H.264 encoder x264 shows no picture.")
    }
    av_image_copy_plane(
      to, cffmpeg_stride(frame.pointer, 0), from, cx264_stride(&picture, 0), Int32(video.width),
      Int32(video.height))
    frame.pointer.pointee.pts = picture.i_pts
    return frame
  }
}
