public import Evidence
public import Pixels
import Synchronization

/// Reads what is written in a picture: titles, signs, captions, by models for Chinese, Japanese, English
/// and other languages in Latin letters.
public final class PictureReader: Sendable {
  /// What a picture says.
  public enum Answer: Equatable, Sendable {
    /// Lines from the top, each as the model is sure of it; empty for a picture without text.
    case lines([String])
    case unknown(UnknownReason)
  }

  /// A title page has some ten lines. A picture with more is a page of a book, and reading it would
  /// take seconds.
  private static let lineLimit = 64
  /// Below this a line is a pattern that looks like letters.
  private static let surest = 0.7

  private let store: ModelStore
  private let pool: InferencePool
  private let recognizer = Mutex<TextRecognizer?>(nil)

  public init(store: ModelStore, pool: InferencePool = .frames) {
    self.store = store
    self.pool = pool
  }

  /// Never throws: what could not be read is unknown with a reason. About 70 ms, and 30 ms a line.
  public func read(_ image: RGBImage) async -> Answer {
    await pool.run { self.lines(in: image) }
      ?? .unknown(.notEvaluated("too many pictures wait for the classifiers"))
  }

  /// Loads the models now, so that the first picture does not wait for them.
  public func warmUp() async {
    if let grey = RGBImage(width: 1, height: 1, pixels: [128, 128, 128]) { _ = await read(grey) }
    _ = try? loaded()
  }

  /// The models' name and hash.
  public var model: ModelIdentity? { store.identity(of: .reading) }

  private func lines(in image: RGBImage) -> Answer {
    do {
      let found = try TextDetector.lines(in: image, store.session(.reading, "det.onnx"))
      guard found.count <= Self.lineLimit else {
        return .unknown(.notEvaluated("the picture has more than \(Self.lineLimit) lines of text"))
      }
      var lines: [String] = []
      for line in found {
        let (text, sureness) = try loaded().read(line, in: image)
        if sureness >= Self.surest, text.contains(where: { $0.isLetter || $0.isNumber }) {
          lines.append(text)
        }
      }
      return .lines(lines)
    } catch let error as ModelError {
      return .unknown(error.unknown)
    } catch {
      return .unknown(.failed("a reading model failed: \(error)"))
    }
  }

  private func loaded() throws(ModelError) -> TextRecognizer {
    if let recognizer = recognizer.withLock({ $0 }) { return recognizer }
    let loaded = try TextRecognizer(store: store)
    recognizer.withLock { $0 = loaded }
    return loaded
  }
}
