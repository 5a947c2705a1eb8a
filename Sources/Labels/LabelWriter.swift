public import Bytes
public import Containers

/// Writes machine-readable labels into a file. They come before Content Credentials, whose hash then
/// covers them.
public enum LabelWriter {
  /// A file with its labels, readable before it is written anywhere.
  public struct Labelled: Sendable {
    public fileprivate(set) var asset: any ByteSource
    /// Where labels were put, for people.
    public fileprivate(set) var places: [String]
    /// Places that were left alone, and why.
    public fileprivate(set) var notes: [String]
  }

  /// `source` with `labels`, and all other metadata as it was.
  ///
  /// - Parameter replacing: whether labels that say something else give way. Without it the file is
  ///   refused; a label to which only its propagator is added says nothing else.
  /// - Throws: `.conflict`, `.unsupported` where the format has no place, `.invalidXMP`.
  public static func labelled(
    _ source: any ByteSource, format: AssetFormat, labels: MediaLabels, replacing: Bool = false
  ) throws(LabelError) -> Labelled {
    guard !labels.isEmpty else { return Labelled(asset: source, places: [], notes: []) }
    if case .bmff(let brand) = format, NamedText.place(in: format) == nil {
      // Their XMP is an item of the meta box, which is not written here.
      throw .unsupported(format: AssetFormat.bmff(brand: brand).name)
    }
    let reading = LabelReading(source, format: format)
    if let problem = reading.problems.first { throw problem }
    if !replacing { try check(reading, labels) }
    var labelled = Labelled(asset: source, places: [], notes: [])
    if let label = labels.aigc { try name(label, in: &labelled, format) }
    try describe(labels, in: &labelled, format)
    return labelled
  }

  /// A label that says something else is not written over.
  private static func check(_ reading: LabelReading, _ labels: MediaLabels) throws(LabelError) {
    if let term = labels.sourceType {
      for found in reading.sourceTypes where found.term != term {
        throw .conflict(field: "DigitalSourceType", existing: found.uri)
      }
    }
    if let label = labels.aigc {
      for found in reading.aigc {
        if let existing = try? found.label.get(), existing.isContinued(by: label) { continue }
        throw .conflict(field: "AIGC label (\(found.place))", existing: found.text)
      }
    }
  }

  /// Into the container's own place for such a text.
  private static func name(
    _ label: AIGCLabel, in labelled: inout Labelled, _ format: AssetFormat
  ) throws(LabelError) {
    guard let place = NamedText.place(in: format) else { return }
    let source = labelled.asset
    let taken = try contained { () throws(ContainerError) in
      try NamedText.read(AIGCLabel.fieldName, in: source, format: format)
    }
    if NamedText.isUnnamed(in: format),
      taken.contains(where: { !LabelReading.claimsToBeLabel($0.text) })
    {
      labelled.notes.append("\(place) holds another text and is left as it is")
      return
    }
    labelled.asset = try contained { () throws(ContainerError) in
      try NamedText.replacing(
        source, format: format, name: AIGCLabel.fieldName, text: label.text)
    }
    labelled.places.append("\(place) \(AIGCLabel.fieldName)")
  }

  /// Into the XMP packet, which is kept but for these two properties.
  private static func describe(
    _ labels: MediaLabels, in labelled: inout Labelled, _ format: AssetFormat
  ) throws(LabelError) {
    let source = labelled.asset
    let old = try contained { () throws(ContainerError) in
      try XMPCarrier.packet(in: source, format: format)
    }
    var packet = XMPPacket()
    if let old { packet = try XMPPacket(old) }
    if let term = labels.sourceType {
      try packet.set(.digitalSourceType, to: term.uri)
      labelled.places.append("XMP DigitalSourceType")
    }
    if let label = labels.aigc {
      try packet.set(.aigc, to: label.text)
      labelled.places.append("XMP \(AIGCLabel.fieldName)")
    }
    let bytes = packet.bytes
    labelled.asset = try contained { () throws(ContainerError) in
      try XMPCarrier.replacing(source, format: format, packet: bytes)
    }
  }

  private static func contained<Value>(
    _ work: () throws(ContainerError) -> Value
  ) throws(LabelError) -> Value {
    do { return try work() } catch { throw .container(error) }
  }
}
