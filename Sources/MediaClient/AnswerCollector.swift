import MediaJobs
import Pixels

extension MediaJob {
  fileprivate var mayAnswerResiduals: Bool {
    switch self {
    case .embed, .residual: true
    case .readBack(let request): request.residual
    case .probe, .sample, .decodeImage, .thumbnail, .still, .hear, .soundPrint, .speak,
      .synthesize, .mark, .markSound, .disclose:
      false
    }
  }

  fileprivate var mayAnswerSignatures: Bool {
    switch self {
    case .mark: true
    case .readBack(let request): request.signatures
    default: false
    }
  }
}

/// The answers to one job. The process that sends them may have been taken over by the file it read,
/// so everything is held against what was asked for.
struct AnswerCollector: Sendable {
  private let order: MediaOrder
  private let progress: (@Sendable (Double) -> Void)?
  private(set) var info: MediaInfo?
  private(set) var frames: [SampledFrame] = []
  private(set) var audio: [Float]?
  private(set) var signatureSums: [UInt32]?
  private(set) var soundPrint: [UInt32]?
  private(set) var residuals: [FloatPlane] = []
  private(set) var visibleMark: VisibleMarkReading?
  private(set) var thumbnail: [UInt8]?
  private(set) var sheet: [UInt8]?
  private(set) var outcome = MediaOutcome()
  private(set) var isFinished = false
  private var answers = 0

  /// Progress of a quarter of an hour at 60 frames a second, twice over.
  private static let answerLimit = 110_000
  private static let noteLimit = 64
  private static let signatureLength = 380
  private static let sampleRate = 16_000.0
  /// Chromaprint makes 8.07.
  private static let wordsPerSecond = 9.0
  /// The whole picture's and that inside its bars: 360 numbers on the short side, at most eight times
  /// as many on the other.
  private static let residualLimit = 2
  private static let residualSize = 360 * 360 * 8

  init(_ order: MediaOrder, progress: (@Sendable (Double) -> Void)?) {
    self.order = order
    self.progress = progress
  }

  mutating func take(_ message: MediaMessage) throws(MediaFailure) {
    let answer: MediaAnswer
    do {
      answer = try MediaAnswer(message)
    } catch {
      throw .crashed("its answer makes no sense: \(error)")
    }
    answers += 1
    guard answers <= Self.answerLimit else { throw .overBudget("it gave too many answers") }
    guard !isFinished else { throw .crashed("it went on after its last answer") }
    switch answer {
    case .progress(let fraction): progress?(fraction)
    case .info(let info):
      guard self.info == nil else { throw .crashed("it described the file twice") }
      self.info = info
    case .frame(let frame): try take(frame)
    case .audio(let samples):
      let count = (audio?.count ?? 0) + samples.count
      // A second on top for the resampler's tail.
      let isAskedFor =
        switch order.job {
        case .sample(let plan): plan.audio
        case .hear: true
        default: false
        }
      guard isAskedFor,
        Double(count) <= (order.budget.maximumSeconds + 2) * Self.sampleRate
      else { throw .overBudget("it sent more sound than was asked for") }
      audio = (audio ?? []) + samples
    case .soundPrint(let words):
      guard order.job == .soundPrint, soundPrint == nil,
        Double(words.count) <= (order.budget.maximumSeconds + 2) * Self.wordsPerSecond
      else { throw .overBudget("it sent more of a fingerprint than was asked for") }
      soundPrint = words
    case .signatureSums(let sums):
      guard order.job.mayAnswerSignatures, signatureSums == nil,
        sums.count == Self.signatureLength
      else { throw .overBudget("it sent more signatures than were asked for") }
      signatureSums = sums
    case .residual(let plane):
      guard order.job.mayAnswerResiduals, residuals.count < Self.residualLimit,
        plane.values.count <= Self.residualSize
      else { throw .overBudget("it sent more residuals than were asked for") }
      residuals.append(plane)
    case .visibleMark(let score, let seconds):
      guard case .readBack = order.job, visibleMark == nil else {
        throw .crashed("it spoke of a mark that nobody asked for")
      }
      visibleMark = VisibleMarkReading(lowestScore: score, at: seconds)
    case .thumbnail(let file):
      guard case .readBack(let request) = order.job, thumbnail == nil,
        Self.fits(file, sides: request.thumbnail.maximumSide, request.thumbnail.maximumSide)
      else { throw .overBudget("it sent more pictures than were asked for") }
      thumbnail = file
    case .sheet(let file):
      guard case .readBack(let request) = order.job, sheet == nil,
        Self.fits(
          file, sides: request.sheet.columns * request.sheet.tileSide,
          request.sheet.rows * request.sheet.tileSide)
      else { throw .overBudget("it sent more pictures than were asked for") }
      sheet = file
    case .done(let outcome):
      guard outcome.notes.count <= Self.noteLimit else { throw .overBudget("too many notes") }
      self.outcome = outcome
      isFinished = true
    case .failure(let refusal): throw .refused(refusal)
    }
  }

  private mutating func take(_ frame: SampledFrame) throws(MediaFailure) {
    let (count, side) =
      switch order.job {
      case .sample(let plan): (plan.maximumFrames, plan.maximumSide)
      case .decodeImage(let maximumSide): (1, maximumSide)
      default: (0, 0)
      }
    guard frames.count < count, max(frame.image.width, frame.image.height) <= side else {
      throw .overBudget("it sent more pictures than were asked for")
    }
    guard frame.time >= frames.last?.time ?? 0 else { throw .crashed("its times run backwards") }
    frames.append(frame)
  }

  /// A compressed picture is smaller than its pixels, plus room for a header.
  private static func fits(_ file: [UInt8], sides width: Int, _ height: Int) -> Bool {
    file.count <= 3 * width * height + 4096
  }

  func requireInfo() throws(MediaFailure) -> MediaInfo {
    guard let info else { throw .crashed("it did not describe the file") }
    return info
  }
}
