// embed-text MODELS embeddings|windows|scores < ROWS.jsonl > OUT
//
// The product's own normaliser, tokenizer and encoder over rows of {"id": …, "text": …}, so that
// the heads are trained on exactly what they will see.
//   embeddings: 1152 little-endian float32 a row; zeros for a row without words
//   windows:    a little-endian uint32, and as many times 1152 float32: all that a verdict rests on
//   scores:     one line {"id": …, "scores": {category: score}} a row
import Classifiers
import Evidence
import Foundation
import StrictJSON

func fail(_ message: String) -> Never {
  FileHandle.standardError.write(Data("embed-text: \(message)\n".utf8))
  exit(64)
}

guard CommandLine.arguments.count == 3,
  ["embeddings", "windows", "scores"].contains(CommandLine.arguments[2])
else { fail("usage: embed-text MODELS embeddings|windows|scores < ROWS.jsonl > OUT") }
let store = ModelStore(directory: CommandLine.arguments[1])
if case .missing(let why) = store.state(of: .textEncoder) { fail(why) }
let classifier = TextClassifier(store: store, lexicons: [])
let mode = CommandLine.arguments[2]

func answer(_ line: String) async -> Data {
  guard let row = try? JSONValue.parse(line), let text = row["text"]?.string else {
    fail("a line is no object with a \"text\"")
  }
  if mode == "windows" {
    let embeddings = await classifier.embeddings(of: text)
    return withUnsafeBytes(of: UInt32(embeddings.count).littleEndian) { Data($0) }
      + embeddings.flatMap { $0 }.withUnsafeBytes { Data($0) }
  }
  if mode == "embeddings" {
    let embedding =
      await classifier.embedding(of: text)
      ?? [Float](repeating: 0, count: TextClassifier.embeddingWidth)
    return embedding.withUnsafeBytes { Data($0) }
  }
  let scores = await classifier.signals(for: text).compactMap { signal -> JSONValue.Member? in
    guard case .score(let score) = signal.value else { return nil }
    return JSONValue.Member(signal.name, .real(score))
  }
  let object: JSONValue = .object([
    JSONValue.Member("id", row["id"] ?? .null), JSONValue.Member("scores", .object(scores)),
  ])
  return Data((object.compact + "\n").utf8)
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
