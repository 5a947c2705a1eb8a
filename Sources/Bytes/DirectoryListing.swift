import Glibc

/// The names in a folder.
public enum DirectoryListing {
  /// Names of the entries of `path` that end in `suffix`, in ascending order of their UTF-8, without
  /// `.` and `..`.
  public static func names(in path: String, suffix: String = "") throws(FileError) -> [String] {
    guard let stream = unsafe opendir(path) else {
      throw FileError(path: path, errorNumber: errno)
    }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    while let entry = unsafe readdir(stream) {
      let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { raw in
        unsafe String(decoding: raw.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != "..", name.hasSuffix(suffix) { names.append(name) }
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}
