import Synchronization

/// How much one key may ask for: requests a minute, and requests at the same time.
///
/// A bucket of tokens that fills evenly, so that a burst is served and a flood is not.
final class RequestLimiter: Sendable {
  /// A thousand a second for two seconds' burst: far above honest polling, low enough that one key
  /// cannot take a machine of two cores from the others for long.
  static let defaultRequestsPerMinute = 120_000
  /// Requests that are being answered; a thousand leaves room for a fleet of pollers.
  static let defaultConcurrentRequests = 1024

  /// What the limits say of one request.
  struct Standing: Equatable, Sendable {
    let limit: Int
    let remaining: Int
    /// Until the bucket is full again.
    let resetMilliseconds: Int64
  }

  enum Answer: Equatable, Sendable {
    case admitted(Standing)
    /// Come back after so many milliseconds; at least 1.
    case tooMany(Standing, retryMilliseconds: Int64)
    case tooManyAtOnce(Standing)
  }

  /// Strangers' addresses are without number: full buckets of those who left are forgotten.
  private static let bucketLimit = 10_000

  private struct Bucket {
    var tokens: Double
    var updated: Int64
    var running = 0
  }

  let requestsPerMinute: Int
  let concurrentRequests: Int
  private let clock: @Sendable () -> Int64
  private let buckets = Mutex<[String: Bucket]>([:])

  /// - Parameter clock: milliseconds since 1970.
  init(
    requestsPerMinute: Int = RequestLimiter.defaultRequestsPerMinute,
    concurrentRequests: Int = RequestLimiter.defaultConcurrentRequests,
    clock: @escaping @Sendable () -> Int64 = WallClock.milliseconds
  ) {
    self.requestsPerMinute = requestsPerMinute
    self.concurrentRequests = concurrentRequests
    self.clock = clock
  }

  /// Counts one request of `tenant`. An admitted one is to be ended with `leave(_:)`.
  func enter(_ tenant: String) -> Answer {
    let now = clock()
    let capacity = Double(requestsPerMinute)
    return buckets.withLock { buckets in
      if buckets.count > Self.bucketLimit {
        // A minute fills any bucket.
        buckets = buckets.filter { $0.value.running > 0 || now - $0.value.updated < 60_000 }
      }
      var bucket = buckets[tenant] ?? Bucket(tokens: capacity, updated: now)
      let elapsed = Double(max(0, now - bucket.updated))
      bucket.tokens = min(capacity, bucket.tokens + elapsed * capacity / 60_000)
      bucket.updated = max(now, bucket.updated)
      defer { buckets[tenant] = bucket }
      guard bucket.running < concurrentRequests else {
        return .tooManyAtOnce(standing(bucket))
      }
      guard bucket.tokens >= 1 else {
        let wait = Int64(((1 - bucket.tokens) * 60_000 / capacity).rounded(.up))
        return .tooMany(standing(bucket), retryMilliseconds: max(1, wait))
      }
      bucket.tokens -= 1
      bucket.running += 1
      return .admitted(standing(bucket))
    }
  }

  func leave(_ tenant: String) {
    buckets.withLock { $0[tenant]?.running -= 1 }
  }

  private func standing(_ bucket: Bucket) -> Standing {
    let missing = Double(requestsPerMinute) - bucket.tokens
    return Standing(
      limit: requestsPerMinute, remaining: max(0, Int(bucket.tokens)),
      resetMilliseconds: Int64((missing * 60_000 / Double(requestsPerMinute)).rounded(.up)))
  }
}
