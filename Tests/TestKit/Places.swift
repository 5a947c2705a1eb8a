import Foundation

/// Where a test finds things: the package, data that lies beside it, executables built with it.
public enum TestKit {
  /// The package's folder, without a trailing slash and with symbolic links resolved.
  public static let packageRoot: String = {
    let file = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
    return file.deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().path
  }()

  /// Conformance data that is too large to commit: `ASSAY_SHARED`, or the folder `shared` beside the
  /// package. Nil when neither is there: a test then says that it was skipped.
  public static let sharedDirectory: String? = {
    let candidates = [
      ProcessInfo.processInfo.environment["ASSAY_SHARED"], packageRoot + "/../shared",
    ]
    for case let candidate? in candidates where isDirectory(candidate) {
      return URL(fileURLWithPath: candidate).resolvingSymlinksInPath().path
    }
    return nil
  }()

  /// The path of `relative` inside the shared data, or nil when it is not there. Prints which test
  /// data is missing, so that a skipped test is never taken for a passed one.
  public static func shared(_ relative: String) -> String? {
    let path = sharedDirectory.map { $0 + "/" + relative }
    if let path, FileManager.default.fileExists(atPath: path) { return path }
    print("SKIPPED: no shared/\(relative); set ASSAY_SHARED to the folder that holds it")
    return nil
  }

  /// An executable of this package that was built beside the running test bundle, or nil when this
  /// run did not build it.
  public static func builtExecutable(named name: String) -> String? {
    guard
      let runner = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    else { return nil }
    let path = URL(fileURLWithPath: runner).deletingLastPathComponent().path + "/" + name
    return FileManager.default.isExecutableFile(atPath: path) ? path : nil
  }

  private static func isDirectory(_ path: String) -> Bool {
    var isDirectory: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
      && isDirectory.boolValue
  }
}
