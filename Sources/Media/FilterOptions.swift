import CFFmpeg
import MediaJobs

extension FilterGraph {
  /// Adds one filter whose options are values, not an argument string: nothing in them is parsed,
  /// so no text of a request can name another option or end the filter.
  func add(
    _ filter: String, named name: String, options: [String: String]
  ) throws(MediaRefusal) -> UnsafeMutablePointer<AVFilterContext> {
    guard let kind = avfilter_get_by_name(filter) else {
      throw MediaRefusal(
        .missingComponent, "FFmpeg on this machine has no \(filter) filter; install the full build."
      )
    }
    let context = try FFmpeg.allocated(avfilter_graph_alloc_filter(pointer, kind, name))
    var dictionary = Options(options)
    try FFmpeg.check(
      avfilter_init_dict(context, &dictionary.pointer), .missingComponent,
      "set up the \(filter) filter")
    // What is left in the dictionary is an option that the filter does not know.
    guard av_dict_count(dictionary.pointer) == 0 else {
      throw MediaRefusal(
        .missingComponent, "The \(filter) filter of this machine's FFmpeg lacks an option we need.")
    }
    return context
  }

  /// Begins a sound graph with what a decoder gave.
  func addSoundInput(
    of frame: Frame, timeBase: AVRational
  ) throws(MediaRefusal) -> UnsafeMutablePointer<AVFilterContext> {
    let sound = frame.pointer.pointee
    var layout = sound.ch_layout
    var name = [CChar](repeating: 0, count: 128)
    av_channel_layout_describe(&layout, &name, name.count)
    return try add(
      "abuffer", named: "in",
      options: [
        "time_base": "\(timeBase.num)/\(timeBase.den)", "sample_rate": String(sound.sample_rate),
        "sample_fmt": String(cString: av_get_sample_fmt_name(AVSampleFormat(sound.format))),
        "channel_layout": String(
          decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self),
      ])
  }

  /// Ends a sound graph as the encoder takes it: its format, rate and frame length, then a sink.
  func addSoundOutput(
    after last: UnsafeMutablePointer<AVFilterContext>
  ) throws(MediaRefusal) -> UnsafeMutablePointer<AVFilterContext> {
    let format = try add(
      "aformat", named: "format",
      options: [
        "sample_fmts": "fltp", "channel_layouts": "stereo",
        "sample_rates": String(ClipWriter.sampleRate),
      ])
    let blocks = try add(
      "asetnsamples", named: "blocks",
      options: ["nb_out_samples": String(ClipWriter.samplesPerFrame), "pad": "0"])
    let sink = try add("abuffersink", named: "out", options: [:])
    return try chain(last, format, blocks, sink)
  }

  /// Links filters one after another, first pads only; returns the last.
  @discardableResult
  func chain(
    _ filters: UnsafeMutablePointer<AVFilterContext>...
  ) throws(MediaRefusal) -> UnsafeMutablePointer<AVFilterContext> {
    for (source, target) in zip(filters, filters.dropFirst()) { try link(source, target) }
    return filters[filters.count - 1]
  }

  /// The next frame that a sink holds, or false when it wants more input or has ended.
  static func pull(
    _ frame: Frame, from sink: UnsafeMutablePointer<AVFilterContext>
  ) throws(MediaRefusal) -> Bool {
    frame.clear()
    let answer = av_buffersink_get_frame(sink, frame.pointer)
    if answer == FFmpeg.again || answer == FFmpeg.end { return false }
    try FFmpeg.check(answer, .internal, "run the filter graph")
    return true
  }
}
