/// Where the manifest store of a file may lie that carries none itself (C2PA 2.5 section 11.4).
/// Nothing here touches the network or the disk.
public enum DetachedManifest {
  /// The address that an HTTP response named in a `Link` header with `rel="c2pa-manifest"`
  /// (RFC 8288), from its header lines as they were saved.
  public static func address(inHeaders text: String) -> String? {
    for line in text.split(whereSeparator: \.isNewline) {
      guard let colon = line.firstIndex(of: ":"),
        line[..<colon].trimmed.lowercased() == "link"
      else { continue }
      for link in links(line[line.index(after: colon)...]) where isManifest(link.parameters) {
        return link.address
      }
    }
    return nil
  }

  /// Names of files beside the one at `path` that may be its manifest store, the likeliest first:
  /// what `address` calls it, `name.ext.c2pa`, `name.c2pa`.
  public static func sidecarPaths(for path: String, address: String? = nil) -> [String] {
    let slash = path.lastIndex(of: "/")
    let folder = slash.map { String(path[...$0]) } ?? ""
    let name = slash.map { path[path.index(after: $0)...] } ?? path[...]
    var names: [String] = []
    if let address, let last = lastStep(address), last.hasSuffix(".c2pa") { names.append(last) }
    names.append("\(name).c2pa")
    if let dot = name.lastIndex(of: "."), dot > name.startIndex {
      names.append("\(name[..<dot]).c2pa")
    }
    return names.filter { $0 != name }.map { folder + $0 }
  }

  /// The file name at the end of a URL's path, if it can only be one in the same folder.
  private static func lastStep(_ address: String) -> String? {
    let path = address.prefix { $0 != "?" && $0 != "#" }
    guard let slash = path.lastIndex(of: "/") else { return nil }
    let last = path[path.index(after: slash)...]
    let isPlain = last.utf8.allSatisfy {
      (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
        || $0 == 0x2D || $0 == 0x2E || $0 == 0x5F
    }
    return isPlain && !last.hasPrefix(".") ? String(last) : nil
  }

  /// Each `<address>; parameters` of a header's value. Commas part them, but not inside an address
  /// or a quoted parameter.
  private static func links(_ value: Substring) -> [(address: String, parameters: Substring)] {
    var result: [(address: String, parameters: Substring)] = []
    var rest = value
    while let open = rest.firstIndex(of: "<"), let close = rest[open...].firstIndex(of: ">") {
      let address = String(rest[rest.index(after: open)..<close])
      var end = rest.index(after: close)
      var isQuoted = false
      while end < rest.endIndex, isQuoted || rest[end] != "," {
        if rest[end] == "\"" { isQuoted.toggle() }
        end = rest.index(after: end)
      }
      result.append((address, rest[rest.index(after: close)..<end]))
      rest = rest[end...]
    }
    return result
  }

  private static func isManifest(_ parameters: Substring) -> Bool {
    parameters.split(separator: ";").contains { parameter in
      guard let equals = parameter.firstIndex(of: "="),
        parameter[..<equals].trimmed.lowercased() == "rel"
      else { return false }
      return parameter[parameter.index(after: equals)...].trimmed
        .split { $0 == "\"" || $0 == " " }.contains("c2pa-manifest")
    }
  }
}

extension Substring {
  fileprivate var trimmed: Substring {
    var text = drop { $0 == " " || $0 == "\t" }
    while text.last == " " || text.last == "\t" { text.removeLast() }
    return text
  }
}
