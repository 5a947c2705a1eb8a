import CFFmpeg
import Glibc
import MediaJobs

/// The job's input, demuxed: an AVFormatContext that can reach nothing but the inherited descriptor.
final class MediaInput {
  let pointer: UnsafeMutablePointer<AVFormatContext>
  let format: MediaFormat
  let deadline: Deadline
  let budget: MediaBudget
  private let stream: DescriptorStream

  /// Probing reads at most this far: an index of 5 MiB is one of hours.
  private static let probeBytes = 5 << 20

  /// - Throws: `unsupportedFormat`, `tooLarge`, `tooManyStreams`, `tooManyPixels`, `tooLong`,
  ///   `malformed`.
  init(
    descriptor: Int32, uses: Set<MediaFormat.Use>, budget: MediaBudget, deadline: Deadline
  ) throws(MediaRefusal) {
    guard let size = DescriptorStream.size(of: descriptor) else {
      throw MediaRefusal(.badRequest, "The job's input must be a regular file.")
    }
    guard size <= budget.maximumInputBytes else {
      throw MediaRefusal(
        .tooLarge,
        "The file has \(size) bytes; at most \(budget.maximumInputBytes) are accepted.")
    }
    let format = try Self.format(of: descriptor, uses: uses)
    let stream = try DescriptorStream(descriptor, .reading, deadline: deadline)
    var context = avformat_alloc_context()
    guard let allocated = context, let demuxer = av_find_input_format(format.demuxer) else {
      avformat_free_context(context)
      throw MediaRefusal(
        .missingComponent, "FFmpeg on this machine cannot read \(format.demuxer) files.")
    }
    allocated.pointee.pb = stream.context
    allocated.pointee.flags |= AVFMT_FLAG_CUSTOM_IO
    // References to other files (mov dref, Matroska chapters) end here.
    allocated.pointee.io_open = { _, _, _, _, _ in cffmpeg_error_not_permitted() }
    allocated.pointee.max_streams = Int32(clamping: budget.maximumStreams)
    allocated.pointee.interrupt_callback.callback = { opaque in
      Unmanaged<DescriptorStream>.fromOpaque(opaque!).takeUnretainedValue().deadline.isPast ? 1 : 0
    }
    allocated.pointee.interrupt_callback.opaque = Unmanaged.passUnretained(stream).toOpaque()
    var options = Options([
      "protocol_whitelist": "", "format_whitelist": format.demuxer,
      "codec_whitelist": format.decoders.joined(separator: ","),
      "probesize": String(Self.probeBytes),
    ])
    // Frees the context itself when it fails.
    let answer = avformat_open_input(&context, nil, demuxer, &options.pointer)
    if answer < 0 {
      throw FFmpeg.refusal(answer, .malformed, "open the file, which may be damaged or cut short")
    }
    pointer = allocated
    self.format = format
    self.stream = stream
    self.budget = budget
    self.deadline = deadline
    try checkStreams()
    try findStreamInfo()
    try checkStreams()
  }

  deinit {
    var owned: UnsafeMutablePointer<AVFormatContext>? = pointer
    avformat_close_input(&owned)
  }

  var streams: [UnsafeMutablePointer<AVStream>] {
    (0..<Int(pointer.pointee.nb_streams)).compactMap { pointer.pointee.streams[$0] }
  }

  /// The index of the stream of this kind that a player would choose.
  func best(_ kind: AVMediaType) -> Int? {
    let index = av_find_best_stream(pointer, kind, -1, -1, nil, 0)
    return index < 0 ? nil : Int(index)
  }

  /// The index of the stream to look at.
  func pictureStream() throws(MediaRefusal) -> Int {
    if let index = best(AVMEDIA_TYPE_VIDEO) { return index }
    throw streams.isEmpty
      ? MediaRefusal(.malformed, "The file has no streams; it may be damaged or cut short.")
      : MediaRefusal(.noPicture, "The file has no picture in it.")
  }

  /// A decoder for one stream, within the budget.
  func decoder(for index: Int) throws(MediaRefusal) -> CodecContext {
    let parameters = streams[index].pointee.codecpar!
    guard let name = decoderName(parameters.pointee.codec_id),
      let codec = avcodec_find_decoder_by_name(name)
    else {
      let name = String(cString: avcodec_get_name(parameters.pointee.codec_id))
      throw MediaRefusal(
        .unsupportedFormat,
        "The file has a \(name) stream, which is not accepted; use H.264 or AAC.")
    }
    let decoder = try CodecContext(codec)
    try FFmpeg.check(
      avcodec_parameters_to_context(decoder.pointer, parameters), .malformed, "read the stream")
    decoder.pointer.pointee.pkt_timebase = streams[index].pointee.time_base
    try decoder.open(decoderOptions, blaming: .malformed)
    return decoder
  }

  /// The next packet of any stream, or false at the end.
  func read(_ packet: Packet) throws(MediaRefusal) -> Bool {
    try deadline.check()
    packet.clear()
    let answer = av_read_frame(pointer, packet.pointer)
    if answer == FFmpeg.end { return false }
    try FFmpeg.check(answer, .malformed, "read the file, which may be damaged or cut short")
    return true
  }

  private var decoderOptions: [String: String] {
    var options = [
      "threads": String(CodecContext.threadCount), "max_pixels": String(budget.maximumPixels),
      "codec_whitelist": format.decoders.joined(separator: ","),
    ]
    // A damaged picture is refused; a clip goes on after a damaged frame, as players do.
    if format.use == .picture { options["err_detect"] = "crccheck+bitstream+buffer+explode" }
    return options
  }

  /// libav's first choice may be one that is not on the list (hardware, experimental).
  private func decoderName(_ id: AVCodecID) -> String? {
    var position: UnsafeMutableRawPointer?
    while let codec = av_codec_iterate(&position) {
      guard codec.pointee.id == id, av_codec_is_decoder(codec) != 0 else { continue }
      let name = String(cString: codec.pointee.name)
      if format.decoders.contains(name) { return name }
    }
    return nil
  }

  private func findStreamInfo() throws(MediaRefusal) {
    // One set of options a stream: libav opens a decoder for each while it looks.
    let count = Int(pointer.pointee.nb_streams)
    var dictionaries: [OpaquePointer?] = []
    for _ in 0..<count {
      var dictionary: OpaquePointer?
      for (name, value) in decoderOptions { av_dict_set(&dictionary, name, value, 0) }
      dictionaries.append(dictionary)
    }
    defer { for index in dictionaries.indices { av_dict_free(&dictionaries[index]) } }
    let answer = avformat_find_stream_info(pointer, &dictionaries)
    if let limit = FFmpegLog.limit { throw limit }
    try FFmpeg.check(answer, .malformed, "understand the file, which may be damaged or cut short")
  }

  private func checkStreams() throws(MediaRefusal) {
    guard streams.count <= budget.maximumStreams else {
      throw MediaRefusal.tooManyStreams
    }
    for stream in streams {
      let parameters = stream.pointee.codecpar.pointee
      let (pixels, overflow) = Int(parameters.width).multipliedReportingOverflow(
        by: Int(parameters.height))
      guard !overflow, pixels <= budget.maximumPixels else { throw MediaRefusal.tooManyPixels }
    }
    if let seconds = durationSeconds, seconds > budget.maximumSeconds { throw tooLong }
  }

  var tooLong: MediaRefusal {
    MediaRefusal(
      .tooLong, "The clip is longer than the \(budget.maximumSeconds) s that are accepted.")
  }

  /// As the container says, or its longest stream.
  var durationSeconds: Double? {
    guard format.use != .picture else { return nil }
    if pointer.pointee.duration > 0 {
      return Double(pointer.pointee.duration) / Double(AV_TIME_BASE)
    }
    return streams.compactMap { Self.durationSeconds(of: $0) }.max()
  }

  static func durationSeconds(of stream: UnsafeMutablePointer<AVStream>) -> Double? {
    guard stream.pointee.duration > 0, stream.pointee.duration != FFmpeg.noTimestamp else {
      return nil
    }
    return Double(stream.pointee.duration) * av_q2d(stream.pointee.time_base)
  }

  private static func prefix(of descriptor: Int32, at offset: Int) throws(MediaRefusal) -> [UInt8] {
    var prefix = [UInt8](repeating: 0, count: MediaFormat.prefixLength)
    let got = pread(descriptor, &prefix, prefix.count, off_t(offset))
    guard got >= 0 else {
      throw MediaRefusal(.badRequest, "The job's input cannot be read: error \(errno).")
    }
    return Array(prefix.prefix(got))
  }

  private static func format(
    of descriptor: Int32, uses: Set<MediaFormat.Use>
  ) throws(MediaRefusal) -> MediaFormat {
    let prefix = try prefix(of: descriptor, at: 0)
    var format = MediaFormat.sniff(prefix)
    if let length = MediaFormat.lengthOfTag(prefix),
      MediaFormat.sniff(try self.prefix(of: descriptor, at: length)) == .flac
    {
      format = .flac
    }
    if let format, uses.contains(format.use) { return format }
    guard !uses.contains(.sound) else {
      throw MediaRefusal(
        .unsupportedFormat,
        "The file is no sound that can be read; send MP3, WAV, FLAC, OGG, MP4, M4A or WebM.")
    }
    let accepted =
      switch (uses.contains(.clip), uses.contains(.picture)) {
      case (true, false): "clip that can be read; send MP4, MOV, MKV or WebM"
      case (false, true): "picture that can be read; send PNG, JPEG, WebP or GIF"
      default: "clip or picture that can be read; send MP4, MOV, MKV, WebM, PNG, JPEG, WebP or GIF"
      }
    throw MediaRefusal(.unsupportedFormat, "The file is no \(accepted).")
  }
}
