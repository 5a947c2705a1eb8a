import MediaJobs
enum Sampler {
  static func run(_ plan: SamplePlan, _ context: JobContext) throws(MediaRefusal) -> MediaOutcome {
    throw MediaRefusal(.missingComponent, "not yet")
  }
}
enum ImageDecoder {
  static func run(maximumSide: Int, _ context: JobContext) throws(MediaRefusal) -> MediaOutcome {
    throw MediaRefusal(.missingComponent, "not yet")
  }
}
enum Thumbnailer {
  static func run(_ request: ThumbnailRequest, _ context: JobContext) throws(MediaRefusal) -> MediaOutcome {
    throw MediaRefusal(.missingComponent, "not yet")
  }
}
