public import Bytes

/// The tracks of an ISO base media file.
public enum BMFFTrack {
  /// Number of the first track (`tkhd`, ISO/IEC 14496-12 section 8.3.2); 1 where the file names none.
  public static func firstID(in source: any ByteSource) throws(ContainerError) -> Int {
    let tree = try BMFFBoxTree(source)
    guard let header = tree.boxes(at: "/moov/trak/tkhd")?.first else { return 1 }
    var reader = FieldReader(
      try source.upTo(min(24, header.payload.count), at: header.payload.lowerBound),
      at: header.payload.lowerBound)
    let version = try reader.read(1)
    try reader.skip(version == 1 ? 19 : 11)
    return try reader.read(4)
  }
}
