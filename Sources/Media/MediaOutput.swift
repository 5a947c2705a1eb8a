import CFFmpeg
import Glibc
import MediaJobs

/// The job's output, muxed into the inherited descriptor.
///
/// Add streams with `addStream`, then `writeHeader`, `write` packets, `finish`.
final class MediaOutput {
  let pointer: UnsafeMutablePointer<AVFormatContext>
  private let descriptor: Int32
  private let stream: DescriptorStream
  private let readers: Readers

  /// Streams that the muxer itself opened over the same descriptor: `+faststart` reads back what it
  /// wrote in order to move the index to the front.
  private final class Readers {
    let descriptor: Int32
    let deadline: Deadline
    var open: [DescriptorStream] = []
    init(_ descriptor: Int32, _ deadline: Deadline) {
      self.descriptor = descriptor
      self.deadline = deadline
    }
  }

  /// `format` is a libav muxer's name: `mp4`, `webp`, `matroska`.
  init(descriptor: Int32, format: String, deadline: Deadline) throws(MediaRefusal) {
    guard ftruncate(descriptor, 0) == 0 else {
      throw MediaRefusal(.outputFailed, "The output file cannot be written: error \(errno).")
    }
    let stream = try DescriptorStream(descriptor, .writing, deadline: deadline)
    var context: UnsafeMutablePointer<AVFormatContext>?
    try FFmpeg.check(
      avformat_alloc_output_context2(&context, nil, format, nil), .missingComponent,
      "write \(format) files")
    let allocated = try FFmpeg.allocated(context)
    let readers = Readers(descriptor, deadline)
    allocated.pointee.pb = stream.context
    allocated.pointee.flags |= AVFMT_FLAG_CUSTOM_IO
    allocated.pointee.opaque = Unmanaged.passUnretained(readers).toOpaque()
    allocated.pointee.io_open = { context, io, _, flags, _ in
      let readers = Unmanaged<Readers>.fromOpaque(context!.pointee.opaque).takeUnretainedValue()
      guard flags & AVIO_FLAG_WRITE == 0,
        let reader = try? DescriptorStream(
          readers.descriptor, .reading, deadline: readers.deadline)
      else { return cffmpeg_error_not_permitted() }
      readers.open.append(reader)
      io!.pointee = reader.context
      return 0
    }
    // Ours to free, with `readers`.
    allocated.pointee.io_close2 = { _, _ in 0 }
    pointer = allocated
    self.descriptor = descriptor
    self.stream = stream
    self.readers = readers
  }

  deinit { avformat_free_context(pointer) }

  /// Whether encoders must put their headers into the container rather than into the stream.
  var wantsGlobalHeader: Bool {
    pointer.pointee.oformat.pointee.flags & AVFMT_GLOBALHEADER != 0
  }

  /// A stream that is still to be described.
  func addStream() throws(MediaRefusal) -> UnsafeMutablePointer<AVStream> {
    try FFmpeg.allocated(avformat_new_stream(pointer, nil))
  }

  /// A stream with an opened encoder's parameters.
  func addStream(for encoder: CodecContext) throws(MediaRefusal) -> UnsafeMutablePointer<AVStream> {
    let stream = try addStream()
    try FFmpeg.check(
      avcodec_parameters_from_context(stream.pointee.codecpar, encoder.pointer), .internal,
      "describe the stream")
    stream.pointee.time_base = encoder.pointer.pointee.time_base
    return stream
  }

  func writeHeader(_ options: [String: String] = [:]) throws(MediaRefusal) {
    var dictionary = Options(options)
    try check(avformat_write_header(pointer, &dictionary.pointer), "start the output")
  }

  /// Takes over the packet's content; times must already be in the stream's time base.
  func write(_ packet: Packet) throws(MediaRefusal) {
    try check(av_interleaved_write_frame(pointer, packet.pointer), "write the output")
  }

  func checkDeadline() throws(MediaRefusal) { try stream.deadline.check() }

  /// Sends one frame (nil flushes) through `encoder` and writes what comes out.
  func encode(
    _ frame: Frame?, with encoder: CodecContext, into stream: UnsafeMutablePointer<AVStream>,
    using packet: Packet
  ) throws(MediaRefusal) {
    try checkDeadline()
    try FFmpeg.check(
      avcodec_send_frame(encoder.pointer, frame?.pointer), .internal,
      "encode with \(encoder.name)")
    while true {
      let answer = avcodec_receive_packet(encoder.pointer, packet.pointer)
      if answer == FFmpeg.again || answer == FFmpeg.end { return }
      try FFmpeg.check(answer, .internal, "encode with \(encoder.name)")
      packet.pointer.pointee.stream_index = stream.pointee.index
      av_packet_rescale_ts(
        packet.pointer, encoder.pointer.pointee.time_base, stream.pointee.time_base)
      try write(packet)
    }
  }

  /// Writes the index. Returns the file's size.
  func finish() throws(MediaRefusal) -> Int {
    try check(av_write_trailer(pointer), "finish the output")
    avio_flush(stream.context)
    try check(stream.context.pointee.error, "write the output")
    guard let size = DescriptorStream.size(of: descriptor), size > 0 else {
      throw MediaRefusal(.outputFailed, "The output file came out empty.")
    }
    return size
  }

  private func check(_ answer: Int32, _ doing: String) throws(MediaRefusal) {
    guard answer < 0 else { return }
    if stream.errorNumber != 0 {
      throw MediaRefusal(
        .outputFailed, "Could not \(doing): \(String(cString: strerror(stream.errorNumber))).")
    }
    throw FFmpeg.refusal(answer, .outputFailed, doing)
  }
}
