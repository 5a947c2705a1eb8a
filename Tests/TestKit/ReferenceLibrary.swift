import Foundation

extension TestKit {
  /// A Python that has `c2pa-python`, the reference library of C2PA: `ASSAY_C2PA_PYTHON`, or what
  /// `Scripts/python-tools` installed. Nil, and said aloud once, where there is none.
  public static let referencePython: String? = {
    let path =
      ProcessInfo.processInfo.environment["ASSAY_C2PA_PYTHON"]
      ?? packageRoot + "/.tools/venv/bin/python"
    if FileManager.default.isExecutableFile(atPath: path) { return path }
    print("SKIPPED: no \(path); run Scripts/python-tools to compare with c2pa-python")
    return nil
  }()
}
