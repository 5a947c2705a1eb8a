import MediaJobs

/// Burns the visible mark into a clip.
enum Marker {
  static func run(
    _ request: MarkRequest, _ context: JobContext
  ) throws(MediaRefusal) -> MediaOutcome {
    throw MediaRefusal(.missingComponent, "This build of assay-media cannot mark clips yet.")
  }
}
