"""Create a session, talk, read what was said: with the client that openapi-generator has made of the document, and nothing else.

Run by test_openapi_generator.py, where the generated package is, with the address and the key of an emulator.
"""

import sys

from atthene_client import (
    AgentConfiguration,
    AgentsApi,
    ApiClient,
    Configuration,
    ConfigurationFlat,
    ConfigurationTool,
    Execute,
    ExecuteContent,
    RuntimeApi,
    SessionsApi,
)
from atthene_client.exceptions import NotFoundException

address, key, contract = sys.argv[1:]
with ApiClient(Configuration(host=address, api_key={"apiKey": key})) as client:
    client.set_default_header("X-Emulator-Contract", contract)
    agents, sessions, runtime = AgentsApi(client), SessionsApi(client), RuntimeApi(client)
    print(*(agent.agent_key for agent in agents.list_agents()))
    tools = [ConfigurationTool("calculator")]
    flat = ConfigurationFlat(name="Sales", agent_type="llm_agent", tools=tools)
    made = sessions.create_session(AgentConfiguration(flat))
    answered = runtime.execute(made.session_id, Execute(content=ExecuteContent("Hello"))).to_dict()
    print(answered["response"]["content"] if "response" in answered else answered["messages"][0]["content"])
    history = runtime.list_messages(made.session_id, limit=10)
    print(history.total, *(message.role for message in history.messages))
    print(runtime.get_session_status(made.session_id).health)
    try:
        sessions.get_session("session_none")
    except NotFoundException as error:
        print(error.status, error.data.error.type.value)
