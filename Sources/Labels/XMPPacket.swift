import Bytes
import StrictXML

/// A property of XMP by its namespace and name.
public struct XMPProperty: Equatable, Sendable {
  public let namespace: String
  /// The prefix that its vocabulary prefers, used when it is written.
  public let prefix: String
  public let name: String

  /// IPTC Photo Metadata 2023.1 section 14: a URI of the digital source type vocabulary.
  public static let digitalSourceType = XMPProperty(
    namespace: "http://iptc.org/std/Iptc4xmpExt/2008-02-29/", prefix: "Iptc4xmpExt",
    name: "DigitalSourceType")
  /// The `AIGC` field in any format (TC260-PG-20259A).
  public static let aigc = XMPProperty(
    namespace: "http://www.tc260.org.cn/ns/AIGC/1.0/", prefix: "TC260", name: "AIGC")

  var qualified: String { "\(prefix):\(name)" }
}

/// An XMP packet (ISO 16684-1) whose text is kept as it is but for what is added or taken out.
public struct XMPPacket: Sendable {
  private static let rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"

  /// One value of a property, and the bytes that write it.
  private struct Occurrence {
    let property: XMLScanner.Name
    let value: String
    let range: Range<Int>
  }

  public private(set) var bytes: [UInt8]
  private var occurrences: [Occurrence] = []
  /// Where `</rdf:RDF>` begins, and the prefix it is written with.
  private var end = 0
  private var prefix = "rdf"
  /// What the packet describes, as its first description writes it.
  private var about = ""

  /// A packet that says nothing yet.
  public init() {
    bytes = Array(
      """
      <?xpacket begin="\u{FEFF}" id="W5M0MpCehiHzreSzNTczkc9d"?>\
      <x:xmpmeta xmlns:x="adobe:ns:meta/">\
      <rdf:RDF xmlns:rdf="\(Self.rdf)"></rdf:RDF></x:xmpmeta>\
      <?xpacket end="w"?>
      """.utf8)
    let mark = Array("</rdf:RDF>".utf8)
    end = bytes.indices.first { bytes.span.matches(mark, at: $0) } ?? 0
  }

  /// - Throws: `.invalidXMP` for a packet that is no well-formed UTF-8 XML with one `rdf:RDF`.
  public init(_ bytes: [UInt8]) throws(LabelError) {
    guard String(validating: bytes, as: UTF8.self) != nil, !bytes.contains(0) else {
      throw .invalidXMP(offset: 0, reason: "it is not in UTF-8")
    }
    self.bytes = bytes
    try scan()
  }

  private mutating func scan() throws(LabelError) {
    do throws(XMLError) { try read() } catch {
      throw .invalidXMP(offset: error.offset, reason: error.reason)
    }
  }

  private mutating func read() throws(XMLError) {
    occurrences = []
    var scanner = XMLScanner(bytes)
    /// Depth of the open `rdf:RDF`, and of a description right inside it.
    var root: Int?
    var description: Int?
    var property: (name: XMLScanner.Name, start: Int, depth: Int, text: String)?
    var roots = 0
    while let token = try scanner.next() {
      switch token {
      case .start(let name, let written, let attributes, let isEmpty):
        let depth = scanner.depth + (isEmpty ? 1 : 0)
        if name == .init(namespace: Self.rdf, local: "RDF") {
          roots += 1
          guard roots == 1, !isEmpty else {
            throw XMLError(
              offset: scanner.range.lowerBound, reason: "it has not one rdf:RDF with content")
          }
          root = depth
          prefix = written
        } else if let open = root, depth == open + 1,
          name == .init(namespace: Self.rdf, local: "Description")
        {
          for attribute in attributes {
            if attribute.name == .init(namespace: Self.rdf, local: "about") {
              if about.isEmpty { about = attribute.value }
            } else {
              occurrences.append(
                Occurrence(
                  property: attribute.name, value: attribute.value, range: attribute.range))
            }
          }
          description = isEmpty ? nil : depth
        } else if let open = description, depth == open + 1 {
          let resource = attributes.first {
            $0.name == .init(namespace: Self.rdf, local: "resource")
          }
          if isEmpty {
            occurrences.append(
              Occurrence(
                property: name, value: resource?.value ?? "", range: scanner.range))
          } else {
            property = (name, scanner.range.lowerBound, depth, "")
          }
        }
      case .text(let text):
        property?.text += text
      case .end(let name):
        let depth = scanner.depth + 1
        if let open = property, open.depth == depth {
          occurrences.append(
            Occurrence(
              property: name, value: Self.trimmed(open.text),
              range: open.start..<scanner.range.upperBound))
          property = nil
        }
        if depth == description { description = nil }
        if depth == root {
          root = nil
          end = scanner.range.lowerBound
        }
      }
    }
    guard roots == 1 else {
      throw XMLError(offset: 0, reason: "it has no rdf:RDF")
    }
  }

  /// The values of a property of what the packet describes; of lists and alternatives, the texts.
  public func values(of property: XMPProperty) -> [String] {
    occurrences.filter { Self.matches($0, property) }.map(\.value)
  }

  /// Gives a property one value, in place of any it has. All else stays byte for byte.
  public mutating func set(_ property: XMPProperty, to value: String) throws(LabelError) {
    guard values(of: property) != [value] else { return }
    let old = occurrences.filter { Self.matches($0, property) }.map(\.range)
    let description =
      "<\(prefix):Description \(prefix):about=\"\(Self.escaped(about))\" "
      + "xmlns:\(property.prefix)=\"\(property.namespace)\" "
      + "\(property.qualified)=\"\(Self.escaped(value))\"/>"
    // From the back, so that what is in front keeps its place.
    bytes.insert(contentsOf: Array(description.utf8), at: end)
    for range in old.sorted(by: { $0.lowerBound > $1.lowerBound }) { bytes.removeSubrange(range) }
    try scan()
  }

  private static func matches(_ occurrence: Occurrence, _ property: XMPProperty) -> Bool {
    occurrence.property == .init(namespace: property.namespace, local: property.name)
  }

  private static func trimmed(_ text: String) -> String {
    var text = text[...]
    while let first = text.first, first.isWhitespace { text.removeFirst() }
    while let last = text.last, last.isWhitespace { text.removeLast() }
    return String(text)
  }

  private static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "\n", "\r", "\t": result += "&#\(scalar.value);"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
