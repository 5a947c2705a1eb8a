import Bytes
import Containers
import PKI

/// What goes into a content hash, in order: pieces of the asset, and for BMFF the offsets between
/// them. Made before any byte is hashed, so that it can run over a file or beside a copy.
struct HashPlan: Hashable {
  enum Step: Hashable {
    /// Eight bytes, big-endian (C2PA 2.5 section 16.3.2: a box's offset).
    case offset(Int)
    /// These bytes of the asset.
    case bytes(Range<Int>)
  }

  private(set) var steps: [Step] = []
  /// Read at once; the size at which reading and hashing stop getting faster.
  static let window = 1 << 20

  /// From the first byte of the asset that is hashed to the last; nil when none is.
  var extent: Range<Int>? {
    var lower: Int?
    var upper = 0
    for case .bytes(let range) in steps {
      lower = lower ?? range.lowerBound
      upper = range.upperBound
    }
    return lower.map { $0..<upper }
  }

  mutating func append(_ step: Step) {
    if case .bytes(let range) = step, range.isEmpty { return }
    steps.append(step)
  }

  /// Appends `range` without the parts that `excluded` covers; these are sorted.
  mutating func append(_ range: Range<Int>, excluding excluded: [Range<Int>]) {
    var position = range.lowerBound
    for hole in excluded where hole.upperBound > position && hole.lowerBound < range.upperBound {
      if hole.lowerBound > position { append(.bytes(position..<hole.lowerBound)) }
      position = max(position, hole.upperBound)
    }
    if position < range.upperBound { append(.bytes(position..<range.upperBound)) }
  }

  /// From so many bytes on, the next window is read while one is hashed.
  private static let readAheadFloor = 8 << 20

  /// The hash of these pieces of `source`, read through `window` where they are not many.
  func digest(
    of source: any ByteSource, _ algorithm: HashAlgorithm, through window: Window = Window()
  ) throws(BindingFailure) -> [UInt8] {
    if let known = (source as? ReadBackSource)?.digest(of: self, algorithm) { return known }
    let windows = self.windows
    let isLong = windows.reduce(0) { $0 + $1.count } >= Self.readAheadFloor
    let ahead = isLong ? ReadAhead(source, windows) : nil
    defer { ahead?.stop() }
    var digest = MessageDigest(algorithm)
    var next = 0
    for step in steps {
      switch step {
      case .offset(let offset):
        var bytes: [UInt8] = []
        bytes.appendBigEndian(UInt64(offset))
        digest.update(bytes)
      case .bytes(let range):
        for _ in 0..<((range.count + HashPlan.window - 1) / HashPlan.window) {
          var filled = window
          do throws(FileError) {
            if let ahead {
              filled = try ahead.next()
            } else {
              try window.read(windows[next], of: source)
            }
          } catch { throw BindingFailure(.io(error)) }
          guard filled.bytes.count == windows[next].count else {
            throw BindingFailure(
              .malformed(offset: windows[next].lowerBound, reason: "the file became shorter"))
          }
          digest.update(filled.bytes)
          next += 1
        }
      }
    }
    return digest.finalize()
  }

  /// What is read at once, in order.
  private var windows: [Range<Int>] {
    var windows: [Range<Int>] = []
    for case .bytes(let range) in steps {
      for start in stride(from: range.lowerBound, to: range.upperBound, by: HashPlan.window) {
        windows.append(start..<min(range.upperBound, start + HashPlan.window))
      }
    }
    return windows
  }
}

/// Runs a plan over bytes that pass by once, front to back. The plan's pieces ascend.
struct RunningHash: ~Copyable {
  private let steps: [HashPlan.Step]
  private var next = 0
  private var position: Int
  private var digest: MessageDigest

  /// - Parameter position: where the bytes of the first call lie.
  init(_ plan: HashPlan, _ algorithm: HashAlgorithm, from position: Int = 0) {
    steps = plan.steps
    self.position = position
    digest = MessageDigest(algorithm)
  }

  /// Passes over bytes that no step of the plan covers.
  mutating func skip(to end: Int) { position = end }

  /// The bytes that follow those of the last call.
  mutating func update(_ bytes: [UInt8]) {
    let end = position + bytes.count
    while next < steps.count {
      switch steps[next] {
      case .offset(let offset):
        var literal: [UInt8] = []
        literal.appendBigEndian(UInt64(offset))
        digest.update(literal)
        next += 1
      case .bytes(let range):
        guard range.lowerBound < end else {
          position = end
          return
        }
        let from = max(range.lowerBound, position) - position
        let to = min(range.upperBound, end) - position
        digest.update(bytes.span.extracting(from..<to))
        guard range.upperBound <= end else {
          position = end
          return
        }
        next += 1
      }
    }
    position = end
  }

  consuming func finalize() -> [UInt8] { digest.finalize() }
}
