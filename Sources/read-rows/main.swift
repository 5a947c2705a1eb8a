// read-rows MODELS tokens|features|scores < ROWS.jsonl > OUT
//
// The product's own normaliser, tokenizer and model over rows of {"id": …, "text": …}, so that the
// text model is trained on exactly what it will see, and thresholds are chosen on what ships.
//   tokens: one line [[token, …], …] a row: the text itself, then each part decoded out of it
//   features: a little-endian uint32, and as many times 1152 float32: what the head reads, by window
//   scores: one line {"id": …, "scores": {category: score}} a row
import Classifiers
import Evidence
import Foundation
import StrictJSON

func fail(_ message: String) -> Never {
  FileHandle.standardError.write(Data("read-rows: \(message)\n".utf8))
  exit(64)
}

guard CommandLine.arguments.count == 3,
  ["tokens", "features", "scores"].contains(CommandLine.arguments[2])
else { fail("usage: read-rows MODELS tokens|features|scores < ROWS.jsonl > OUT") }
let store = ModelStore(directory: CommandLine.arguments[1])
if case .missing(let why) = store.state(of: .textGate) { fail(why) }
let classifier = TextClassifier(store: store, lexicons: [])
let mode = CommandLine.arguments[2]

func answer(_ line: String) async -> Data {
  guard let row = try? JSONValue.parse(line), let text = row["text"]?.string else {
    fail("a line is no object with a \"text\"")
  }
  if mode == "features" {
    guard let windows = await classifier.features(of: text) else { fail("the model failed") }
    return withUnsafeBytes(of: UInt32(windows.count).littleEndian) { Data($0) }
      + windows.flatMap { $0 }.withUnsafeBytes { Data($0) }
  }
  let answer: JSONValue
  if mode == "tokens" {
    guard let views = await classifier.tokens(of: text) else { fail("the model does not load") }
    answer = .array(views.map { view in .array(view.map { .integer(Int($0)) }) })
  } else {
    let scores = await classifier.signals(for: text).compactMap { signal -> JSONValue.Member? in
      guard case .score(let score) = signal.value else { return nil }
      return JSONValue.Member(signal.name, .real(score))
    }
    answer = ["id": row["id"] ?? .null, "scores": .object(scores)]
  }
  return Data((answer.compact + "\n").utf8)
}

// A few rows at a time: the pool is what bounds the work, this only keeps it fed.
let width = 4
var pending: [Task<Data, Never>] = []
@MainActor func drain(to count: Int) async {
  while pending.count > count {
    FileHandle.standardOutput.write(await pending.removeFirst().value)
  }
}
while let line = readLine() {
  pending.append(Task { await answer(line) })
  await drain(to: width)
}
await drain(to: 0)
