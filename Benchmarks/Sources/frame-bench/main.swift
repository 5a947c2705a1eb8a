// How long a frame takes to be judged on one thread: nudity, faces with their ages, what is written in
// it, and the text model over what was read.
//
//   frame-bench MODELS FRAME.ppm…
//
// Every frame is judged once to warm up and then five times; its time is the median. Loading the models
// is not part of it.

import Classifiers
import Foundation
import Pixels

let arguments = Array(CommandLine.arguments.dropFirst())
guard arguments.count > 1 else {
  print("usage: frame-bench MODELS FRAME.ppm…")
  exit(64)
}
let store = ModelStore(directory: arguments[0])
let pool = InferencePool(width: 1)
let nudity = NudityClassifier(store: store, pool: pool)
let faces = FaceClassifier(store: store, pool: pool)
let reader = PictureReader(store: store, pool: pool)
let text = TextClassifier(store: store, lexicons: [], pool: pool)
await nudity.warmUp()
await faces.warmUp()
await reader.warmUp()
await text.warmUp()

/// Milliseconds.
struct Times {
  var nudity = 0.0
  var faces = 0.0
  var reading = 0.0
  var text = 0.0
  var whole: Double { nudity + faces + reading + text }
}

func milliseconds(_ work: () async -> Void) async -> Double {
  let duration = await ContinuousClock().measure(work)
  return Double(duration.components.attoseconds) / 1e15
    + Double(duration.components.seconds) * 1000
}

/// One round over a frame, and how many lines were read in it.
func judge(_ frame: RGBImage) async -> (times: Times, lines: Int) {
  var (times, lines) = (Times(), [String]())
  times.nudity = await milliseconds { _ = await nudity.signal(for: frame) }
  times.faces = await milliseconds { _ = await faces.signals(for: frame) }
  times.reading = await milliseconds {
    if case .lines(let read) = await reader.read(frame) { lines = read }
  }
  if !lines.isEmpty {
    times.text = await milliseconds {
      _ = await text.signals(for: lines.joined(separator: " "))
    }
  }
  return (times, lines.count)
}

func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

var (plain, written): ([Double], [Double]) = ([], [])
print("   ms  nudity  faces  reading  text  lines  frame")
for path in arguments.dropFirst() {
  let frame = picture(path)
  _ = await judge(frame)
  var rounds: [(times: Times, lines: Int)] = []
  for _ in 0..<5 { rounds.append(await judge(frame)) }
  let whole = median(rounds.map(\.times.whole))
  let lines = rounds[0].lines
  if lines == 0 { plain.append(whole) } else { written.append(whole) }
  print(
    String(
      format: "%5.0f  %6.0f  %5.0f  %7.0f  %4.0f  %5d  ", whole, median(rounds.map(\.times.nudity)),
      median(rounds.map(\.times.faces)), median(rounds.map(\.times.reading)),
      median(rounds.map(\.times.text)), lines)
      + URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent)
}
for (name, times) in [("without text", plain), ("with text", written), ("all", plain + written)]
where !times.isEmpty {
  print(
    "\(times.count) frames \(name):",
    String(format: "median %.0f ms, longest %.0f ms", median(times), times.max() ?? 0))
}
