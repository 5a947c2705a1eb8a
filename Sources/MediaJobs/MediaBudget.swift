/// What one job may cost. The sandboxed process holds itself to the whole of it; the client holds
/// the process to the wall clock and the answers' size.
///
/// The defaults of `cpuSeconds`, `memoryBytes` and `outputBytes` are ceilings as well: the process
/// takes them on before it reads its job.
public struct MediaBudget: Equatable, Sendable {
  /// Width times height of one frame. 8K UHD video has 33 million; a picture of 16000 x 16000 takes
  /// 249 KB as PNG and 770 MB decoded.
  public var maximumPixels = 40_000_000
  /// A clip has two or three streams; a demuxer allocates for each one that a file claims.
  public var maximumStreams = 16
  /// Quarter of an hour: an order of magnitude above what video models make today.
  public var maximumSeconds = 900.0
  /// Two minutes of 4K at 30 Mbit/s are 450 MB.
  public var maximumInputBytes = 512 << 20
  /// After this the client kills the process. Drawing a 20 s clip takes about that long on one core;
  /// the rest is room for a busy machine.
  public var wallClockSeconds = 300.0
  /// Processor time over all threads (RLIMIT_CPU): two threads for the whole wall clock.
  public var cpuSeconds = 600
  /// Address space (RLIMIT_AS). Libraries take 0.4 GB of it, x264 at 1080p with look-ahead 0.5 GB.
  public var memoryBytes = 3 << 30
  /// Largest file written (RLIMIT_FSIZE).
  public var outputBytes = 1 << 30

  public init() {}

  /// For a picture somebody uploads: it decodes in under a second or not at all.
  public static var image: MediaBudget {
    var budget = MediaBudget()
    budget.maximumInputBytes = 64 << 20
    budget.wallClockSeconds = 30
    budget.cpuSeconds = 20
    budget.memoryBytes = 2 << 30
    return budget
  }
}
