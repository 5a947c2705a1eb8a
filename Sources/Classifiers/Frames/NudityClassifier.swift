public import Evidence
public import Pixels
import Synchronization

/// Open-NSFW (Yahoo, 2016): how likely a picture is pornographic.
///
/// It sees nudity as pornography shows it and nothing else: no violence, no drawn nudity for sure.
/// One fixed pipeline, because the network is sensitive to it: resize to 256 x 256 (triangle
/// filter), centre crop to 224 x 224, BGR minus the training mean. Thresholds hold for this only.
public final class NudityClassifier: Sendable {
  private static let resized = 256
  private static let cropped = 224
  /// Blue, green, red means of the training set.
  private static let mean: [Float] = [104, 117, 123]

  private let store: ModelStore
  private let pool: InferencePool

  public init(store: ModelStore, pool: InferencePool = .frames) {
    self.store = store
    self.pool = pool
  }

  /// `nudity` of check `nudity`; unknown with a reason when it could not be judged. About 20 ms.
  public func signal(for image: RGBImage) async -> Signal {
    await pool.run { self.judge(image) }
      ?? signal(.unknown(.notEvaluated("too many pictures wait for the classifiers")))
  }

  /// Loads the model now, so that the first picture does not wait for it.
  public func warmUp() async {
    if let grey = RGBImage(width: 1, height: 1, pixels: [128, 128, 128]) {
      _ = await signal(for: grey)
    }
  }

  private func judge(_ image: RGBImage) -> Signal {
    do {
      let session = try store.session(.nudity, "open_nsfw.onnx")
      let input = try Tensor(
        Self.pixels(of: image), shape: [1, Self.cropped, Self.cropped, 3])
      // The names of the graph's one input and one output, as exported.
      let output = try session.run([("input_0", input)], outputs: ["4195"])
      guard let score = output[0].floats.last, output[0].floats.count == 2 else {
        return signal(.unknown(.failed("the nudity model gave no pair of scores")))
      }
      return signal(.score(Double(score)))
    } catch let error as ModelError {
      return signal(.unknown(error.unknown))
    } catch {
      return signal(.unknown(.failed("the nudity model failed: \(error)")))
    }
  }

  private func signal(_ value: Signal.Value) -> Signal {
    Signal(
      name: "nudity", value: value, check: "nudity", model: store.identity(of: .nudity))
  }

  /// Rows of B, G, R floats.
  static func pixels(of image: RGBImage) -> [Float] {
    let small = image.resized(width: resized, height: resized)
    let border = (resized - cropped) / 2
    var values: [Float] = []
    values.reserveCapacity(cropped * cropped * 3)
    for y in border..<border + cropped {
      for x in border..<border + cropped {
        let index = (y * resized + x) * 3
        for channel in 0..<3 {
          values.append(Float(small.pixels[index + 2 - channel]) - mean[channel])
        }
      }
    }
    return values
  }
}
