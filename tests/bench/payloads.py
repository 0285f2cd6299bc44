"""What is sent and answered in the benchmarks: a 2 KB configuration, and answers of the size that the emulator gives."""

from typing import Any

CONFIGURATION: dict[str, Any] = {
    "name": "Benchmark Agent",
    "description": "A configuration of about two kilobytes",
    "agents": [
        {
            "name": f"agent_{number}",
            "agent_type": "llm_agent",
            "description": "Answers questions of customers about their orders and invoices",
            "prompt_config": {"system_prompt": "You are a helpful agent. Be short, friendly and exact. " * 8},
            "llm_config": {"model": "gpt-4o", "temperature": 0.7},
            "streaming_config": {"show_output_to_user": number == 0},
        }
        for number in range(3)
    ],
    "edges": [
        {"from": "agent_0", "to": "agent_1"},
        {"from": "agent_1", "to": "agent_2"},
        {"from": "agent_2", "to": "END"},
    ],
    "entry_point": "agent_0",
}
FLAT: dict[str, Any] = {
    "name": "Benchmark Agent",
    "agent_type": "llm_agent",
    "system_prompt": "You are a helpful agent. Be short, friendly and exact. " * 34,
    "llm_config": {"model": "gpt-4o", "temperature": 0.7},
}
MESSAGE = {"content": "hello there"}

_HASH = "object:" + "a" * 64 + ":u:anon"
_ID = "0f7a2a54-9d1e-4a0b-8f5e-3f1c9b1d2e3f"
CREATED = {"success": True, "session_id": _ID, "config_hash": _HASH}
SESSION = {
    "session_id": _ID,
    "config_hash": _HASH,
    "created_at": "2025-01-15T10:30:00Z",
    "status": "active",
    "agent_config": FLAT,
}
EXECUTED = {
    "id": _ID,
    "object": "agent.session",
    "status": "completed",
    "created_at": 1704067200,
    "completed_at": 1704067215,
    "config": {},
    "messages": [
        {
            "id": "msg_def456def456",
            "role": "assistant",
            "content": "Hello! How can I help you today?",
            "created_at": 1704067210,
        }
    ],
    "execution_time": 15,
    "metadata": {
        "correlation_id": None,
        "event_count": 3,
        "execution_id": "exec_789789789789",
        "usage": {"input_tokens": 125, "output_tokens": 42},
    },
}
UPLOADED = {
    "id": "file_123456789abc",
    "original_filename": "large.bin",
    "file_type": "other",
    "size_bytes": 52428800,
    "status": "uploading",
    "tags": ["large"],
    "created_at": "2025-01-15T10:30:00Z",
}

# What a turn sends over a socket, and what asks for it.
PIECES = 50
STREAMED = {
    "name": "fifty-pieces",
    "when": {"content": "Fifty pieces"},
    "then": {"reply": " ".join(["settings"] * PIECES)},
}
USER_MESSAGE = {"type": "user_message", "client_type": "api", "content": "Fifty pieces"}
PIECE = {
    "type": "event",
    "client_type": "backend",
    "message_id": "1736937000000-12",
    "prev_message_id": "1736937000000-11",
    "payload": {
        "type": "TextMessageContent",
        "messageId": "msg_def456def456",
        "run_id": "run_1",
        "delta": " settings",
        "timestamp": "2025-01-15T10:30:00.123456+00:00",
    },
}
RESULT = {"type": "execution_result", "client_type": "backend", **EXECUTED}
