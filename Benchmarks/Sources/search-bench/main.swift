// Reverse search among 10,000 clips: how many copies are found as what they are, from which second, and
// how many strangers are taken for one of them. No mark is looked at.
//
//   search-bench MEDIA [CLIPS] [RENDERED] [STRANGERS]
//
// RENDERED clips (default 60) are drawn by the built-in renderer, attacked with ffmpeg and decoded as any
// upload is; the others are noise scenes whose frames are made as prints at once. Of the strangers
// (default 1,000) a fifth are the renderer's own, of the same prompts under other seeds, whole and cut;
// two fifths are stills and clips of ffmpeg's generators, and the rest noise scenes of other seeds.
// Every wrong answer is told.

import Fingerprint
import Foundation
import MediaClient
import MediaJobs
import OutputStore
import Provenance

let arguments = CommandLine.arguments
guard arguments.count > 1 else {
  print("usage: search-bench MEDIA [CLIPS] [RENDERED] [STRANGERS]")
  exit(64)
}
let media = MediaClient(executable: arguments[1])
let clipCount = arguments.count > 2 ? Int(arguments[2])! : 10_000
let renderedCount = arguments.count > 3 ? Int(arguments[3])! : 60
let strangerCount = arguments.count > 4 ? Int(arguments[4])! : 1000
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

func ffmpeg(_ arguments: [String]) throws {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  process.arguments = ["ffmpeg", "-v", "error", "-y"] + arguments
  try process.run()
  process.waitUntilExit()
  guard process.terminationStatus == 0 else { throw CocoaError(.fileWriteUnknown) }
}

func attacked(_ path: String, _ filter: String) throws -> String {
  let output = folder + "/copy.mp4"
  try ffmpeg([
    "-i", path, "-vf", filter, "-c:v", "libx264", "-preset", "veryfast", "-crf", "28", "-an",
    output,
  ])
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
  var similarity = 100

  mutating func count(_ matches: [OutputMatch], expected: String, seconds: Double = 0) {
    guard let first = matches.first else {
      nothing += 1
      return
    }
    if first.output.asset != expected { tell(expected, matches) }
    if first.output.asset == expected {
      right += 1
      late = max(late, abs(first.seconds - seconds))
      similarity = min(similarity, first.similarity)
    } else {
      wrong += 1
    }
  }

  var line: String {
    let total = right + wrong + nothing
    return "\(right) of \(total) right, \(wrong) wrong, \(nothing) not found; second off by "
      + "\((late * 10).rounded() / 10) at most, similarity \(similarity) at least"
  }
}

func tell(_ asked: String, _ matches: [OutputMatch]) {
  for match in matches.prefix(2) {
    print(
      "  wrong: \(asked) taken for \(match.output.asset), similarity \(match.similarity), "
        + "\(match.found) of \(match.asked) frames, \(match.isPart ? "part" : "whole")")
  }
}

/// A generator of ffmpeg's, its number deciding what it shows.
func generated(_ number: Int) throws -> String {
  let n = number / 8
  let source =
    switch number % 8 {
    case 0: "mandelbrot=s=480x270:start_scale=\(3.0 / Double(1 + n)):r=2"
    case 1:
      "cellauto=s=320x180:rule=\([18, 22, 26, 30, 45, 60, 73, 90, 105, 110][n % 10]):seed=\(n):r=2"
    case 2: "life=s=320x180:seed=\(n + 1):ratio=\(0.1 + 0.02 * Double(n % 20)):r=2"
    case 3: "testsrc2=s=480x270:r=2,hue=h=\(n * 7):s=2,rotate=\(Double(n) / 9)"
    case 4: "gradients=s=480x270:seed=\(n + 1):n=\(2 + n % 6):r=2"
    case 5: "smptehdbars=s=480x270:r=2,crop=iw*0.8:ih*\(0.5 + Double(n % 10) / 20),scale=320:180"
    case 6: "sierpinski=s=480x270:seed=\(n + 1):r=2"
    default:
      "color=c=0x\(String(0x203040 + n * 9973, radix: 16)):s=320x180:r=2,noise=alls=60:allf=t"
    }
  let isClip = number % 3 == 0
  let path = folder + (isClip ? "/stranger.mp4" : "/stranger.png")
  try ffmpeg(
    ["-f", "lavfi", "-i", source]
      + (isClip
        ? ["-t", "2", "-c:v", "libx264", "-pix_fmt", "yuv420p"]
        : ["-frames:v", "1"]) + [path])
  return path
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

var taken = 0
@MainActor func ask(
  _ name: String, _ count: Int, _ content: @MainActor (Int) async throws -> ContentPrint
) async throws -> Int {
  var wrong = 0
  for number in 0..<count {
    let matches = try await store.search(content(number))
    guard !matches.isEmpty else { continue }
    wrong += 1
    tell("\(name) \(number)", matches)
  }
  print("strangers, \(name): \(wrong) of \(count) taken for a clip")
  return wrong
}

start = clock.now
taken += try await ask("rendered under another seed", strangerCount / 5) { number in
  // Every second one is cut, every third has bars.
  let path = try await render(clipCount + number / 2)
  let filter = number % 2 == 0 ? "null" : number % 3 == 0 ? attacks[5].filter : attacks[1].filter
  return try await media.contentPrint(of: attacked(path, filter))
}
taken += try await ask("ffmpeg's generators", strangerCount * 2 / 5) { number in
  try await media.contentPrint(of: generated(number))
}
taken += try await ask(
  "noise of another seed", strangerCount - strangerCount / 5 - strangerCount * 2 / 5
) {
  noise(1_000_000 + $0, x: 0.1, y: 0.1, part: $0 % 2 == 0 ? 0.8 : 1)
}
print("strangers: \(taken) of \(strangerCount) taken for a clip, in \(clock.now - start)")
