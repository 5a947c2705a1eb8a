import Glibc

/// Where files lie that are gone before the call that made them returns.
public enum TemporaryPlace {
  /// `$TMPDIR`, or `/tmp`.
  public static var folder: String {
    guard let named = unsafe getenv("TMPDIR") else { return "/tmp" }
    let path = unsafe String(cString: named)
    return path.isEmpty ? "/tmp" : path
  }

  /// Makes a folder of its own for `purpose`, which only this user can look into.
  public static func makeFolder(for purpose: String) throws(FileError) -> String {
    let path = "\(folder)/assay-\(purpose)-XXXXXX"
    var template = path.utf8CString
    let made = unsafe template.withUnsafeMutableBufferPointer { unsafe mkdtemp($0.baseAddress!) }
    guard unsafe made != nil else { throw FileError(writing: path, errorNumber: errno) }
    return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
