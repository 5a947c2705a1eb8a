import StrictJSON

/// A clip as `assay fingerprint` prints it: `{"file", "vpdq": ["HASH,QUALITY,SECONDS", …]}`. Each frame
/// with enough to see is a picture to be known again.
enum VideoHashList {
  static func page(_ json: JSONValue) throws(KnownMediaFailure) -> KnownMediaPage {
    guard let file = json["file"]?.string, let lines = json["vpdq"]?.array else {
      throw KnownMediaFailure(format: "vpdq", reason: "there are no file and vpdq")
    }
    var hashes: [KnownHash] = []
    for line in lines {
      guard let frame = line.string.flatMap(VideoHash.Frame.init(line:)) else {
        throw KnownMediaFailure(format: "vpdq", reason: "a frame is not HASH,QUALITY,SECONDS")
      }
      let hash = KnownHash.pdq(frame.hash)
      if frame.quality >= PDQ.reliableQuality, !hashes.contains(hash) { hashes.append(hash) }
    }
    var page = KnownMediaPage()
    // Without a frame worth comparing nothing is taken: an entry without hashes would be a removal.
    if !hashes.isEmpty { page.updates = [KnownMediaUpdate(id: "vpdq/\(file)", hashes: hashes)] }
    return page
  }
}
