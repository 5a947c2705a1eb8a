import MediaJobs

/// What a file is, by its own first bytes. libav's probing is never asked: it opens a playlist that
/// is named `.mp4` as a playlist.
enum MediaFormat: CaseIterable, Equatable {
  case mov, matroska
  case png, jpeg, webp, gif
  case wav, mp3, flac, ogg

  enum Use { case clip, picture, sound }

  var use: Use {
    switch self {
    case .mov, .matroska: .clip
    case .png, .jpeg, .webp, .gif: .picture
    case .wav, .mp3, .flac, .ogg: .sound
    }
  }

  /// The one libav demuxer that may open it.
  var demuxer: String {
    switch self {
    case .mov: "mov"
    case .matroska: "matroska"
    case .png: "png_pipe"
    case .jpeg: "jpeg_pipe"
    case .webp: "webp_pipe"
    case .gif: "gif"
    case .wav: "wav"
    case .mp3: "mp3"
    case .flac: "flac"
    case .ogg: "ogg"
    }
  }

  /// The decoders that its streams may use: what tools and cameras write into these containers, and
  /// nothing more exotic.
  var decoders: [String] {
    switch self {
    case .mov, .matroska:
      [
        "h264", "hevc", "mpeg4", "mjpeg", "vp8", "libvpx-vp8", "vp9", "libvpx-vp9", "libdav1d",
        "av1", "prores", "ffv1", "aac", "mp3", "mp3float", "opus", "libopus", "vorbis", "libvorbis",
        "flac", "alac", "ac3", "pcm_s16le", "pcm_s16be", "pcm_s24le", "pcm_s24be", "pcm_s32le",
        "pcm_f32le",
      ]
    case .png: ["png"]
    case .jpeg: ["mjpeg"]
    case .webp: ["webp"]
    case .gif: ["gif"]
    case .wav:
      ["pcm_s16le", "pcm_s24le", "pcm_s32le", "pcm_u8", "pcm_f32le", "pcm_alaw", "pcm_mulaw"]
    case .mp3: ["mp3", "mp3float"]
    case .flac: ["flac"]
    case .ogg: ["opus", "libopus", "vorbis", "libvorbis", "flac"]
    }
  }

  /// Enough for every signature below.
  static let prefixLength = 16

  /// The bytes of an ID3 tag in front (ID3v2.4 §3.1); nil where there is none. Credentials of FLAC files
  /// travel in one, and it says nothing of what follows.
  static func lengthOfTag(_ prefix: [UInt8]) -> Int? {
    guard prefix.count >= 10, prefix.starts(with: Array("ID3".utf8)) else { return nil }
    let size = prefix[6..<10].reduce(0) { $0 << 7 | Int($1 & 0x7F) }
    let footer = prefix[5] & 0x10 == 0 ? 0 : 10
    return 10 + size + footer
  }

  static func sniff(_ prefix: [UInt8]) -> MediaFormat? {
    func has(_ text: String, at offset: Int) -> Bool {
      let wanted = Array(text.utf8)
      return prefix.count >= offset + wanted.count
        && Array(prefix[offset..<offset + wanted.count]) == wanted
    }
    // ISO/IEC 14496-12 begins with ftyp; QuickTime files may begin with their index or media data.
    for type in ["ftyp", "moov", "mdat", "wide", "free", "skip"] where has(type, at: 4) {
      return .mov
    }
    if prefix.starts(with: [0x1A, 0x45, 0xDF, 0xA3]) { return .matroska }
    if prefix.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) { return .png }
    if prefix.starts(with: [0xFF, 0xD8, 0xFF]) { return .jpeg }
    if has("RIFF", at: 0), has("WEBP", at: 8) { return .webp }
    if has("GIF87a", at: 0) || has("GIF89a", at: 0) { return .gif }
    if has("RIFF", at: 0), has("WAVE", at: 8) { return .wav }
    if has("fLaC", at: 0) { return .flac }
    if has("OggS", at: 0) { return .ogg }
    // An ID3 tag that nothing else follows (`lengthOfTag`), or a frame of MPEG audio layer III (ISO/IEC
    // 11172-3 §2.4.1.3).
    if has("ID3", at: 0) { return .mp3 }
    if prefix.count > 1, prefix[0] == 0xFF, prefix[1] & 0xE6 == 0xE2 { return .mp3 }
    return nil
  }
}
