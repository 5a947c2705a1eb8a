// embed-text MODELS embeddings|scores < ROWS.jsonl > OUT
//
// The product's own normaliser, tokenizer and encoder over rows of {"id": …, "text": …}, so that
// the heads are trained on exactly what they will see.
//   embeddings: 384 little-endian float32 a row; zeros for a row without words
//   scores:     one line {"id": …, "scores": {category: score}} a row
import Classifiers
import Evidence
import Foundation
import StrictJSON

func fail(_ message: String) -> Never {
  FileHandle.standardError.write(Data("embed-text: \(message)\n".utf8))
  exit(64)
}

guard CommandLine.arguments.count == 3, ["embeddings", "scores"].contains(CommandLine.arguments[2])
else { fail("usage: embed-text MODELS embeddings|scores < ROWS.jsonl > OUT") }
let store = ModelStore(directory: CommandLine.arguments[1])
if case .missing(let why) = store.state(of: .textEncoder) { fail(why) }
let classifier = TextClassifier(store: store, lexicons: [])
let wantsScores = CommandLine.arguments[2] == "scores"

func answer(_ line: String) async -> Data {
  guard let row = try? JSONValue.parse(line), let text = row["text"]?.string else {
    fail("a line is no object with a \"text\"")
  }
  guard wantsScores else {
    let embedding = await classifier.embedding(of: text) ?? [Float](repeating: 0, count: 384)
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
