"""A server for each module, one with a clock that stands and one with a clock that runs; sessions for whatever sockets do."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from atthene_emulator.server import EmulatorServer
from tests.conftest import Api

SEED = """\
clock: {mode: CLOCK, now: 2025-01-15T10:30:00Z}
accounts:
  - id: user_123
    company: company_456
    api_keys:
      - test-key
      - {key: expiring-key, expires_at: 2025-01-15T11:00:00Z}
      - {key: forbidden-key, permissions: []}
  - {id: user_789, company: company_999, api_keys: [other-key]}
agents:
  - id: 11111111-1111-4111-8111-111111111111
    owner: user_123
    is_public: true
    origin_url: https://shop.example
    system_config: {name: Shop, agent_type: llm_agent}
  - id: 22222222-2222-4222-8222-222222222222
    owner: user_123
    origin_url: https://shop.example
    system_config: {name: Private, agent_type: llm_agent}
sessions:
  - {id: plain, owner: user_123, config: {name: Plain, agent_type: llm_agent}}
  - {id: plain-2, owner: user_123, config: {name: Plain, agent_type: llm_agent}}
  - {id: foreign, owner: user_789, config: {name: Plain, agent_type: llm_agent}}
  - {id: shop, owner: user_123, agent_key: shop}
  - id: wanting
    owner: user_123
    config:
      name: Wanting
      agent_type: llm_agent
      variables:
        x: {type: str}
        score: {type: float, default: 1.0}
  - id: tools
    owner: user_123
    config:
      name: Tools
      entry_point: assistant
      agents:
        - name: assistant
          agent_type: react_agent
          max_iterations: 9
          tools:
            - calculator
            - {name: mail_send_email, tool_type: mail_send_email, hitl_config: {confirmation_prompt: Send this email?}}
            - {name: mail_delete_email, tool_type: mail_delete_email}
            - {name: crm_update_contact, tool_type: crm_update_contact, hitl_config: {requires_human_approval: true}}
            - {name: pay_invoice, tool_type: pay_invoice, hitl_config: {mandate_human_approval: true}}
            - {name: silent_mail, tool_type: mail_send_email, hitl_config: {disable_human_approval: true}}
            - {name: book_room, tool_type: book_room}
            - {name: erase_disk, tool_type: erase_disk}
tools:
  book_room:
    hitl_requirement: default_on
    schema:
      type: object
      required: [room]
      properties: {room: {type: string}, seats: {type: integer}}
      additionalProperties: false
  erase_disk: {hitl_requirement: mandatory}
scripts:
  - {name: hello, when: {content: hello}, then: {reply: Hello there.}}
  - {name: held, when: {content: hold}, then: {reply: One two three., stream: {gate: door, after: 1}}}
  - {name: waits, when: {content: wait}, then: {reply: At last., gate: door}}
  - {name: fails, when: {content: fail}, then: {error: {type: tool_error, message: The tool broke}}}
  - {name: times-out, when: {content: timeout}, then: {timeout: true}}
  - name: mail
    when: {content: mail}
    then:
      tool_calls: [{name: mail_send_email, arguments: {to: ada@example.com, urgent: false}, result: {sent: true}}]
      reply: It is sent.
"""


def served(folder: Path, clock: str) -> EmulatorServer:
    """A server of the seed."""
    seed = folder / "seed.yaml"
    seed.write_text(SEED.replace("CLOCK", clock))
    return EmulatorServer(seeds=(str(seed),))


@pytest.fixture(scope="module")
def frozen_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmulatorServer]:
    """A server whose clock stands."""
    with served(tmp_path_factory.mktemp("frozen"), "frozen") as server:
        yield server


@pytest.fixture(scope="module")
def running_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmulatorServer]:
    """A server whose clock runs."""
    with served(tmp_path_factory.mktemp("running"), "running") as server:
        yield server


def _at_its_beginning(server: EmulatorServer) -> Api:
    client = Api(server)
    client.control("POST", "/reset")
    client.control("POST", "/reset?scope=journal,snapshots,coverage")
    return client


@pytest.fixture
def frozen(frozen_server: EmulatorServer) -> Api:
    """A client of an emulator whose clock stands at 2025-01-15T10:30:00Z."""
    return _at_its_beginning(frozen_server)


@pytest.fixture
def running(running_server: EmulatorServer) -> Api:
    """A client of an emulator whose clock runs."""
    return _at_its_beginning(running_server)
