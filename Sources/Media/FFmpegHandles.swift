import CFFmpeg
import MediaJobs

// Owners of libav's objects: freed with the last reference. One job is one thread, so none is
// Sendable. `pointer` is for this target only.

final class Frame {
  let pointer: UnsafeMutablePointer<AVFrame>

  init() throws(MediaRefusal) { pointer = try FFmpeg.allocated(av_frame_alloc()) }

  deinit {
    var owned: UnsafeMutablePointer<AVFrame>? = pointer
    av_frame_free(&owned)
  }

  /// Lets go of the picture or sound; the frame can be filled again.
  func clear() { av_frame_unref(pointer) }

  /// Becomes a second reference to what `other` holds, without a copy.
  func hold(_ other: Frame) throws(MediaRefusal) {
    clear()
    try FFmpeg.check(av_frame_ref(pointer, other.pointer), .internal, "keep a frame")
  }

  var width: Int { Int(pointer.pointee.width) }
  var height: Int { Int(pointer.pointee.height) }
}

final class Packet {
  let pointer: UnsafeMutablePointer<AVPacket>

  init() throws(MediaRefusal) { pointer = try FFmpeg.allocated(av_packet_alloc()) }

  deinit {
    var owned: UnsafeMutablePointer<AVPacket>? = pointer
    av_packet_free(&owned)
  }

  func clear() { av_packet_unref(pointer) }
}

/// A decoder or encoder.
final class CodecContext {
  let pointer: UnsafeMutablePointer<AVCodecContext>

  init(_ codec: UnsafePointer<AVCodec>?) throws(MediaRefusal) {
    pointer = try FFmpeg.allocated(avcodec_alloc_context3(codec))
  }

  /// An encoder that is set up but not opened yet.
  convenience init(encoder name: String) throws(MediaRefusal) {
    guard let codec = avcodec_find_encoder_by_name(name) else {
      throw MediaRefusal(
        .missingComponent, "FFmpeg on this machine has no \(name) encoder; install the full build.")
    }
    try self.init(codec)
    pointer.pointee.thread_count = CodecContext.threadCount
  }

  deinit {
    var owned: UnsafeMutablePointer<AVCodecContext>? = pointer
    avcodec_free_context(&owned)
  }

  /// Two threads keep one job from taking the whole machine and its memory.
  static let threadCount: Int32 = 2

  /// `code` says whose fault a failure is: an encoder's is this machine's, a decoder's the file's.
  func open(
    _ options: [String: String] = [:], blaming code: MediaRefusal.Code = .missingComponent
  ) throws(MediaRefusal) {
    var dictionary = Options(options)
    try FFmpeg.check(
      avcodec_open2(pointer, pointer.pointee.codec, &dictionary.pointer), code,
      "start the codec \(name)")
  }

  var name: String { pointer.pointee.codec.map { String(cString: $0.pointee.name) } ?? "none" }

  /// Nil at the end of the stream or when more input is needed first.
  func receiveFrame(_ frame: Frame) throws(MediaRefusal) -> Received {
    let answer = avcodec_receive_frame(pointer, frame.pointer)
    if answer == FFmpeg.again { return .needsInput }
    if answer == FFmpeg.end { return .ended }
    try FFmpeg.check(answer, .malformed, "decode the \(name) stream")
    return .got
  }

  enum Received { case got, needsInput, ended }
}

/// An AVDictionary.
struct Options: ~Copyable {
  var pointer: OpaquePointer?

  init(_ values: [String: String]) {
    for (name, value) in values { av_dict_set(&pointer, name, value, 0) }
  }

  deinit {
    var owned = pointer
    av_dict_free(&owned)
  }
}

final class FilterGraph {
  let pointer: UnsafeMutablePointer<AVFilterGraph>

  init() throws(MediaRefusal) {
    pointer = try FFmpeg.allocated(avfilter_graph_alloc())
    pointer.pointee.nb_threads = CodecContext.threadCount
  }

  deinit {
    var owned: UnsafeMutablePointer<AVFilterGraph>? = pointer
    avfilter_graph_free(&owned)
  }

  func link(
    _ source: UnsafeMutablePointer<AVFilterContext>,
    _ target: UnsafeMutablePointer<AVFilterContext>,
    sourcePad: UInt32 = 0, targetPad: UInt32 = 0
  ) throws(MediaRefusal) {
    try FFmpeg.check(
      avfilter_link(source, sourcePad, target, targetPad), .internal, "connect two filters")
  }

  func configure() throws(MediaRefusal) {
    try FFmpeg.check(avfilter_graph_config(pointer, nil), .internal, "set up the filter graph")
  }
}
