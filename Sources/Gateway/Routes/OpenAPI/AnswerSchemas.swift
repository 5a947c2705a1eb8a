extension OpenAPIDocument {
  /// What answers carry.
  static let answers = #"""
    {
    "Error": {
      "type": "object",
      "properties": {
        "error": {
          "type": "object",
          "properties": {
            "message": {"type": "string"}, "type": {"type": "string"},
            "param": {"type": ["string", "null"]}, "code": {"type": ["string", "null"]},
            "moderation_details": {
              "type": "object",
              "properties": {
                "moderation_stage": {"enum": ["input", "output", "unknown"]},
                "categories": {"type": "array", "items": {"type": "string"}}
              },
              "required": ["moderation_stage", "categories"]
            }
          },
          "required": ["message", "type", "param", "code"]
        }
      },
      "required": ["error"]
    },
    "Video": {
      "type": "object",
      "properties": {
        "id": {"type": "string"}, "object": {"const": "video"}, "model": {"type": "string"},
        "status": {"enum": ["queued", "in_progress", "completed", "failed"]},
        "progress": {"type": "integer", "minimum": 0, "maximum": 100},
        "created_at": {"type": "integer"}, "completed_at": {"type": ["integer", "null"]},
        "expires_at": {"type": ["integer", "null"]}, "prompt": {"type": ["string", "null"]},
        "size": {"type": "string"}, "seconds": {"type": "string"},
        "remixed_from_video_id": {"type": ["string", "null"]},
        "error": {
          "oneOf": [
            {"type": "null"},
            {
              "type": "object",
              "properties": {"code": {"type": "string"}, "message": {"type": "string"}},
              "required": ["code", "message"]
            }
          ]
        }
      },
      "required": [
        "id",
        "object",
        "model",
        "status",
        "progress",
        "created_at",
        "completed_at",
        "expires_at",
        "prompt",
        "size",
        "seconds",
        "remixed_from_video_id",
        "error"
      ]
    },
    "List": {
      "type": "object",
      "properties": {
        "object": {"const": "list"}, "data": {"type": "array"},
        "first_id": {"type": ["string", "null"]}, "last_id": {"type": ["string", "null"]},
        "has_more": {"type": "boolean"}
      },
      "required": ["object", "data", "first_id", "last_id", "has_more"]
    },
    "Image": {
      "type": "object",
      "properties": {
        "created": {"type": "integer"}, "background": {"type": "string"},
        "output_format": {"type": "string"}, "quality": {"type": "string"},
        "size": {"type": "string"},
        "data": {
          "type": "array",
          "items": {
            "type": "object",
            "properties": {"b64_json": {"type": "string"}, "url": {"type": "string"}},
            "required": []
          }
        },
        "usage": {"type": "object"}
      },
      "required": ["created", "background", "output_format", "quality", "size", "data", "usage"]
    },
    "ProvenanceCheck": {
      "type": "object",
      "properties": {
        "object": {"const": "content_provenance_check"}, "created_at": {"type": "integer"},
        "results": {
          "type": "array",
          "items": {
            "type": "object",
            "properties": {"type": {"type": "string"}, "outcome": {"enum": ["detected", "not_detected"]}},
            "required": ["type", "outcome"]
          }
        }
      },
      "required": ["object", "created_at", "results"]
    },
    "Deleted": {
      "type": "object",
      "properties": {"id": {"type": "string"}, "object": {"type": "string"}, "deleted": {"const": true}},
      "required": ["id", "object", "deleted"]
    },
    "Review": {
      "type": "object",
      "properties": {
        "id": {"type": "string"}, "object": {"const": "review"},
        "status": {"enum": ["waiting", "decided"]}, "state": {"type": "string"},
        "stopped_at": {"type": ["string", "null"]}, "prompt": {"type": "string"}
      },
      "required": ["id", "object", "status", "state", "stopped_at", "prompt"]
    },
    "SafetyCase": {
      "type": "object",
      "properties": {
        "id": {"type": "string"}, "object": {"const": "safety.case"},
        "created_at": {"type": "integer"}, "entity_identifier": {"type": "string"},
        "notice": {
          "type": "object", "properties": {"type": {"enum": ["warning", "deactivation"]}},
          "required": ["type"]
        },
        "reason": {"type": "string"}
      },
      "required": ["id", "object", "created_at", "entity_identifier", "notice", "reason"]
    },
    "WebhookEndpoint": {
      "type": "object",
      "properties": {
        "id": {"type": "string"}, "object": {"const": "webhook_endpoint"},
        "created_at": {"type": "integer"}, "url": {"type": "string"},
        "name": {"type": ["string", "null"]},
        "events": {"type": "array", "items": {"type": "string"}},
        "signing_secret_hint": {"type": "string"}, "signing_secret": {"type": "string"}
      },
      "required": ["id", "object", "created_at", "url", "events", "signing_secret_hint"]
    },
    "Character": {
      "type": "object",
      "properties": {"id": {"type": "string"}, "created_at": {"type": "integer"}, "name": {"type": "string"}},
      "required": ["id", "created_at", "name"]
    },
    "Consent": {
      "type": "object",
      "properties": {
        "id": {"type": "string"}, "object": {"const": "consent"},
        "status": {"enum": ["active", "revoked", "expired"]}, "person": {"type": "string"},
        "covers": {"type": "array", "items": {"type": "string"}}, "purpose": {"type": "string"},
        "attestation": {"type": "string"}, "end_user": {"type": ["string", "null"]},
        "created_at": {"type": "integer"}, "expires_at": {"type": "integer"},
        "revoked_at": {"type": ["integer", "null"]}
      },
      "required": [
        "id",
        "object",
        "status",
        "person",
        "covers",
        "attestation",
        "created_at",
        "expires_at",
        "revoked_at"
      ]
    },
    "Text": {"type": "string"},
    "Event": {
      "type": "object", "properties": {"event": {"type": "string"}, "data": {"type": "string"}},
      "required": ["data"]
    },
    "Object": {"type": "object"},
    "Appeal": {
      "type": "object",
      "properties": {
        "id": {"type": "string"}, "object": {"type": "string"}, "status": {"type": "string"},
        "created_at": {"type": "integer"}
      },
      "required": ["id", "object", "status", "created_at"]
    },
    "Transcript": {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]},
    "Moderation": {
      "type": "object",
      "properties": {"id": {"type": "string"}, "model": {"type": "string"}, "results": {"type": "array"}},
      "required": ["id", "model", "results"]
    },
    "Report": {
      "type": "object",
      "properties": {
        "id": {"type": "string"}, "object": {"type": "string"},
        "created_at": {"type": "integer"}
      },
      "required": ["id", "object", "created_at"]
    },
    "WebhookTest": {
      "type": "object",
      "properties": {"object": {"type": "string"}, "event_id": {"type": "string"}},
      "required": ["object", "event_id"]
    },
    "Matches": {
      "type": "object",
      "properties": {
        "matches": {
          "type": "array",
          "items": {
            "type": "object",
            "properties": {
              "manifestId": {"type": "string"}, "endpoint": {"type": "string"},
              "similarityScore": {"type": "integer", "minimum": 0, "maximum": 100}
            },
            "required": ["manifestId"]
          }
        }
      },
      "required": ["matches"]
    },
    "Algorithms": {
      "type": "object",
      "properties": {"watermarks": {"type": "array"}, "fingerprints": {"type": "array"}},
      "required": ["watermarks", "fingerprints"]
    },
    "Health": {"type": "object", "properties": {"status": {"type": "string"}}, "required": ["status"]},
    "Readiness": {
      "type": "object",
      "properties": {"status": {"type": "string"}, "checks": {"type": "object"}},
      "required": ["status", "checks"]
    },
    "AuditList": {
      "type": "object", "properties": {"object": {"const": "list"}, "data": {"type": "array"}},
      "required": ["object", "data"]
    },
    "Proof": {
      "type": "object",
      "properties": {
        "index": {"type": "integer"}, "entry": {"type": "string"}, "proof": {"type": "string"},
        "vkey": {"type": "string"}
      },
      "required": ["index", "entry", "proof", "vkey"]
    },
    "HoldEntry": {
      "type": "object", "properties": {"id": {"type": "string"}, "index": {"type": "integer"}},
      "required": ["id", "index"]
    }
    }
    """#
}
