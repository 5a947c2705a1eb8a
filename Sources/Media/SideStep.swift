import Glibc
import MediaJobs

/// A step of a job on a thread of its own: it takes items in their order out of a short queue, while
/// whoever feeds it prepares the next one.
///
/// Items change hands: whoever pushes one must not touch it again. That is what makes it safe to pass
/// libav's objects from thread to thread, which none of them could stand to be shared by.
final class SideStep<Item> {
  /// A few pictures: enough to even out what pictures cost, little enough to count in memory.
  static var queueLength: Int { 4 }

  private let queue: Queue
  private var thread: pthread_t?

  /// - Throws: `internal` where no thread can be had.
  init(_ body: @escaping (Item) throws(MediaRefusal) -> Void) throws(MediaRefusal) {
    queue = Queue(limit: Self.queueLength, body)
    var thread = pthread_t()
    let answer = pthread_create(
      &thread, nil,
      { queue in
        Unmanaged<AnyQueue>.fromOpaque(queue!).takeRetainedValue().run()
        return nil
      }, Unmanaged<AnyQueue>.passRetained(queue).toOpaque())
    guard answer == 0 else {
      Unmanaged<AnyQueue>.passUnretained(queue).release()
      throw MediaRefusal(.internal, "The job gets no thread of its own: error \(answer).")
    }
    self.thread = thread
  }

  /// A step that is given up drops what is still waiting.
  deinit {
    queue.drop()
    join()
  }

  /// Waits while the queue is full.
  ///
  /// - Throws: what the step itself threw, of this item or an earlier one.
  func push(_ item: Item) throws(MediaRefusal) { try queue.push(item) }

  /// Waits until everything has been taken.
  func finish() throws(MediaRefusal) {
    queue.close()
    join()
    if let failure = queue.failure { throw failure }
  }

  private func join() {
    guard let thread else { return }
    pthread_join(thread, nil)
    self.thread = nil
  }

  /// Shared with the thread; everything but `body` is looked at under the lock.
  private final class Queue: AnyQueue {
    private let limit: Int
    private let body: (Item) throws(MediaRefusal) -> Void
    private var items: [Item] = []
    private var isClosed = false
    private(set) var failure: MediaRefusal?

    init(limit: Int, _ body: @escaping (Item) throws(MediaRefusal) -> Void) {
      self.limit = limit
      self.body = body
    }

    func push(_ item: Item) throws(MediaRefusal) {
      lock()
      defer { unlock() }
      while items.count >= limit, failure == nil { wait() }
      if let failure { throw failure }
      items.append(item)
      wakeAll()
    }

    func close() {
      lock()
      isClosed = true
      wakeAll()
      unlock()
    }

    func drop() {
      lock()
      items = []
      isClosed = true
      wakeAll()
      unlock()
    }

    private func next() -> Item? {
      lock()
      defer { unlock() }
      while items.isEmpty, !isClosed { wait() }
      guard !items.isEmpty else { return nil }
      let item = items.removeFirst()
      wakeAll()
      return item
    }

    override func run() {
      while let item = next() {
        do throws(MediaRefusal) {
          try body(item)
        } catch {
          lock()
          failure = error
          items = []
          wakeAll()
          unlock()
          return
        }
      }
    }
  }
}

/// What a thread is started with, which cannot be generic.
private class AnyQueue {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  func run() {}

  final func lock() { pthread_mutex_lock(mutex) }
  final func unlock() { pthread_mutex_unlock(mutex) }
  final func wait() { pthread_cond_wait(condition, mutex) }
  final func wakeAll() { pthread_cond_broadcast(condition) }
}
