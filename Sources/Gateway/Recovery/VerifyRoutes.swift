import AsyncHTTPClient
import Bytes
import C2PA
import HTTPTypes
import Hummingbird
import MediaClient
import MediaJobs
import Moderation
import NIOCore
import NIOHTTP1
import NIOPosix
import OutputStore
import Pixels
import Provenance
import StrictJSON

/// `/verify`: anybody drops a file and reads whose it is. No key, no script, nothing kept; for programs
/// the same in JSON.
///
/// Answers are verdicts, never scores: a detector that says how sure it is teaches how to remove marks.
struct VerifyRoutes: Sendable {
  /// From one address, and from all of the internet together: each look decodes a file twice.
  static let looksPerMinute = 20
  static let looksOfAllPerMinute = 120
  /// Each keeps a processor busy for a second or a few.
  static let looksAtOnce = 4
  /// A name and a server's answer must not take longer.
  private static let fetchTimeout = TimeAmount.seconds(30)
  private static let pictureSide = 320

  let examining: FileExamining
  /// Nil where no addresses are fetched.
  let fetching: AddressGuard?
  private let visitors = RequestLimiter(
    requestsPerMinute: looksPerMinute, concurrentRequests: 2)
  private let everybody = RequestLimiter(requestsPerMinute: looksOfAllPerMinute)
  private let gate = AdmissionGate(limit: looksAtOnce)

  init(examining: FileExamining, fetching: AddressGuard?) {
    self.examining = examining
    self.fetching = fetching
  }

  func add(to router: Router<GatewayContext>) {
    router.serve(
      "verify",
      [
        .get: { _, _ in Self.page(VerifyPage(form: form(problem: nil))) },
        .post: { request, context in try await answer(request, context) },
      ])
    router.serve(
      "verify/style.css", [.get: { _, _ in Self.file(VerifyTemplates.style, "text/css") }])
    router.serve(
      "verify/script.js", [.get: { _, _ in Self.file(VerifyTemplates.script, "text/javascript") }])
  }

  private func form(problem: String?) -> VerifyPage.Form {
    VerifyPage.Form(
      takesAddresses: fetching != nil, limit: String(FileExamining.byteLimit >> 20),
      problem: problem)
  }

  /// Programs get errors in the API's envelope, people on the page.
  private func answer(_ request: Request, _ context: GatewayContext) async throws -> Response {
    let wantsJSON = Self.wantsJSON(request)
    do {
      return try await limited(context) { try await look(request, wantsJSON: wantsJSON) }
    } catch {
      guard !wantsJSON else { throw error }
      let answer = EnvelopeMiddleware.answer(to: error, request: request, logger: context.logger)
      var response = Self.page(VerifyPage(form: form(problem: answer.message)))
      response.status = answer.status
      response.headers.append(contentsOf: answer.headers)
      return response
    }
  }

  private func limited(
    _ context: GatewayContext, _ work: () async throws -> Response
  ) async throws -> Response {
    let visitor = context.visitor
    guard case .admitted = visitors.enter(visitor) else { throw Self.tooOften }
    defer { visitors.leave(visitor) }
    guard case .admitted = everybody.enter("everybody") else { throw Self.tooOften }
    defer { everybody.leave("everybody") }
    return try await gate.pass(work)
  }

  private static let tooOften = APIError(
    .tooManyRequests, "Too many files are being checked now. Try again in a minute.",
    type: "rate_limit_error", code: "rate_limit_exceeded", headers: [.retryAfter: "60"])

  private func look(_ request: Request, wantsJSON: Bool) async throws -> Response {
    try await examining.withFolder { folder in
      let reader = CreateBodyReader(
        workspace: examining.workspace, job: folder, fileFields: ["file": 1],
        fileLimit: FileExamining.byteLimit)
      var (fields, files) = try await reader.readAll(request)
      let address = fields.take("url")?.spelling ?? ""
      let path: String
      if let file = files["file"]?.first {
        path = file.path
      } else if !address.isEmpty {
        path = examining.workspace.upload(folder, name: "fetched")
        try await fetch(address, to: path)
      } else {
        throw APIError(
          .badRequest, "Choose a file first.", parameter: "file",
          code: "missing_required_parameter")
      }
      let examination = try await examining.examine(path, name: nil)
      if wantsJSON {
        var response = Response(
          json: examination.json.setting("credentials", JSONReport.value(examination.report)))
        response.headers[.cacheControl] = "no-store"
        return response
      }
      let pictures = await pictures(of: path, in: folder, examination)
      return Self.page(
        VerifyPage(
          form: form(problem: nil),
          result: VerifyPage.Result(examination, pictures: pictures)))
    }
  }

  // MARK: Addresses

  /// Into a file, from an address of the open internet, without following redirects.
  private func fetch(_ address: String, to path: String) async throws {
    guard let fetching else {
      throw APIError(
        .badRequest,
        "This server fetches no files from addresses. Download the file, then give it here.",
        parameter: "url", code: "urls_not_fetched")
    }
    do {
      let client = try await fetching.client(for: address)
      defer { Task { try? await client.shutdown() } }
      var request = HTTPClientRequest(url: address)
      request.headers.add(name: "User-Agent", value: "Assay-Verify")
      let response = try await client.execute(request, timeout: Self.fetchTimeout)
      guard response.status == .ok else {
        throw Self.unfetched("it answered with status \(response.status.code)")
      }
      let writer = try SpoolWriter(path: path)
      var count = 0
      for try await chunk in response.body {
        count += chunk.readableBytes
        guard count <= FileExamining.byteLimit else { throw FileExamining.tooLarge }
        try await writer.write(chunk)
      }
    } catch let refusal as AddressGuard.Refusal {
      throw Self.unfetched(refusal.message)
    } catch let error as APIError {
      throw error
    } catch {
      // What kept it from answering may tell of the network behind this server.
      throw Self.unfetched("it did not answer")
    }
  }

  private static func unfetched(_ reason: String) -> APIError {
    APIError(
      .badRequest, "The file could not be fetched: \(reason).", parameter: "url",
      code: "url_not_fetched")
  }

  // MARK: Pictures

  /// The file's, and that of the output on record where the pictures agree: whoever lifts a mark does
  /// not get to see whose it was.
  private func pictures(
    of path: String, in folder: String, _ examination: Examination
  ) async -> [VerifyPage.Picture] {
    var pictures: [VerifyPage.Picture] = []
    if let source = await picture(of: path, in: folder) {
      pictures.append(.init(caption: "The file you gave", source: source))
    }
    if let recovery = examination.recovery, case .same = recovery.agreement,
      let bytes = try? await examining.outputs.thumbnail(recovery.manifestID)
    {
      pictures.append(
        .init(
          caption: "The output on record", source: "data:image/webp;base64,\(Base64.encode(bytes))")
      )
    }
    return pictures
  }

  private func picture(of path: String, in folder: String) async -> String? {
    if let still = try? await examining.media.decodeImage(path, maximumSide: Self.pictureSide) {
      return "data:image/png;base64,\(Base64.encode(PlainPNG.encode(still.image)))"
    }
    let output = examining.workspace.upload(folder, name: "thumbnail")
    guard
      (try? await examining.media.thumbnail(
        path, output: output, request: ThumbnailRequest(maximumSide: 2 * Self.pictureSide))) != nil,
      let bytes = try? FileByteSource.contents(of: output, limit: 1 << 20)
    else { return nil }
    return "data:image/webp;base64,\(Base64.encode(bytes))"
  }

  // MARK: Answers

  static func wantsJSON(_ request: Request) -> Bool {
    let accepted = request.headers[.accept] ?? ""
    return accepted.contains("application/json") && !accepted.contains("text/html")
  }

  private static func page(_ page: VerifyPage) -> Response {
    Response(
      status: .ok,
      headers: [
        .contentType: "text/html; charset=utf-8", .cacheControl: "no-store",
        .contentSecurityPolicy:
          "default-src 'none'; style-src 'self'; script-src 'self'; img-src data:; "
          + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        .contentTypeOptions: "nosniff", .referrerPolicy: "no-referrer",
      ], body: .init(byteBuffer: ByteBuffer(string: page.html)))
  }

  private static func file(_ text: String, _ type: String) -> Response {
    Response(
      status: .ok,
      headers: [
        .contentType: "\(type); charset=utf-8", .cacheControl: "max-age=3600",
        .contentTypeOptions: "nosniff",
      ], body: .init(byteBuffer: ByteBuffer(string: text)))
  }
}

extension HTTPField.Name {
  static let contentTypeOptions = HTTPField.Name("x-content-type-options")!
  static let referrerPolicy = HTTPField.Name("referrer-policy")!
}
