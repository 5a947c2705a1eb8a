// Reverse search among 10,000 clips: how many copies are found as what they are, from which second, and
// how many strangers are taken for one of them. No mark is looked at.
//
//   search-bench MEDIA [CLIPS] [RENDERED]
//
// RENDERED clips (default 60) are drawn by the built-in renderer, attacked with ffmpeg and decoded as any
// upload is; the others are noise scenes whose frames are made as prints at once.

import Fingerprint
import Foundation
import MediaClient
import MediaJobs
import OutputStore
import Provenance

let arguments = CommandLine.arguments
guard arguments.count > 1 else {
  print("usage: search-bench MEDIA [CLIPS] [RENDERED]")
  exit(64)
}
let media = MediaClient(executable: arguments[1])
let clipCount = arguments.count > 2 ? Int(arguments[2])! : 10_000
let renderedCount = arguments.count > 3 ? Int(arguments[3])! : 60
let folder = NSTemporaryDirectory() + "search-bench-\(getpid())"
try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
defer { try? FileManager.default.removeItem(atPath: folder) }
let store = try OutputStore(path: folder + "/outputs.sqlite")

let prompts = [
  "A lighthouse at dusk over a calm sea", "Mountains in the morning fog", "City lights at night",
  "Silk in the wind", "Stars above a desert", "Waves on a beach at noon",
]
let attacks: [(name: String, filter: String)] = [
  ("CRF 28", "null"),
  ("CRF 28, 20 % crop off centre", "crop=trunc(iw*0.4)*2:trunc(ih*0.4)*2:iw*0.13:ih*0.07"),
  ("CRF 28, 20 % crop in the middle", "crop=trunc(iw*0.4)*2:trunc(ih*0.4)*2"),
  ("CRF 28, 10 % crop in a corner", "crop=trunc(iw*0.45)*2:trunc(ih*0.45)*2:0:0"),
  ("CRF 28, 50 % size, mirrored", "scale=trunc(iw/4)*2:-2,hflip"),
  ("CRF 28, bars", "pad=iw:iw:0:(oh-ih)/2"),
]

func render(_ number: Int) async throws -> String {
  let path = folder + "/clip-\(number).mp4"
  try await media.synthesize(
    SynthesisRequest(
      prompt: prompts[number % prompts.count], seed: UInt64(1000 + number), width: 640, height: 360,
      seconds: 3, frameRate: 12), output: path)
  return path
}

func attacked(_ path: String, _ filter: String) throws -> String {
  let output = folder + "/copy.mp4"
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  process.arguments = [
    "ffmpeg", "-v", "error", "-y", "-i", path, "-vf", filter, "-c:v", "libx264", "-preset",
    "veryfast", "-crf", "28", "-an", output,
  ]
  try process.run()
  process.waitUntilExit()
  guard process.terminationStatus == 0 else { throw CocoaError(.fileWriteUnknown) }
  return output
}

func noise(
  _ seed: Int, x: Double = 0, y: Double = 0, part: Double = 1, grain: Double = 0
) -> ContentPrint {
  let scene = NoiseScene(seed: UInt64(seed))
  return ContentPrint(
    width: 640, height: 360, seconds: 3, isClip: true,
    frames: (0..<6).map {
      scene.print(time: Double($0) / 2, x: x, y: y, part: part, grain: grain)
    })
}

func keep(_ number: Int, _ content: ContentPrint) async throws {
  try await store.keep(
    OutputRecord(
      asset: "clip-\(number)", manifestID: "urn:c2pa:\(number)", manifestStore: [0], subject: "s",
      mark: nil, mediaType: "video/mp4", sha256: "", deliveredAt: 0, content: content))
}

struct Tally {
  var right = 0
  var wrong = 0
  var nothing = 0
  var late = 0.0

  mutating func count(_ matches: [OutputMatch], expected: String, seconds: Double = 0) {
    guard let first = matches.first else {
      nothing += 1
      return
    }
    if first.output.asset == expected {
      right += 1
      late = max(late, abs(first.seconds - seconds))
    } else {
      wrong += 1
    }
  }

  var line: String {
    let total = right + wrong + nothing
    return "\(right) of \(total) right, \(wrong) wrong, \(nothing) not found; second off by "
      + "\((late * 10).rounded() / 10) at most"
  }
}

let clock = ContinuousClock()
var start = clock.now
for number in 0..<renderedCount { try await keep(number, media.contentPrint(of: render(number))) }
for number in renderedCount..<clipCount { try await keep(number, noise(number)) }
print("\(clipCount) clips kept, \(renderedCount) rendered, in \(clock.now - start)")

for (name, filter) in attacks {
  var tally = Tally()
  for number in 0..<renderedCount {
    let copy = try attacked(folder + "/clip-\(number).mp4", filter)
    tally.count(try await store.search(media.contentPrint(of: copy)), expected: "clip-\(number)")
  }
  print("rendered, \(name): \(tally.line)")
}

var drawn = Tally()
start = clock.now
for number in renderedCount..<min(clipCount, renderedCount + 400) {
  let (x, y) = (Double(number % 21) / 100, Double(number % 19) / 95)
  drawn.count(
    try await store.search(noise(number, x: x, y: y, part: 0.8, grain: 6)),
    expected: "clip-\(number)")
}
print("noise, 20 % crop anywhere: \(drawn.line); \((clock.now - start) / 400) each")

var strangers = 0
var taken = 0
for number in 0..<min(renderedCount, 60) {
  let path = try await render(clipCount + number)
  for filter in ["null", attacks[1].filter] {
    strangers += 1
    taken += try await store.search(media.contentPrint(of: attacked(path, filter))).isEmpty ? 0 : 1
  }
}
let renderedStrangers = (strangers, taken)
while strangers < 1000 {
  strangers += 1
  let content = noise(1_000_000 + strangers, x: 0.1, y: 0.1, part: strangers % 2 == 0 ? 0.8 : 1)
  taken += try await store.search(content).isEmpty ? 0 : 1
}
print(
  "strangers: \(taken) of \(strangers) taken for a clip "
    + "(\(renderedStrangers.1) of the \(renderedStrangers.0) rendered ones)")
