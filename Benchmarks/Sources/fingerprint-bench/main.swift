import Fingerprint
import Foundation
import Pixels

// Rates of PDQ and of its index, on one thread. See Benchmarks/fingerprint.
//
//   fingerprint-bench pdq FILE.ppm…      pictures a second, their decoded pixels in memory
//   fingerprint-bench lookup HASHES      exact queries a second within 31 bits, half of them near one
//   fingerprint-bench bank HASHES        a mapped bank: import, opening, pictures a second in all eight forms

/// A binary PPM with 8 bits a channel, as ffmpeg writes it.
func picture(_ path: String) -> RGBImage {
  guard let data = FileManager.default.contents(atPath: path) else { fatalError("no \(path)") }
  let bytes = [UInt8](data)
  var fields: [Int] = []
  var position = 2
  while fields.count < 3 {
    let text = bytes[position...].drop { $0 <= 0x20 }.prefix { $0 > 0x20 }
    position = text.endIndex
    fields.append(Int(String(decoding: text, as: UTF8.self)) ?? 0)
  }
  let pixels = Array(bytes[(position + 1)...])
  guard let image = RGBImage(width: fields[0], height: fields[1], pixels: pixels) else {
    fatalError("\(path) is no 8-bit PPM")
  }
  return image
}

func rate(_ count: Int, _ work: () -> Void) -> Double {
  let clock = ContinuousClock()
  let time = clock.measure(work)
  return Double(count)
    / (Double(time.components.seconds) + Double(time.components.attoseconds) / 1e18)
}

struct Random: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }
}

let arguments = Array(CommandLine.arguments.dropFirst())
switch arguments.first {
case "pdq":
  for path in arguments.dropFirst() {
    let image = picture(path)
    // Rounds of about two seconds each; the best is the least disturbed.
    var hash = PDQ(of: image).hash
    let rounds = max(5, Int(2 * rate(5) { for _ in 0..<5 { hash = PDQ(of: image).hash } }))
    let best =
      (0..<3).map { _ in
        rate(rounds) { for _ in 0..<rounds { hash = PDQ(of: image).hash } }
      }.max() ?? 0
    print("\(path) \(hash) \(Int(best.rounded()))")
  }
case "lookup":
  let count = arguments.dropFirst().first.flatMap { Int($0) } ?? 1_000_000
  var random = Random(state: 7)
  func hash() -> PDQHash {
    PDQHash(words: SIMD4(random.next(), random.next(), random.next(), random.next()))
  }
  let hashes = (0..<count).map { _ in hash() }
  var index = PDQIndex()
  let build = rate(count) { index = PDQIndex(hashes) }
  let queries = (0..<4000).map { number -> PDQHash in
    guard number.isMultiple(of: 2) else { return hash() }
    var words = hashes[Int(random.next() % UInt64(count))].words
    for _ in 0..<28 {
      let bit = Int(random.next() & 255)
      words[bit >> 6] ^= 1 << UInt64(bit & 63)
    }
    return PDQHash(words: words)
  }
  var found = 0
  let speed =
    (0..<3).map { _ in
      found = 0
      return rate(queries.count) {
        for query in queries { found += index.matches(for: query).count }
      }
    }.max() ?? 0
  // Exactness: the scan is the definition.
  let sample = queries.prefix(200)
  let isExact = sample.allSatisfy { query in
    index.matches(for: query).map(\.index).sorted()
      == hashes.indices.filter { hashes[$0].distance(to: query) <= PDQHash.matchDistance }
  }
  print("built \(Int(build)) hashes/s; \(Int(speed)) queries/s, \(found) found, exact: \(isExact)")
case "bank":
  let count = arguments.dropFirst().first.flatMap { Int($0) } ?? 1_000_000
  var random = Random(state: 11)
  let pictures = (0..<400).map { _ in
    PDQ(
      of: RGBImage(
        width: 64, height: 64, pixels: (0..<64 * 64 * 3).map { _ in UInt8(random.next() & 255) })!)
  }
  // The first half of the pictures are known, some bits off, as copies are.
  let updates = (0..<count).map { number -> KnownMediaUpdate in
    var words = SIMD4(random.next(), random.next(), random.next(), random.next())
    if number < pictures.count / 2 {
      words = pictures[number].hash.words
      for bit in 0..<28 { words[bit & 3] ^= 1 << UInt64(9 * (bit >> 2)) }
    }
    return KnownMediaUpdate(id: "media-\(number)", hashes: [.pdq(PDQHash(words: words))])
  }
  let folder = NSTemporaryDirectory() + "/fingerprint-bench-\(random.next())"
  defer { try? FileManager.default.removeItem(atPath: folder) }
  let banks = BankFolder(path: folder)
  let imported = rate(count) { _ = try? banks.take(updates, into: "known") }
  var opened: BankFolder.Stored?
  let opening = 1000 / rate(1) { opened = try? banks.open("known") }
  guard let bank = opened?.bank, bank.count == count else { fatalError("the bank is not whole") }
  var found: [Int] = []
  let speed =
    (0..<3).map { _ in
      found = []
      return rate(pictures.count) {
        for (number, picture) in pictures.enumerated() where !bank.matches(picture).isEmpty {
          found.append(number)
        }
      }
    }.max() ?? 0
  print(
    "imported \(Int(imported)) a second, opened in \(Int(opening.rounded())) ms; \(Int(speed)) pictures/s, "
      + "\(Int(8 * speed)) look-ups/s; the known ones and no others: \(found == Array(0..<pictures.count / 2))"
  )
default:
  print("usage: fingerprint-bench pdq FILE.ppm… | lookup HASHES | bank HASHES")
}
