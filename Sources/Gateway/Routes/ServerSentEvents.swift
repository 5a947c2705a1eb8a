import HTTPTypes
import Hummingbird
import NIOCore
import StrictJSON

extension Response {
  /// Server-sent events that are all known already: an output is judged as a whole, so that there is
  /// nothing to tell before its end.
  init(events: [JSONValue]) {
    var text = ""
    for event in events {
      if let type = event["type"]?.string { text += "event: \(type)\n" }
      text += "data: \(event.compact)\n\n"
    }
    self.init(
      status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-cache"],
      body: .init(byteBuffer: ByteBuffer(string: text)))
  }
}
