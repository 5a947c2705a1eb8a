extension OpenAPIDocument {
  /// Clips.
  static let videos: [Operation] = [
    Operation(
      .get, "/v1/videos", "List your videos, newest first",
      parameters: ["limit", "order", "after"], gives: "List"),
    Operation(
      .post, "/v1/videos", "Ask for a clip", parameters: ["idempotencyKey"],
      takes: ["application/json": "CreateVideo", "multipart/form-data": "CreateVideoForm"],
      gives: "Video"),
    Operation(.get, "/v1/videos/{id}", "Read a video", gives: "Video"),
    Operation(.delete, "/v1/videos/{id}", "Delete a finished video", gives: "Deleted"),
    Operation(
      .get, "/v1/videos/{id}/content", "Download what was released", parameters: ["variant"],
      gives: ["video/mp4": "File", "image/webp": "File"],
      also: [206: "A part.", 304: "You have it."]),
    Operation(
      .post, "/v1/videos/{id}/remix", "Make a clip from one of yours",
      parameters: ["idempotencyKey"], takes: ["application/json": "RemixVideo"], gives: "Video"),
    Operation(
      .post, "/v1/videos/edits", "Change a clip", parameters: ["idempotencyKey"],
      takes: ["application/json": "EditVideo", "multipart/form-data": "EditVideoForm"],
      gives: "Video"),
    Operation(
      .post, "/v1/videos/extensions", "Continue a clip", parameters: ["idempotencyKey"],
      takes: ["application/json": "ExtendVideo", "multipart/form-data": "ExtendVideoForm"],
      gives: "Video"),
    Operation(
      .post, "/v1/videos/characters", "Take a likeness from a clip, where the policy allows it",
      parameters: ["idempotencyKey"], takes: ["multipart/form-data": "CreateCharacter"],
      gives: "Character"),
    Operation(.get, "/v1/videos/characters/{id}", "Read a character", gives: "Character"),
  ]

  /// Pictures and sound, which are answered at once.
  static let pieces: [Operation] = [
    Operation(
      .post, "/v1/images/generations", "Draw pictures", parameters: ["idempotencyKey"],
      takes: ["application/json": "DrawPictures"],
      gives: ["application/json": "Image", "text/event-stream": "Event"]),
    Operation(
      .post, "/v1/images/edits", "Draw pictures from pictures", parameters: ["idempotencyKey"],
      takes: ["multipart/form-data": "EditPicturesForm"],
      gives: ["application/json": "Image", "text/event-stream": "Event"]),
    Operation(
      .post, "/v1/audio/speech",
      "Read a text aloud, after the audible disclosure that the policy wants",
      parameters: ["idempotencyKey"],
      takes: ["application/json": "Speak"],
      gives: [
        "audio/mpeg": "File", "audio/wav": "File", "audio/flac": "File",
        "text/event-stream": "Event",
      ]),
    Operation(
      .post, "/v1/audio/transcriptions", "Write down what is said", parameters: ["idempotencyKey"],
      takes: ["multipart/form-data": "Transcribe"],
      gives: [
        "application/json": "Transcript", "text/plain": "Text", "text/vtt": "Text",
        "application/x-subrip": "Text", "text/event-stream": "Event",
      ]),
    Operation(
      .get, "/files/{name}", "A picture that was asked for by address",
      gives: ["image/png": "File", "image/jpeg": "File", "image/webp": "File"], access: .anybody),
  ]

  /// Texts and files judged by themselves.
  static let judging: [Operation] = [
    Operation(
      .post, "/v1/moderations", "Judge texts and pictures by themselves",
      takes: ["application/json": "Moderate"], gives: "Moderation"),
    Operation(
      .post, "/v1/content_provenance_checks", "Ask a file where it comes from",
      takes: ["multipart/form-data": "CheckProvenance"], gives: "ProvenanceCheck"),
  ]
}
