public import Evidence
public import Pixels

/// Whether a picture shows faces, and whether one of them looks younger than eighteen.
///
/// Nobody is recognised: a face is where one is, and no more. What is drawn well is a face too.
public final class FaceClassifier: Sendable {
  /// A narrower face shows too little for a guess at an age.
  private static let smallestFace: Float = 20
  /// Faces whose age is guessed; the surest of a crowd.
  private static let faceLimit = 20

  private let store: ModelStore
  private let pool: InferencePool

  public init(store: ModelStore, pool: InferencePool = .frames) {
    self.store = store
    self.pool = pool
  }

  /// `face` (the surest face's score) and `apparent_minor` (the probability that the youngest-looking
  /// is under eighteen) of check `faces`; unknown with a reason where that could not be told. About
  /// 16 ms for 640 x 360 pixels, and 2 ms a face.
  public func signals(for image: RGBImage) async -> [Signal] {
    await pool.run { self.judge(image) }
      ?? both(.unknown(.notEvaluated("too many pictures wait for the classifiers")))
  }

  /// Loads the models now, so that the first picture does not wait for them.
  public func warmUp() async {
    if let grey = RGBImage(width: 1, height: 1, pixels: [128, 128, 128]) {
      _ = await signals(for: grey)
    }
    _ = try? store.session(.apparentAge, "age.onnx")
  }

  private func judge(_ image: RGBImage) -> [Signal] {
    do {
      let faces = try FaceDetector.faces(
        in: image, store.session(.faces, "centerface.onnx"))
      return [
        signal("face", .score(Double(faces.first?.score ?? 0)), .faces),
        signal("apparent_minor", try minority(faces, image), .apparentAge),
      ]
    } catch let error as ModelError {
      return both(.unknown(error.unknown))
    } catch {
      return both(.unknown(.failed("a face model failed: \(error)")))
    }
  }

  private func minority(_ faces: [Face], _ image: RGBImage) throws -> Signal.Value {
    var highest = 0.0
    for face in faces.prefix(Self.faceLimit) {
      guard face.width >= Self.smallestFace else {
        return .unknown(.notEvaluated("a face is too small to guess an age"))
      }
      let session = try store.session(.apparentAge, "age.onnx")
      highest = max(highest, try ApparentAge.minority(of: face, in: image, session))
    }
    return .score(highest)
  }

  private func both(_ value: Signal.Value) -> [Signal] {
    [signal("face", value, .faces), signal("apparent_minor", value, .apparentAge)]
  }

  private func signal(_ name: String, _ value: Signal.Value, _ part: ModelStore.Part) -> Signal {
    Signal(name: name, value: value, check: "faces", model: store.identity(of: part))
  }
}
