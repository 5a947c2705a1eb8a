import C2PA
import HTTPTypes
import Hummingbird
import NIOCore

/// The API as it is, for programs at `/openapi.json` and for people at `/docs`.
struct DocumentationRoutes: Sendable {
  func add(to router: Router<GatewayContext>) {
    router.serve(
      "openapi.json", [.get: { _, _ in Self.answer(Self.document, "application/json") }])
    router.serve("docs", [.get: { _, _ in Self.answer(Self.page, "text/html; charset=utf-8") }])
  }

  private static func answer(_ text: String, _ type: String) -> Response {
    Response(
      status: .ok,
      headers: [
        .contentType: type,
        .contentSecurityPolicy: "default-src 'self'; script-src 'unsafe-inline'; "
          + "style-src 'unsafe-inline'",
      ], body: .init(byteBuffer: ByteBuffer(string: text)))
  }

  static let document = (routes + "\n" + schemas).replacing("VERSION", with: assayVersion)

  private static let routes = #"""
    {"openapi": "3.1.0",
    "info": {"title": "Assay", "version": "VERSION", "description":
      "A provenance and moderation gateway for generated media. The routes under /v1 are those of OpenAI's API where one exists; the rest is Assay's own. A refusal by policy is 400 with code moderation_blocked and moderation_details."},
    "security": [{"key": []}],
    "paths": {
    "/v1/videos": {
      "get": {"summary": "List your videos, newest first", "responses": {"200": {"description":
      "Done.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/List"}}}},
      "default": {"description":
      "Anything else: what is wrong, in the envelope that OpenAI's clients read.", "content":
      {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}}}, "parameters":
      [{"name": "limit", "in": "query", "required": false, "schema": {"type": "integer", "minimum":
      0, "maximum": 100, "default": 20}}, {"name": "order", "in": "query", "required": false,
      "schema": {"enum": ["asc", "desc"], "default": "desc"}}, {"name": "after", "in": "query",
      "required": false, "schema": {"type": "string"}}]},
      "post": {"summary": "Ask for a clip", "responses": {"200": {"description":
      "Accepted; poll it. The header openai-poll-after-ms says how often.", "content":
      {"application/json": {"schema": {"$ref": "#/components/schemas/Video"}}}}, "default":
      {"description": "Anything else: what is wrong, in the envelope that OpenAI's clients read.",
      "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}}},
      "parameters": [{"name": "Idempotency-Key", "in": "header", "required": false, "schema":
      {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"}}], "requestBody":
      {"required": true, "content": {"application/json": {"schema": {"$ref":
      "#/components/schemas/CreateVideo"}}, "multipart/form-data": {"schema": {"allOf": [{"$ref":
      "#/components/schemas/CreateVideo"}, {"type": "object", "properties": {"input_reference":
      {"type": "string", "contentMediaType": "application/octet-stream"}}, "required": []}]}}}}}
    },
    "/v1/videos/{id}": {
      "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string",
      "minLength": 1, "maxLength": 200, "pattern": "^[A-Za-z0-9_-]+$"}}],
      "get": {"summary": "Read a video", "responses": {"200": {"description": "Done.", "content":
      {"application/json": {"schema": {"$ref": "#/components/schemas/Video"}}}}, "default":
      {"description": "Anything else: what is wrong, in the envelope that OpenAI's clients read.",
      "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}}}},
      "delete": {"summary": "Delete a finished video", "responses": {"200": {"description":
      "Done.", "content": {"application/json": {"schema": {"$ref":
      "#/components/schemas/Deleted"}}}}, "default": {"description":
      "Anything else: what is wrong, in the envelope that OpenAI's clients read.", "content":
      {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}}}}
    },
    "/v1/videos/{id}/content": {
      "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string",
      "minLength": 1, "maxLength": 200, "pattern": "^[A-Za-z0-9_-]+$"}}],
      "get": {"summary": "Download what was released", "responses": {"200": {"description":
      "Done.", "content": {"video/mp4": {"schema": {"type": "string", "contentMediaType":
      "application/octet-stream"}}, "image/webp": {"schema": {"type": "string", "contentMediaType":
      "application/octet-stream"}}}}, "default": {"description":
      "Anything else: what is wrong, in the envelope that OpenAI's clients read.", "content":
      {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}}, "206":
      {"description": "A part.", "content": {"video/mp4": {"schema": {"type": "string",
      "contentMediaType": "application/octet-stream"}}, "image/webp": {"schema": {"type": "string",
      "contentMediaType": "application/octet-stream"}}}}, "304": {"description": "You have it."}},
      "parameters": [{"name": "variant", "in": "query", "required": false, "schema": {"enum":
      ["video", "thumbnail", "spritesheet"], "default": "video"}}]}
    },
    "/v1/videos/{id}/remix": {
      "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string",
      "minLength": 1, "maxLength": 200, "pattern": "^[A-Za-z0-9_-]+$"}}],
      "post": {"summary": "Make a clip from one of yours", "responses": {"200": {"description":
      "Done.", "content": {"application/json": {"schema": {"$ref":
      "#/components/schemas/Video"}}}}, "default": {"description":
      "Anything else: what is wrong, in the envelope that OpenAI's clients read.", "content":
      {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}}}, "parameters":
      [{"name": "Idempotency-Key", "in": "header", "required": false, "schema": {"type": "string",
      "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"}}], "requestBody": {"required": true,
      "content": {"application/json": {"schema": {"type": "object", "properties": {"prompt":
      {"type": "string", "minLength": 1, "maxLength": 32000, "pattern": "^[^\\u0000]+$"}},
      "required": ["prompt"]}}}}}
    },
    "/v1/videos/{id}/appeal": {
      "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string",
      "minLength": 1, "maxLength": 200, "pattern": "^[A-Za-z0-9_-]+$"}}],
      "post": {"summary": "Ask a person to look at what was stopped", "responses": {"200":
      {"description": "Done.", "content": {"application/json": {"schema": {"type": "object",
      "properties": {"id": {"type": "string"}, "object": {"type": "string"}, "status": {"type":
      "string"}, "created_at": {"type": "integer"}}, "required": ["id", "object", "status",
      "created_at"]}}}}, "default": {"description":
      "Anything else: what is wrong, in the envelope that OpenAI's clients read.", "content":
      {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}}}, "requestBody":
      {"required": true, "content": {"application/json": {"schema": {"type": "object",
      "properties": {"reason": {"type": "string", "minLength": 1, "maxLength": 2000, "pattern":
      "^[^\\u0000]+$"}}, "required": ["reason"]}}}}}
    },
    "/v1/videos/edits": {
      "post": {"summary": "Change a clip", "responses": {"200": {"description": "Done.", "content":
      {"application/json": {"schema": {"$ref": "#/components/schemas/Video"}}}}, "default":
      {"description": "Anything else: what is wrong, in the envelope that OpenAI's clients read.",
      "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}}},
      "parameters": [{"name": "Idempotency-Key", "in": "header", "required": false, "schema":
      {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"}}], "requestBody":
      {"required": true, "content": {"application/json": {"schema": {"type": "object",
      "properties": {"prompt": {"type": "string", "minLength": 1, "maxLength": 32000, "pattern":
      "^[^\\u0000]+$"}, "video": {"type": "object", "properties": {"id": {"type": "string"}},
      "required": ["id"]}}, "required": ["prompt", "video"]}}, "multipart/form-data": {"schema":
      {"type": "object", "properties": {"prompt": {"type": "string", "minLength": 1, "maxLength":
      32000, "pattern": "^[^\\u0000]+$"}, "video": {"type": "string", "contentMediaType":
      "application/octet-stream"}}, "required": ["prompt", "video"]}}}}}
    },
    "/v1/videos/extensions": {
      "post": {"summary": "Continue a clip", "responses": {"200": {"description": "Done.",
      "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Video"}}}},
      "default": {"description":
      "Anything else: what is wrong, in the envelope that OpenAI's clients read.", "content":
      {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}}}, "parameters":
      [{"name": "Idempotency-Key", "in": "header", "required": false, "schema": {"type": "string",
      "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"}}], "requestBody": {"required": true,
      "content": {"application/json": {"schema": {"type": "object", "properties": {"prompt":
      {"type": "string", "minLength": 1, "maxLength": 32000, "pattern": "^[^\\u0000]+$"},
      "seconds": {"type": "string", "enum": ["4", "8", "12", "16", "20"], "default": "4"}, "video":
      {"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]}},
      "required": ["prompt", "video"]}}, "multipart/form-data": {"schema": {"type": "object",
      "properties": {"prompt": {"type": "string", "minLength": 1, "maxLength": 32000, "pattern":
      "^[^\\u0000]+$"}, "seconds": {"type": "string", "enum": ["4", "8", "12", "16", "20"],
      "default": "4"}, "video": {"type": "string", "contentMediaType":
      "application/octet-stream"}}, "required": ["prompt", "video"]}}}}}
    },
    "/v1/videos/characters": {
      "post": {"summary": "Take a likeness from a clip, where the policy allows it", "responses":
      {"200": {"description": "Done.", "content": {"application/json": {"schema": {"type":
      "object", "properties": {"id": {"type": "string"}, "created_at": {"type": "integer"}, "name":
      {"type": "string"}}, "required": ["id", "created_at", "name"]}}}}, "default": {"description":
      "Anything else: what is wrong, in the envelope that OpenAI's clients read.", "content":
      {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}}}, "requestBody":
      {"required": true, "content": {"multipart/form-data": {"schema": {"type": "object",
      "properties": {"name": {"type": "string", "minLength": 1, "maxLength": 200, "pattern":
      "^[ -~]+$"}, "video": {"type": "string", "contentMediaType": "application/octet-stream"}},
      "required": ["name", "video"]}}}}}
    },
    "/v1/videos/characters/{id}": {
      "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string",
      "minLength": 1, "maxLength": 200, "pattern": "^[A-Za-z0-9_-]+$"}}],
      "get": {"summary": "Read a character", "responses": {"200": {"description": "Done.",
      "content": {"application/json": {"schema": {"type": "object", "properties": {"id": {"type":
      "string"}, "created_at": {"type": "integer"}, "name": {"type": "string"}}, "required": ["id",
      "created_at", "name"]}}}}, "default": {"description":
      "Anything else: what is wrong, in the envelope that OpenAI's clients read.", "content":
      {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}}}}
    },
    "/v1/images/generations": {
      "post": {"summary": "Draw pictures", "responses": {"200": {"description": "Done.", "content":
      {"application/json": {"schema": {"$ref": "#/components/schemas/Image"}}, "text/event-stream":
      {"schema": {"type": "string"}}}}, "default": {"description":
      "Anything else: what is wrong, in the envelope that OpenAI's clients read.", "content":
      {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}}}, "requestBody":
      {"required": true, "content": {"application/json": {"schema": {"type": "object",
      "properties": {"prompt": {"type": "string", "minLength": 1, "maxLength": 32000, "pattern":
      "^[^\\u0000]+$"}, "model": {"type": "string", "minLength": 1, "maxLength": 200, "pattern":
      "^[ -~]+$"}, "n": {"type": "integer", "minimum": 1, "maximum": 10, "default": 1}, "size":
      {"type": "string", "enum": ["auto", "256x256", "512x512", "1024x1024", "1536x1024",
      "1024x1536"], "default": "auto"}, "quality": {"enum": ["auto", "low", "medium", "high"]},
      "output_format": {"enum": ["png", "jpeg", "webp"], "default": "png"}, "output_compression":
      {"type": "integer", "minimum": 0, "maximum": 100}, "response_format": {"enum": ["b64_json",
      "url"]}, "stream": {"type": "boolean"}, "background": {"enum": ["auto", "opaque"]},
      "safety_identifier": {"type": "string", "maxLength": 128, "description":
      "Your own id of your end user, hashed."}}, "required": ["prompt"]}}}}}
    },
    "/v1/images/edits": {
      "post": {"summary": "Draw pictures from pictures", "responses": {"200": {"description":
      "Done.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Image"}},
      "text/event-stream": {"schema": {"type": "string"}}}}, "default": {"description":
      "Anything else: what is wrong, in the envelope that OpenAI's clients read.", "content":
      {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}}}, "requestBody":
      {"required": true, "content": {"multipart/form-data": {"schema": {"type": "object",
      "properties": {"prompt": {"type": "string", "minLength": 1, "maxLength": 32000, "pattern":
      "^[^\\u0000]+$"}, "model": {"type": "string", "minLength": 1, "maxLength": 200, "pattern":
      "^[ -~]+$"}, "n": {"type": "integer", "minimum": 1, "maximum": 10, "default": 1}, "size":
      {"type": "string", "enum": ["auto", "256x256", "512x512", "1024x1024", "1536x1024",
      "1024x1536"], "default": "auto"}, "quality": {"enum": ["auto", "low", "medium", "high"]},
      "output_format": {"enum": ["png", "jpeg", "webp"], "default": "png"}, "output_compression":
      {"type": "integer", "minimum": 0, "maximum": 100}, "response_format": {"enum": ["b64_json",
      "url"]}, "stream": {"type": "boolean"}, "background": {"enum": ["auto", "opaque"]},
      "safety_identifier": {"type": "string", "maxLength": 128, "description":
      "Your own id of your end user, hashed."}, "image": {"type": "array", "items": {"type":
      "string", "contentMediaType": "application/octet-stream"}, "minItems": 1, "maxItems": 16},
      "mask": {"type": "string", "contentMediaType": "application/octet-stream"}}, "required":
      ["prompt", "image"]}}}}}
    },
    "/v1/audio/speech": {
      "post": {"summary": "Read a text aloud", "responses": {"200": {"description": "Done.",
      "content": {"audio/mpeg": {"schema": {"type": "string", "contentMediaType":
      "application/octet-stream"}}, "audio/wav": {"schema": {"type": "string", "contentMediaType":
      "application/octet-stream"}}, "audio/flac": {"schema": {"type": "string", "contentMediaType":
      "application/octet-stream"}}, "text/event-stream": {"schema": {"type": "string"}}}},
      "default": {"description":
      "Anything else: what is wrong, in the envelope that OpenAI's clients read.", "content":
      {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}}}, "requestBody":
      {"required": true, "content": {"application/json": {"schema": {"type": "object",
      "properties": {"input": {"type": "string", "minLength": 1, "maxLength": 4096, "pattern":
      "^[ -~]*[A-Za-z0-9][ -~]*$"}, "model": {"type": "string", "minLength": 1, "maxLength": 200,
      "pattern": "^[ -~]+$"}, "voice": {"enum": ["alloy", "ash", "ballad", "coral", "echo",
      "fable", "onyx", "nova", "sage", "shimmer", "verse", "marin", "cedar"]}, "response_format":
      {"enum": ["mp3", "wav", "flac"], "default": "mp3"}, "speed": {"type": "number", "minimum":
      0.25, "maximum": 4}, "stream_format": {"enum": ["audio", "sse"]}}, "required": ["input"]}}}}}
    },
    "/v1/audio/transcriptions": {
      "post": {"summary": "Write down what is said", "responses": {"200": {"description": "Done.",
      "content": {"application/json": {"schema": {"type": "object", "properties": {"text": {"type":
      "string"}}, "required": ["text"]}}, "text/plain": {"schema": {"type": "string"}}, "text/vtt":
      {"schema": {"type": "string"}}, "application/x-subrip": {"schema": {"type": "string"}},
      "text/event-stream": {"schema": {"type": "string"}}}}, "default": {"description":
      "Anything else: what is wrong, in the envelope that OpenAI's clients read.", "content":
      {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}}}, "requestBody":
      {"required": true, "content": {"multipart/form-data": {"schema": {"type": "object",
      "properties": {"file": {"type": "string", "contentMediaType": "application/octet-stream"},
      "model": {"type": "string"}, "language": {"enum": ["en"]}, "response_format": {"enum":
      ["json", "text", "srt", "vtt", "verbose_json", "diarized_json"], "default": "json"},
      "stream": {"type": "boolean"}}, "required": ["file"]}}}}}
    },
    "/v1/moderations": {
      "post": {"summary": "Judge texts and pictures by themselves", "responses": {"200":
      {"description": "Done.", "content": {"application/json": {"schema": {"type": "object",
      "properties": {"id": {"type": "string"}, "model": {"type": "string"}, "results": {"type":
      "array"}}, "required": ["id", "model", "results"]}}}}, "default": {"description":
      "Anything else: what is wrong, in the envelope that OpenAI's clients read.", "content":
      {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}}}, "requestBody":
      {"required": true, "content": {"application/json": {"schema": {"type": "object",
      "properties": {"input": {"oneOf": [{"type": "string"}, {"type": "array"}]}, "model": {"type":
      "string"}}, "required": ["input"]}}}}}
    },
    "/v1/content_provenance_checks": {
      "post": {"summary": "Ask a file where it comes from", "responses": {"200": {"description":
      "Done.", "content": {"application/json": {"schema": {"$ref":
      "#/components/schemas/ProvenanceCheck"}}}}, "default": {"description":
      "Anything else: what is wrong, in the envelope that OpenAI's clients read.", "content":
      {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}}}, "requestBody":
      {"required": true, "content": {"multipart/form-data": {"schema": {"type": "object",
      "properties": {"file": {"type": "string", "contentMediaType": "application/octet-stream"}},
      "required": ["file"]}}}}}
    },
    "/v1/reviews": {
      "get": {"summary": "What waits for a person (scope review)", "responses": {"200":
      {"description": "Done.", "content": {"application/json": {"schema": {"$ref":
      "#/components/schemas/List"}}}}, "default": {"description":
      "Anything else: what is wrong, in the envelope that OpenAI's clients read.", "content":
      {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}}}}
    },
    "/v1/reviews/{id}": {
      "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string",
      "minLength": 1, "maxLength": 200, "pattern": "^[A-Za-z0-9_-]+$"}}],
      "get": {"summary": "Read one", "responses": {"200": {"description": "Done.", "content":
      {"application/json": {"schema": {"$ref": "#/components/schemas/Review"}}}}, "default":
      {"description": "Anything else: what is wrong, in the envelope that OpenAI's clients read.",
      "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}}}}
    },
    "/v1/reviews/{id}/claim": {
      "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string",
      "minLength": 1, "maxLength": 200, "pattern": "^[A-Za-z0-9_-]+$"}}],
      "post": {"summary": "Keep it for yourself for half an hour", "responses": {"200":
      {"description": "Done.", "content": {"application/json": {"schema": {"$ref":
      "#/components/schemas/Review"}}}}, "default": {"description":
      "Anything else: what is wrong, in the envelope that OpenAI's clients read.", "content":
      {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}}}}
    },
    "/v1/reviews/{id}/decide": {
      "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string",
      "minLength": 1, "maxLength": 200, "pattern": "^[A-Za-z0-9_-]+$"}}],
      "post": {"summary": "Release or block it, with the reason", "responses": {"200":
      {"description": "Done.", "content": {"application/json": {"schema": {"$ref":
      "#/components/schemas/Review"}}}}, "default": {"description":
      "Anything else: what is wrong, in the envelope that OpenAI's clients read.", "content":
      {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}}}, "requestBody":
      {"required": true, "content": {"application/json": {"schema": {"type": "object",
      "properties": {"decision": {"enum": ["release", "block"]}, "reason": {"type": "string",
      "minLength": 1, "maxLength": 2000, "pattern": "^[^\\u0000]+$"}}, "required": ["decision",
      "reason"]}}}}}
    },
    "/v1/reviews/{id}/content": {
      "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string",
      "minLength": 1, "maxLength": 200, "pattern": "^[A-Za-z0-9_-]+$"}}],
      "get": {"summary": "Look at the quarantined clip; the look is logged", "responses": {"200":
      {"description": "Done.", "content": {"video/mp4": {"schema": {"type": "string",
      "contentMediaType": "application/octet-stream"}}}}, "default": {"description":
      "Anything else: what is wrong, in the envelope that OpenAI's clients read.", "content":
      {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}}}}
    },
    "/v1/safety/cases": {
      "get": {"summary": "Warnings and deactivations of your end users", "responses": {"200":
      {"description": "Done.", "content": {"application/json": {"schema": {"$ref":
      "#/components/schemas/List"}}}}, "default": {"description":
      "Anything else: what is wrong, in the envelope that OpenAI's clients read.", "content":
      {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}}}}
    },
    "/v1/safety/cases/{id}": {
      "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string",
      "minLength": 1, "maxLength": 200, "pattern": "^[A-Za-z0-9_-]+$"}}],
      "get": {"summary": "Read one", "responses": {"200": {"description": "Done.", "content":
      {"application/json": {"schema": {"$ref": "#/components/schemas/SafetyCase"}}}}, "default":
      {"description": "Anything else: what is wrong, in the envelope that OpenAI's clients read.",
      "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}}}}
    },
    "/v1/safety/cases/{id}/lift": {
      "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string",
      "minLength": 1, "maxLength": 200, "pattern": "^[A-Za-z0-9_-]+$"}}],
      "post": {"summary": "Open the door again (scope review)", "responses": {"200":
      {"description": "Done.", "content": {"application/json": {"schema": {"$ref":
      "#/components/schemas/SafetyCase"}}}}, "default": {"description":
      "Anything else: what is wrong, in the envelope that OpenAI's clients read.", "content":
      {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}}}, "requestBody":
      {"required": true, "content": {"application/json": {"schema": {"type": "object",
      "properties": {"reason": {"type": "string", "minLength": 1, "maxLength": 2000, "pattern":
      "^[^\\u0000]+$"}}, "required": ["reason"]}}}}}
    },
    "/v1/reports": {
      "get": {"summary": "What receivers reported (scope review)", "responses": {"200":
      {"description": "Done.", "content": {"application/json": {"schema": {"$ref":
      "#/components/schemas/List"}}}}, "default": {"description":
      "Anything else: what is wrong, in the envelope that OpenAI's clients read.", "content":
      {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}}}}
    },
    "/reports": {
      "post": {"summary": "Report a clip; no key is needed", "responses": {"200": {"description":
      "Done.", "content": {"application/json": {"schema": {"type": "object", "properties": {"id":
      {"type": "string"}, "object": {"type": "string"}, "created_at": {"type": "integer"}},
      "required": ["id", "object", "created_at"]}}}}, "default": {"description":
      "Anything else: what is wrong, in the envelope that OpenAI's clients read.", "content":
      {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}}}, "requestBody":
      {"required": true, "content": {"application/json": {"schema": {"type": "object",
      "properties": {"asset": {"type": "string", "minLength": 1, "maxLength": 200, "pattern":
      "^[ -~]+$"}, "reason": {"type": "string", "minLength": 1, "maxLength": 2000, "pattern":
      "^[^\\u0000]+$"}, "contact": {"type": "string", "maxLength": 200}}, "required": ["asset",
      "reason"]}}}}, "security": []}
    },
    "/v1/webhook_event_types": {
      "get": {"summary": "What can be told", "responses": {"200": {"description": "Done.",
      "content": {"application/json": {"schema": {"$ref": "#/components/schemas/List"}}}},
      "default": {"description":
      "Anything else: what is wrong, in the envelope that OpenAI's clients read.", "content":
      {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}}}}
    },
    "/v1/webhook_endpoints": {
      "get": {"summary": "Your endpoints", "responses": {"200": {"description": "Done.", "content":
      {"application/json": {"schema": {"$ref": "#/components/schemas/List"}}}}, "default":
      {"description": "Anything else: what is wrong, in the envelope that OpenAI's clients read.",
      "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}}}},
      "post": {"summary": "Make one; its secret is shown now and never again", "responses": {"200":
      {"description": "Done.", "content": {"application/json": {"schema": {"$ref":
      "#/components/schemas/WebhookEndpoint"}}}}, "default": {"description":
      "Anything else: what is wrong, in the envelope that OpenAI's clients read.", "content":
      {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}}}, "requestBody":
      {"required": true, "content": {"application/json": {"schema": {"type": "object",
      "properties": {"url": {"type": "string", "pattern":
      "^https?://[a-z]{1,40}\\.[a-z]{2,10}/[a-z]{0,40}$"}, "name": {"type": "string"}, "events":
      {"type": "array", "items": {"enum": ["video.completed", "video.failed",
      "safety.warning_issued", "safety.deactivation_issued"]}}}, "required": ["url"]}}}}}
    },
    "/v1/webhook_endpoints/{id}": {
      "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string",
      "minLength": 1, "maxLength": 200, "pattern": "^[A-Za-z0-9_-]+$"}}],
      "get": {"summary": "Read one", "responses": {"200": {"description": "Done.", "content":
      {"application/json": {"schema": {"$ref": "#/components/schemas/WebhookEndpoint"}}}},
      "default": {"description":
      "Anything else: what is wrong, in the envelope that OpenAI's clients read.", "content":
      {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}}}},
      "post": {"summary": "Change one", "responses": {"200": {"description": "Done.", "content":
      {"application/json": {"schema": {"$ref": "#/components/schemas/WebhookEndpoint"}}}},
      "default": {"description":
      "Anything else: what is wrong, in the envelope that OpenAI's clients read.", "content":
      {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}}}, "requestBody":
      {"required": true, "content": {"application/json": {"schema": {"type": "object",
      "properties": {"name": {"type": "string"}}, "required": []}}}}},
      "delete": {"summary": "Delete one", "responses": {"200": {"description": "Done.", "content":
      {"application/json": {"schema": {"$ref": "#/components/schemas/Deleted"}}}}, "default":
      {"description": "Anything else: what is wrong, in the envelope that OpenAI's clients read.",
      "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}}}}
    },
    "/v1/webhook_endpoints/{id}/rotate_secret": {
      "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string",
      "minLength": 1, "maxLength": 200, "pattern": "^[A-Za-z0-9_-]+$"}}],
      "post": {"summary": "A new secret; the old one signs along for a day", "responses": {"200":
      {"description": "Done.", "content": {"application/json": {"schema": {"$ref":
      "#/components/schemas/WebhookEndpoint"}}}}, "default": {"description":
      "Anything else: what is wrong, in the envelope that OpenAI's clients read.", "content":
      {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}}}}
    },
    "/v1/webhook_endpoints/{id}/test": {
      "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string",
      "minLength": 1, "maxLength": 200, "pattern": "^[A-Za-z0-9_-]+$"}}],
      "post": {"summary": "Send an event that means nothing", "responses": {"200": {"description":
      "Done.", "content": {"application/json": {"schema": {"type": "object", "properties":
      {"object": {"type": "string"}, "event_id": {"type": "string"}}, "required": ["object",
      "event_id"]}}}}, "default": {"description":
      "Anything else: what is wrong, in the envelope that OpenAI's clients read.", "content":
      {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}}}}
    },
    "/v1/webhook_endpoints/{id}/deliveries": {
      "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string",
      "minLength": 1, "maxLength": 200, "pattern": "^[A-Za-z0-9_-]+$"}}],
      "get": {"summary": "What was sent, and what was answered", "responses": {"200":
      {"description": "Done.", "content": {"application/json": {"schema": {"$ref":
      "#/components/schemas/List"}}}}, "default": {"description":
      "Anything else: what is wrong, in the envelope that OpenAI's clients read.", "content":
      {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}}}}
    },
    "/files/{id}": {
      "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}],
      "get": {"summary": "A picture that was asked for by address", "responses": {"200":
      {"description": "Done.", "content": {"image/png": {"schema": {"type": "string",
      "contentMediaType": "application/octet-stream"}}, "image/jpeg": {"schema": {"type": "string",
      "contentMediaType": "application/octet-stream"}}, "image/webp": {"schema": {"type": "string",
      "contentMediaType": "application/octet-stream"}}}}, "default": {"description":
      "Anything else: what is wrong, in the envelope that OpenAI's clients read.", "content":
      {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}}}, "security": []}
    },
    "/healthz": {
      "get": {"summary": "Whether it lives", "responses": {"200": {"description": "Done.",
      "content": {"application/json": {"schema": {"type": "object", "properties": {"status":
      {"type": "string"}}, "required": ["status"]}}}}, "default": {"description":
      "Anything else: what is wrong, in the envelope that OpenAI's clients read.", "content":
      {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}}}, "security": []}
    },
    "/readyz": {
      "get": {"summary": "Whether it can work", "responses": {"200": {"description": "Done.",
      "content": {"application/json": {"schema": {"type": "object", "properties": {"status":
      {"type": "string"}, "checks": {"type": "object"}}, "required": ["status", "checks"]}}}},
      "default": {"description":
      "Anything else: what is wrong, in the envelope that OpenAI's clients read.", "content":
      {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}}, "503":
      {"description": "Not now.", "content": {"application/json": {"schema": {"type": "object",
      "properties": {"status": {"type": "string"}, "checks": {"type": "object"}}, "required":
      ["status", "checks"]}}}}}, "security": []}
    },
    "/metrics": {
      "get": {"summary": "Figures for Prometheus", "responses": {"200": {"description": "Done.",
      "content": {"text/plain": {"schema": {"type": "string"}}}}, "default": {"description":
      "Anything else: what is wrong, in the envelope that OpenAI's clients read.", "content":
      {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}}}, "security": []}
    }
    """#
}
