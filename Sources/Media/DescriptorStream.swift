import CFFmpeg
import Glibc
import MediaJobs

/// An AVIOContext over an inherited descriptor: libav never sees a name, so there is nothing else
/// that it could open. Position is kept here (`pread`, `pwrite`), so that two streams over one
/// descriptor do not disturb each other.
final class DescriptorStream {
  enum Direction { case reading, writing }

  private static let bufferLength: Int32 = 64 << 10

  let descriptor: Int32
  let deadline: Deadline
  private(set) var context: UnsafeMutablePointer<AVIOContext>!
  private var position: Int64 = 0
  /// Set when the disk, not the data, is at fault.
  private(set) var errorNumber: Int32 = 0

  init(
    _ descriptor: Int32, _ direction: Direction, deadline: Deadline
  ) throws(MediaRefusal) {
    self.descriptor = descriptor
    self.deadline = deadline
    let buffer = try FFmpeg.allocated(av_malloc(Int(Self.bufferLength)))
    let allocated = avio_alloc_context(
      buffer.assumingMemoryBound(to: UInt8.self), Self.bufferLength,
      direction == .writing ? 1 : 0, Unmanaged.passUnretained(self).toOpaque(),
      { opaque, into, count in DescriptorStream.from(opaque).read(into, count) },
      { opaque, bytes, count in DescriptorStream.from(opaque).write(bytes, count) },
      { opaque, offset, whence in DescriptorStream.from(opaque).seek(offset, whence) })
    guard let allocated else {
      av_free(buffer)
      throw MediaRefusal(.tooLarge, "The job needs more memory than it may use.")
    }
    context = allocated
  }

  deinit {
    guard context != nil else { return }
    av_freep(&context.pointee.buffer)
    avio_context_free(&context)
  }

  /// Bytes of the file; nil when the descriptor is no regular file.
  static func size(of descriptor: Int32) -> Int? {
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return Int(status.st_size)
  }

  private static func from(_ opaque: UnsafeMutableRawPointer?) -> DescriptorStream {
    Unmanaged<DescriptorStream>.fromOpaque(opaque!).takeUnretainedValue()
  }

  private func read(_ into: UnsafeMutablePointer<UInt8>?, _ count: Int32) -> Int32 {
    if deadline.isPast { return cffmpeg_error_exit() }
    while true {
      let got = pread(descriptor, into, Int(count), off_t(position))
      if got > 0 {
        position += Int64(got)
        return Int32(got)
      }
      if got == 0 { return FFmpeg.end }
      if errno != EINTR { return fail() }
    }
  }

  private func write(_ bytes: UnsafeMutablePointer<UInt8>?, _ count: Int32) -> Int32 {
    if deadline.isPast { return cffmpeg_error_exit() }
    var written = 0
    while written < Int(count) {
      let wrote = pwrite(descriptor, bytes! + written, Int(count) - written, off_t(position))
      if wrote < 0 {
        if errno == EINTR { continue }
        return fail()
      }
      written += wrote
      position += Int64(wrote)
    }
    return count
  }

  private func seek(_ offset: Int64, _ whence: Int32) -> Int64 {
    let end = Self.size(of: descriptor).map(Int64.init)
    let target: Int64?
    switch whence & ~AVSEEK_FORCE {
    case AVSEEK_SIZE: return end ?? Int64(fail())
    case SEEK_SET: target = offset
    case SEEK_CUR: target = Self.sum(position, offset)
    case SEEK_END: target = end.flatMap { Self.sum($0, offset) }
    default: target = nil
    }
    guard let target, target >= 0 else { return Int64(cffmpeg_error_io()) }
    position = target
    return target
  }

  private static func sum(_ position: Int64, _ offset: Int64) -> Int64? {
    let (sum, overflow) = position.addingReportingOverflow(offset)
    return overflow ? nil : sum
  }

  private func fail() -> Int32 {
    errorNumber = errno
    return cffmpeg_error_io()
  }
}
