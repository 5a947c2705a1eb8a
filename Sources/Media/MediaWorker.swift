import CFFmpeg
import CSandbox
import Glibc
import MediaJobs

/// The inside of the sandbox: one job from standard input, answers to standard output, then the end.
///
/// Descriptor 3 is the input file where the job needs one, 4 the output file.
public enum MediaWorker {
  /// Highest descriptor that is kept, plus one.
  private static let firstClosedDescriptor: Int32 = 5
  /// Encoding keeps every processor busy for seconds, beside a server whose answers take
  /// milliseconds: the server goes first.
  private static let niceness: Int32 = 10
  /// What the process allows itself until the job's own, tighter budget has been read.
  private static let ceiling = MediaBudget()

  /// Exit codes: 0 when an answer was given (a refusal is one), 69 when the sandbox could not be set
  /// up, 64 for a call that makes no sense.
  public static func run(arguments: [String] = CommandLine.arguments) -> Int32 {
    _ = nice(niceness)
    enterSandbox()
    switch arguments.dropFirst().first {
    case nil: return work()
    case "selftest": return SelfTest.run()
    default:
      complain("assay-media takes its job on standard input; the only argument is \"selftest\".")
      return EX_USAGE
    }
  }

  /// There is no way around it: without the whole sandbox nothing is read.
  private static func enterSandbox() {
    let step = csandbox_enter(ceiling.limits, firstClosedDescriptor)
    guard step != 0 else { return }
    let sentence =
      "The sandbox cannot be set up: \(String(cString: csandbox_step_name(step))) failed "
      + "(\(String(cString: strerror(errno)))). assay-media needs Linux 5.13 or later with Landlock "
      + "and seccomp."
    complain(sentence)
    try? AnswerWriter(descriptor: STDOUT_FILENO).send(
      .failure(MediaRefusal(.sandboxUnavailable, sentence)))
    exit(EX_UNAVAILABLE)
  }

  private static func work() -> Int32 {
    let answers = AnswerWriter(descriptor: STDOUT_FILENO)
    do throws(MediaRefusal) {
      do throws(MediaRefusal) {
        let order = try readOrder()
        guard csandbox_lower_limits(order.budget.limits) == 0 else {
          throw MediaRefusal(.internal, "The job's limits cannot be set: error \(errno).")
        }
        FFmpegLog.install
        av_max_alloc(Int(order.budget.memoryBytes / 2))
        let context = JobContext(
          budget: order.budget, deadline: Deadline(seconds: order.budget.wallClockSeconds),
          answers: answers)
        try answers.send(.done(try perform(order.job, context)))
      } catch {
        try answers.send(.failure(error))
      }
      return EX_OK
    } catch {
      complain(error.sentence)
      return EX_SOFTWARE
    }
  }

  private static func perform(
    _ job: MediaJob, _ context: JobContext
  ) throws(MediaRefusal) -> MediaOutcome {
    switch job {
    case .probe: try Prober.run(context)
    case .sample(let plan): try Sampler.run(plan, context)
    case .decodeImage(let maximumSide): try ImageDecoder.run(maximumSide: maximumSide, context)
    case .thumbnail(let request): try Thumbnailer.run(request, context)
    case .still(let request): try Still.run(request, context)
    case .hear: try Hearer.run(context)
    case .soundPrint: try SoundPrinter.run(context)
    case .speak(let request): try Speaker.run(request, context)
    case .synthesize(let request): try Synthesizer.run(request, context)
    case .mark(let request): try Marker.run(request, context)
    case .readBack(let request): try ReadBacker.run(request, context)
    case .embed(let request): try Marker.run(request, context)
    case .residual: try ResidualReader.run(context)
    case .markSound(let request): try SoundMarker.run(request, context)
    case .disclose(let request): try Discloser.run(request, context)
    }
  }

  private static func readOrder() throws(MediaRefusal) -> MediaOrder {
    var decoder = MediaMessageDecoder()
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    do throws(MediaWireError) {
      while true {
        if let message = try decoder.next() { return try MediaOrder(message) }
        let got = read(STDIN_FILENO, &buffer, buffer.count)
        if got < 0, errno == EINTR { continue }
        guard got > 0 else { throw MediaWireError("standard input ended before the job did") }
        decoder.append(buffer[..<got])
      }
    } catch {
      throw MediaRefusal(.badRequest, "The job cannot be read: \(error).")
    }
  }

  private static func complain(_ sentence: String) {
    let line = Array((sentence + "\n").utf8)
    _ = line.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress!, $0.count) }
  }
}

extension MediaBudget {
  fileprivate var limits: csandbox_limits {
    csandbox_limits(
      cpu_seconds: UInt64(max(cpuSeconds, 1)), memory_bytes: UInt64(max(memoryBytes, 0)),
      file_bytes: UInt64(max(outputBytes, 0)))
  }
}
