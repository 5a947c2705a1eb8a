import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// Takes a request to a server and brings its answer back.
protocol RemoteTransport: Sendable {
  /// - Throws: for anything but an answer with a status; must give up when its task is cancelled.
  func post(
    _ url: String, headers: [(String, String)], body: [UInt8], timeout: Duration
  ) async throws(RemoteFault) -> (status: Int, body: [UInt8])
}

/// The real way out.
struct HTTPTransport: RemoteTransport {
  private let client: HTTPClient

  init(client: HTTPClient = .shared) { self.client = client }

  func post(
    _ url: String, headers: [(String, String)], body: [UInt8], timeout: Duration
  ) async throws(RemoteFault) -> (status: Int, body: [UInt8]) {
    var request = HTTPClientRequest(url: url)
    request.method = .POST
    for (name, value) in headers { request.headers.add(name: name, value: value) }
    request.body = .bytes(ByteBuffer(bytes: body))
    let call = request
    do {
      // One clock for the whole answer: a server that drips bytes does not buy time.
      return try await withThrowingTaskGroup(of: (Int, [UInt8])?.self) { group in
        group.addTask {
          let response = try await client.execute(call, deadline: .distantFuture)
          let answer = try await response.body.collect(upTo: RemoteBody.byteLimit)
          return (Int(response.status.code), Array(answer.readableBytesView))
        }
        group.addTask {
          try await Task.sleep(for: timeout)
          return nil
        }
        defer { group.cancelAll() }
        guard let first = try await group.next(), let answer = first else {
          throw RemoteFault(kind: .late, detail: "no answer in time")
        }
        return answer
      }
    } catch let fault as RemoteFault {
      throw fault
    } catch let error as HTTPClientError {
      let isLate = error == .deadlineExceeded || error == .readTimeout || error == .connectTimeout
      throw RemoteFault(kind: isLate ? .late : .passing, detail: "\(error)")
    } catch is NIOTooManyBytesError {
      throw RemoteFault(kind: .lasting, detail: "its answer is too long")
    } catch {
      throw RemoteFault(kind: .passing, detail: "\(error)")
    }
  }
}
