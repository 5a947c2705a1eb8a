import MediaJobs

/// Draws a clip from a prompt.
enum Synthesizer {
  static func run(
    _ request: SynthesisRequest, _ context: JobContext
  ) throws(MediaRefusal) -> MediaOutcome {
    throw MediaRefusal(.missingComponent, "This build of assay-media cannot draw clips yet.")
  }
}
