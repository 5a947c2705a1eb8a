import Hummingbird
import Moderation
import NIOCore
import StrictJSON

/// The six shapes of a transcript, and its stream.
struct TranscriptFormat: Equatable, Sendable {
  enum Kind: String, CaseIterable, Sendable {
    case json, text, srt, vtt
    case verbose = "verbose_json"
    case diarized = "diarized_json"
  }

  let kind: Kind
  let isStreamed: Bool

  init(_ fields: inout FormFields) throws(APIError) {
    kind =
      try ImageBody.choice("response_format", of: Kind.allCases.map(\.rawValue), &fields)
      .flatMap(Kind.init) ?? .json
    isStreamed = try ImageBody.flag("stream", &fields) ?? false
    if let language = try CreateVideoBody.text("language", &fields), !language.isEmpty,
      !["en", "english"].contains(language.lowercased())
    {
      throw .invalid(
        "language", "This server's model hears English only; send 'en' or nothing.",
        code: "unsupported_value")
    }
    for index in 0..<2 {
      if try CreateVideoBody.text("timestamp_granularities[\(index)]", &fields) == "word" {
        throw .invalid(
          "timestamp_granularities", "This server times segments, not words; send 'segment'.",
          code: "unsupported_value")
      }
    }
  }

  func response(_ heard: Heard) -> Response {
    let usage: JSONValue = [
      "type": "duration", "seconds": .integer(Int(heard.seconds.rounded(.up))),
    ]
    if isStreamed {
      return Response(
        events: heard.segments.map {
          ["type": "transcript.text.delta", "delta": .string($0.text + " ")]
        } + [["type": "transcript.text.done", "text": .string(heard.text), "usage": usage]])
    }
    switch kind {
    case .json: return Response(json: ["text": .string(heard.text), "usage": usage])
    case .text: return plain(heard.text + "\n", "text/plain; charset=utf-8")
    case .srt:
      return plain(
        heard.segments.enumerated().map { number, segment in
          "\(number + 1)\n\(Self.clock(segment.start, ",")) --> \(Self.clock(segment.end, ","))\n"
            + "\(segment.text)\n"
        }.joined(separator: "\n"), "application/x-subrip; charset=utf-8")
    case .vtt:
      return plain(
        "WEBVTT\n\n"
          + heard.segments.map { segment in
            "\(Self.clock(segment.start, ".")) --> \(Self.clock(segment.end, "."))\n"
              + "\(segment.text)\n"
          }.joined(separator: "\n"), "text/vtt; charset=utf-8")
    case .verbose:
      return Response(
        json: [
          "task": "transcribe", "language": "english", "duration": .real(heard.seconds),
          "text": .string(heard.text),
          "segments": .array(
            heard.segments.enumerated().map { number, segment in
              [
                "id": .integer(number), "seek": 0, "start": .real(segment.start),
                "end": .real(segment.end), "text": .string(segment.text), "tokens": [],
                "temperature": 0.0, "avg_logprob": 0.0, "compression_ratio": 0.0,
                "no_speech_prob": 0.0,
              ]
            }), "usage": usage,
        ])
    case .diarized:
      // One speaker: nothing here tells voices apart, and none is made up.
      return Response(
        json: [
          "task": "transcribe", "duration": .real(heard.seconds), "text": .string(heard.text),
          "segments": .array(
            heard.segments.enumerated().map { number, segment in
              [
                "id": .string("seg_\(number)"), "type": "transcript.text.segment", "speaker": "A",
                "start": .real(segment.start), "end": .real(segment.end),
                "text": .string(segment.text),
              ]
            }), "usage": usage,
        ])
    }
  }

  private func plain(_ text: String, _ type: String) -> Response {
    Response(
      status: .ok, headers: [.contentType: type],
      body: .init(byteBuffer: ByteBuffer(string: text)))
  }

  /// `00:01:02.500`; SubRip writes a comma.
  static func clock(_ seconds: Double, _ point: String) -> String {
    let milliseconds = Int((max(0, seconds) * 1000).rounded())
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let rest = milliseconds % 1000
    let fraction = rest < 10 ? "00\(rest)" : rest < 100 ? "0\(rest)" : "\(rest)"
    let all = milliseconds / 1000
    return "\(two(all / 3600)):\(two(all / 60 % 60)):\(two(all % 60))\(point)\(fraction)"
  }
}
