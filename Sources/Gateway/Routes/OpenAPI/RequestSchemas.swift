extension OpenAPIDocument {
  /// What requests carry.
  static let requests = #"""
    {
    "CreateVideo": {
      "type": "object",
      "properties": {
        "prompt": {"$ref": "#/components/schemas/Prompt"},
        "model": {"$ref": "#/components/schemas/Model"},
        "seconds": {"type": "string", "enum": ["4", "8", "12"], "default": "4"},
        "size": {
          "type": "string", "enum": ["720x1280", "1280x720", "1024x1792", "1792x1024"],
          "default": "720x1280"
        },
        "safety_identifier": {"$ref": "#/components/schemas/EndUser"},
        "user": {"$ref": "#/components/schemas/EndUser"},
        "consents": {"$ref": "#/components/schemas/ConsentIDs"}
      },
      "required": ["prompt"],
      "description": "Further fields are screened like the prompt and passed to the core."
    },
    "Prompt": {"type": "string", "minLength": 1, "maxLength": 32000, "pattern": "^[^\\u0000]+$"},
    "Model": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[ -~]+$"},
    "Name": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[^\\u0000]+$"},
    "EndUser": {"type": "string", "maxLength": 512, "description": "Your own id of your end user, hashed."},
    "File": {"type": "string", "format": "binary"},
    "Reason": {"type": "string", "minLength": 1, "maxLength": 2000, "pattern": "^[^\\u0000]+$"},
    "VideoID": {"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]},
    "ConsentIDs": {
      "type": "array", "items": {"type": "string", "maxLength": 200}, "maxItems": 16,
      "description": "Ids of consents (/v1/consents) that the request rests on."
    },
    "DrawPictures": {
      "type": "object",
      "properties": {
        "prompt": {"$ref": "#/components/schemas/Prompt"},
        "model": {"$ref": "#/components/schemas/Model"},
        "n": {"type": "integer", "minimum": 1, "maximum": 10, "default": 1},
        "size": {
          "type": "string",
          "enum": ["auto", "256x256", "512x512", "1024x1024", "1536x1024", "1024x1536"],
          "default": "auto"
        },
        "quality": {"enum": ["auto", "low", "medium", "high", "standard", "hd"]},
        "output_format": {"enum": ["png", "jpeg", "webp"], "default": "png"},
        "output_compression": {"type": "integer", "minimum": 0, "maximum": 100},
        "response_format": {"enum": ["b64_json", "url"]}, "stream": {"type": "boolean"},
        "background": {"enum": ["auto", "opaque"]},
        "safety_identifier": {"$ref": "#/components/schemas/EndUser"},
        "consents": {"$ref": "#/components/schemas/ConsentIDs"}
      },
      "required": ["prompt"]
    },
    "CreateVideoForm": {
      "allOf": [
        {"$ref": "#/components/schemas/CreateVideo"},
        {
          "type": "object",
          "properties": {"input_reference": {"$ref": "#/components/schemas/File"}},
          "required": []
        }
      ]
    },
    "RemixVideo": {
      "type": "object", "properties": {"prompt": {"$ref": "#/components/schemas/Prompt"}},
      "required": ["prompt"]
    },
    "GiveReason": {
      "type": "object", "properties": {"reason": {"$ref": "#/components/schemas/Reason"}},
      "required": ["reason"]
    },
    "EditVideo": {
      "type": "object",
      "properties": {
        "prompt": {"$ref": "#/components/schemas/Prompt"},
        "video": {"$ref": "#/components/schemas/VideoID"}
      },
      "required": ["prompt", "video"]
    },
    "EditVideoForm": {
      "type": "object",
      "properties": {
        "prompt": {"$ref": "#/components/schemas/Prompt"},
        "video": {"$ref": "#/components/schemas/File"}
      },
      "required": ["prompt", "video"]
    },
    "ExtendVideo": {
      "type": "object",
      "properties": {
        "prompt": {"$ref": "#/components/schemas/Prompt"},
        "seconds": {"type": "string", "enum": ["4", "8", "12", "16", "20"], "default": "4"},
        "video": {"$ref": "#/components/schemas/VideoID"}
      },
      "required": ["prompt", "video"]
    },
    "ExtendVideoForm": {
      "type": "object",
      "properties": {
        "prompt": {"$ref": "#/components/schemas/Prompt"},
        "seconds": {"type": "string", "enum": ["4", "8", "12", "16", "20"], "default": "4"},
        "video": {"$ref": "#/components/schemas/File"}
      },
      "required": ["prompt", "video"]
    },
    "CreateCharacter": {
      "type": "object",
      "properties": {
        "name": {"$ref": "#/components/schemas/Name"},
        "video": {"$ref": "#/components/schemas/File"}
      },
      "required": ["name", "video"]
    },
    "EditPicturesForm": {
      "allOf": [
        {"$ref": "#/components/schemas/DrawPictures"},
        {
          "type": "object",
          "properties": {
            "image": {
              "type": "array", "items": {"$ref": "#/components/schemas/File"}, "minItems": 1,
              "maxItems": 16
            },
            "mask": {"$ref": "#/components/schemas/File"}
          },
          "required": ["image"]
        }
      ]
    },
    "Speak": {
      "type": "object",
      "properties": {
        "input": {
          "type": "string", "minLength": 1, "maxLength": 4096,
          "pattern": "^[ -~]*[A-Za-z0-9][ -~]*$"
        },
        "model": {"$ref": "#/components/schemas/Model"},
        "voice": {
          "enum": [
            "alloy",
            "ash",
            "ballad",
            "coral",
            "echo",
            "fable",
            "onyx",
            "nova",
            "sage",
            "shimmer",
            "verse",
            "marin",
            "cedar"
          ]
        },
        "response_format": {"enum": ["mp3", "wav", "flac"], "default": "mp3"},
        "speed": {"type": "number", "minimum": 0.25, "maximum": 4},
        "stream_format": {"enum": ["audio", "sse"]},
        "consents": {"$ref": "#/components/schemas/ConsentIDs"}
      },
      "required": ["input"]
    },
    "Transcribe": {
      "type": "object",
      "properties": {
        "file": {"$ref": "#/components/schemas/File"}, "model": {"type": "string"},
        "language": {"enum": ["en"]},
        "response_format": {
          "enum": ["json", "text", "srt", "vtt", "verbose_json", "diarized_json"],
          "default": "json"
        },
        "stream": {"type": "boolean"}
      },
      "required": ["file"]
    },
    "Moderate": {
      "type": "object",
      "properties": {"input": {"oneOf": [{"type": "string"}, {"type": "array"}]}, "model": {"type": "string"}},
      "required": ["input"]
    },
    "CheckProvenance": {
      "type": "object", "properties": {"file": {"$ref": "#/components/schemas/File"}},
      "required": ["file"]
    },
    "DecideReview": {
      "type": "object",
      "properties": {
        "decision": {"enum": ["release", "block"]},
        "reason": {"$ref": "#/components/schemas/Reason"}
      },
      "required": ["decision", "reason"]
    },
    "MakeReport": {
      "type": "object",
      "properties": {
        "asset": {"$ref": "#/components/schemas/Name"},
        "reason": {"$ref": "#/components/schemas/Reason"},
        "contact": {"type": "string", "maxLength": 200}
      },
      "required": ["asset", "reason"]
    },
    "CreateWebhookEndpoint": {
      "type": "object",
      "properties": {
        "url": {"type": "string", "pattern": "^https?://[a-z]{1,40}\\.[a-z]{2,10}/[a-z]{0,40}$"},
        "name": {"type": "string", "maxLength": 200},
        "events": {
          "type": "array",
          "items": {
            "enum": [
              "video.completed",
              "video.failed",
              "safety.warning_issued",
              "safety.deactivation_issued"
            ]
          }
        }
      },
      "required": ["url"]
    },
    "ChangeWebhookEndpoint": {"type": "object", "properties": {"name": {"type": "string", "maxLength": 200}}, "required": []},
    "GiveConsent": {
      "type": "object",
      "properties": {
        "person": {
          "type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[^\\u0000]+$",
          "description": "Your own name or id for them."
        },
        "covers": {
          "type": "array", "items": {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,64}$"},
          "minItems": 1, "maxItems": 16,
          "description": "Names as policies use them, such as covers_likeness."
        },
        "attestation": {
          "type": "string", "minLength": 1, "maxLength": 2000, "pattern": "^[^\\u0000]+$",
          "description": "How you know: where the signed paper lies."
        },
        "purpose": {"type": "string", "minLength": 1, "maxLength": 500, "pattern": "^[^\\u0000]+$"},
        "end_user": {
          "type": "string", "minLength": 1, "maxLength": 512, "pattern": "^[^\\u0000]+$",
          "description": "The only end user who may rest on it."
        },
        "expires_at": {
          "type": "integer",
          "description": "Seconds since 1970, within five years; a year from now if nothing is said."
        }
      },
      "required": ["person", "covers", "attestation"]
    },
    "RevokeConsent": {"type": "object", "properties": {"reason": {"$ref": "#/components/schemas/Reason"}}},
    "SearchPayloads": {
      "type": "object",
      "properties": {
        "text": {"type": "string", "minLength": 1, "maxLength": 500, "pattern": "^[^\\u0000]+$"},
        "purpose": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[^\\u0000]+$"},
        "limit": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 50}
      },
      "required": ["text", "purpose"]
    },
    "Erase": {
      "type": "object",
      "properties": {
        "decision": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[^\\u0000]+$"},
        "asset": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[^\\u0000]+$"},
        "subject": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[^\\u0000]+$"},
        "ground": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[^\\u0000]+$"},
        "dry_run": {"type": "boolean"}
      },
      "required": ["ground"],
      "oneOf": [{"required": ["decision"]}, {"required": ["asset"]}, {"required": ["subject"]}]
    },
    "Binding": {
      "type": "object",
      "properties": {
        "alg": {"type": "string", "minLength": 1},
        "value": {"type": "string", "format": "byte", "minLength": 1}
      },
      "required": ["alg", "value"]
    },
    "VerifyFile": {
      "type": "object",
      "properties": {"file": {"type": "string", "format": "binary"}, "url": {"type": "string"}}
    },
    "PlaceHold": {
      "type": "object",
      "properties": {
        "decision": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[^\\u0000]+$"},
        "asset": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[^\\u0000]+$"},
        "subject": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[^\\u0000]+$"},
        "ground": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[^\\u0000]+$"},
        "until": {"type": "string", "format": "date-time"}
      },
      "required": ["ground"],
      "oneOf": [{"required": ["decision"]}, {"required": ["asset"]}, {"required": ["subject"]}]
    }
    }
    """#
}
