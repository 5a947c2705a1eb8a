extension OpenAPIDocument {
  /// C2PA's soft binding resolution API, the search behind it, and the page for people.
  static let recovery: [Operation] = [
    Operation(
      .get, "/v1/matches/byBinding",
      "Manifests that a mark's or code's value is bound to (scope fetch:manifests)",
      parameters: ["bindingAlgorithm", "bindingValue", "maxResults"], gives: "Matches",
      also: [400: "An invalid value.", 414: "The value is too long; use POST.", 500: "Our fault."],
      note:
        "org.assay.tds.1 and org.assay.tbp.1 take a mark's 8 bytes, io.iscc.v0 the units of one asset one after another "
        + "(IEP-0020), of which those of 256 bits are compared: similarityScore is 100 for an equal "
        + "code. A code is a fingerprint and no proof: compare the file with what is found."),
    Operation(
      .post, "/v1/matches/byBinding", "The same with the value in the body",
      parameters: ["maxResults"], takes: ["application/json": "Binding"], gives: "Matches",
      also: [400: "An invalid value.", 500: "Our fault."]),
    Operation(
      .post, "/v1/matches/byContent",
      "Manifests of outputs that a file is a copy of (scope fetch:manifests)",
      parameters: ["contentAlgorithm", "hintAlgorithm", "hintValue", "maxResults"],
      takes: ["image/*": "File", "audio/*": "File", "video/*": "File", "application/*": "File"],
      gives: "Matches", also: [415: "No file that can be looked at.", 500: "Our fault."],
      note:
        "Found by its mark, unless its pictures are not those on record, by its look, and by its sound. "
        + "A match without similarityScore is no more than a lead: its pictures could not be compared, "
        + "or only a sound under other pictures or in a part of a recording is the output's."),
    Operation(
      .get, "/v1/manifests/{manifestId}", "A manifest store by the name of its active manifest",
      parameters: ["returnActiveManifest"], gives: ["application/c2pa": "File"],
      also: [400: "No manifest id.", 404: "No such manifest.", 500: "Our fault."]),
    Operation(
      .get, "/v1/services/supportedAlgorithms", "What bindings can be looked up by",
      gives: "Algorithms", access: .anybody),
    Operation(.get, "/v1/services/status", "Whether it serves", gives: "Health", access: .anybody),
    Operation(
      .get, "/v1/services/capabilities", "Which routes there are", gives: "Object", access: .anybody
    ),
    Operation(
      .get, "/.well-known/c2pa-soft-binding-resolution", "Where this API is", gives: "Object",
      access: .anybody),
    Operation(
      .post, "/v1/outputs/search",
      "Which delivered file this is, and from which second (scope review or admin)",
      takes: [
        "image/*": "File", "audio/*": "File", "video/*": "File", "application/*": "File",
      ], gives: "List",
      also: [415: "No file that can be looked at."]),
    Operation(
      .get, "/verify", "A page on which anybody asks where a file comes from",
      gives: ["text/html": "Text"], access: .anybody),
    Operation(
      .post, "/verify", "The answer, for people or for programs (Accept)",
      takes: ["multipart/form-data": "VerifyFile"],
      gives: ["text/html": "Text", "application/json": "Object"],
      fails: ["text/html": "Text", "application/json": "Error"], access: .anybody),
  ]
}
