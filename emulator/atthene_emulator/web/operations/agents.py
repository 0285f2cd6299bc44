"""Operations of agents. This module is their rows."""

from atthene_emulator.configuration.schema import Schema
from atthene_emulator.errors import AlreadyExists, NotFound
from atthene_emulator.evidence.levels import documented
from atthene_emulator.web.operation import CONFIGURATION, Operation
from atthene_emulator.web.operations.vocabulary import CONFIGURED, CREATED, FLAT, KEY, NO_CONTENT, OK

_GIVES = ("agent_id", "$response.body#/id")

AGENTS: tuple[Operation, ...] = (
    Operation(
        "agents.list", "GET", "/agent/", "List the agents that the account has access to, oldest first",
        "api.agents:list_agents", 200, OK, documented("agents/list@G1"), "responses/agent-list",
        operation_id="listAgents", errors=KEY,
    ),
    Operation(
        "agents.create", "POST", "/agent/", "Create an agent from a configuration",
        "api.agents:create_agent", 201, CREATED, documented("agents/create@G1"), "responses/agent",
        operation_id="createAgent",
        waits=True, body=Schema("requests/agent-create"), errors=(*KEY, *CONFIGURED, AlreadyExists),
        example={"system_config": FLAT}, gives=_GIVES,
    ),
    Operation(
        "agents.validate", "POST", "/agent/validate/", "Check a configuration without keeping it",
        "api.agents:validate", 200, OK, documented("agents/validate@G1"), "responses/validation",
        operation_id="validateConfiguration", waits=True, body=CONFIGURATION, errors=(*KEY, *CONFIGURED),
        example=FLAT,
    ),
    Operation(
        "agents.get", "GET", "/agent/{agent_id}/", "Get an agent by id or key",
        "api.agents:get_agent", 200, OK, documented("agents/get@G1"), "responses/agent",
        operation_id="getAgent", errors=(*KEY, NotFound),
        gives=_GIVES,
    ),
    Operation(
        "agents.update", "PATCH", "/agent/{agent_id}/", "Merge a part into an agent's configuration",
        "api.agents:update_agent", 200, OK, documented("agents/update@G1"), "responses/agent",
        operation_id="updateAgent", body=Schema("requests/agent-update"), errors=(*KEY, *CONFIGURED, NotFound),
        example={"system_config": {"description": "Sells chairs, too.", "llm_config": {"temperature": 0.2}}},
    ),
    Operation(
        "agents.replace", "PUT", "/agent/{agent_id}/", "Replace an agent's configuration",
        "api.agents:replace_agent", 200, OK, documented("agents@G0"), "responses/agent",
        operation_id="replaceAgent", body=Schema("requests/agent-create"), errors=(*KEY, *CONFIGURED, NotFound),
        example={"system_config": FLAT},
    ),
    Operation(
        "agents.delete", "DELETE", "/agent/{agent_id}/", "Delete an agent with all its versions; its sessions stay",
        "api.agents:delete_agent", 204, NO_CONTENT, documented("agents/delete@G1"), None,
        operation_id="deleteAgent", errors=(*KEY, NotFound),
    ),
    Operation(
        "agents.current_version", "GET", "/agent/{agent_id}/versions/current/", "Get an agent's current version",
        "api.agents:get_current_version", 200, OK, documented("agents/current-version@G3"), "responses/agent-version",
        operation_id="getCurrentAgentVersion", errors=(*KEY, NotFound),
    ),
    Operation(
        "agents.import_yaml", "POST", "/agent/{agent_id}/import_yaml/", "Replace an agent's configuration by a YAML text",
        "api.agents:import_yaml", 200, OK, documented("agents/import-yaml@G3, agents@G0"), "responses/agent",
        operation_id="importAgentYaml",
        body=Schema("requests/agent-import"), yaml_body=CONFIGURATION, errors=(*KEY, *CONFIGURED, NotFound),
        example={"yaml_content": "name: My Updated Agent\narchitecture: llm_agent"}, yaml_example=FLAT,
    ),
    Operation(
        "agents.export_yaml", "GET", "/agent/{agent_id}/export_yaml/", "Get an agent's configuration as YAML",
        "api.agents:export_yaml", 200, OK, documented("agents@G0"), None,
        operation_id="exportAgentYaml", media="application/yaml",
        errors=(*KEY, NotFound),
    ),
)  # fmt: skip
