import ArgumentParser
import Labels
import VerifyCommands

/// The labels that `label` and `sign` write, as the command line says them.
struct LabelOptions: ParsableArguments {
  @Option(
    name: .customLong("label"),
    help: """
      IPTC's digital source type: trainedAlgorithmicMedia, compositeWithTrainedAlgorithmicMedia or \
      algorithmicMedia.
      """)
  var sourceType: String?
  @Option(help: "China's AIGC field: name or code of the service that made the content.")
  var aigcProducer: String?
  @Option(help: "The producer's own number for this content.") var aigcID: String?
  @Option(help: "1 is AI made, 2 possibly, 3 suspected.") var aigcClaim = "1"
  @Option(help: "Name or code of the service that passes the content on.")
  var aigcPropagator: String?
  @Option(help: "The propagator's own number.") var aigcPropagateID: String?
  @Flag(help: "Write over labels that say something else.") var replaceLabels = false

  func validate() throws {
    if let sourceType, DigitalSourceTerm(rawValue: sourceType) == nil {
      let known = DigitalSourceTerm.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("--label takes one of \(known), not \(sourceType)")
    }
    guard AIGCLabel.Claim(rawValue: aigcClaim) != nil else {
      throw ValidationError("--aigc-claim is 1, 2 or 3")
    }
    if (aigcProducer == nil) != (aigcID == nil) {
      throw ValidationError("give --aigc-producer and --aigc-id together")
    }
    if (aigcPropagator == nil) != (aigcPropagateID == nil) {
      throw ValidationError("give --aigc-propagator and --aigc-propagate-id together")
    }
    if replaceLabels, sourceType == nil, aigcProducer == nil {
      throw ValidationError("--replace-labels needs a label to write")
    }
  }

  var isEmpty: Bool { sourceType == nil && aigcProducer == nil && aigcPropagator == nil }

  /// The labels to write. A propagator without a producer is added to the file's own label.
  func labels(continuing existing: AIGCLabel?) throws -> MediaLabels {
    var labels = MediaLabels(sourceType: sourceType.flatMap { DigitalSourceTerm(rawValue: $0) })
    if let aigcProducer, let aigcID {
      labels.aigc = AIGCLabel(
        claim: AIGCLabel.Claim(rawValue: aigcClaim) ?? .generated, contentProducer: aigcProducer,
        produceID: aigcID)
    } else if aigcPropagator != nil {
      guard let existing else {
        throw CommandFailure(
          64, "the file has no AIGC label to add a propagator to: give --aigc-producer")
      }
      labels.aigc = existing
    }
    if let aigcPropagator, let aigcPropagateID {
      labels.aigc?.contentPropagator = aigcPropagator
      labels.aigc?.propagateID = aigcPropagateID
    }
    return labels
  }
}
