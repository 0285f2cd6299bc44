/** Configurations to begin with. */

/** `{name, title, text}`; the first is the one that is shown when nothing else was asked for. */
export const EXAMPLES = [
  {
    name: "one-agent",
    title: "one agent",
    text: `name: Haiku Poet
description: Answers everything in three lines.
agent_type: llm_agent
prompt_config:
  system_prompt: You answer in a haiku, whatever you are asked.
`,
  },
  {
    name: "condition",
    title: "a condition",
    text: `name: Help Desk
description: Sorts requests by how urgent they are.
architecture: workflow
entry_point: sorter
agents:
  - name: sorter
    agent_type: llm_agent
    description: Says whether a request is urgent.
    prompt_config:
      system_prompt: Is this urgent?
    structured_output:
      enabled: true
      schema:
        urgent: {type: bool, description: Act today?}
  - name: on_call
    agent_type: llm_agent
    description: Acts at once.
    prompt_config:
      system_prompt: Say what is done at once.
  - name: clerk
    agent_type: llm_agent
    description: Answers what can wait.
    prompt_config:
      system_prompt: Answer kindly and at length.
edges:
  - from: sorter
    condition_type: boolean
    condition: "{{ sorter.output.urgent }}"
    routing: {"yes": on_call, "no": clerk}
  - {from: on_call, to: END}
  - {from: clerk, to: END}
`,
  },
  {
    name: "supervisor",
    title: "a supervisor",
    text: `name: Travel Desk
description: A desk with a specialist for flights and one for hotels.
architecture: supervisor
entry_point: desk
variables:
  traveller:
    type: str
    default: you
    description: Who wants to travel.
agents:
  - name: desk
    agent_type: supervisor
    description: Asks the specialists and sums up.
    prompt_config:
      system_prompt: "Plan a journey for {{ variables.traveller }}."
    supervised_agents: [flights, hotels]
    return_to_supervisor: true
    max_handoffs: 5
  - name: flights
    agent_type: llm_agent
    description: Knows flights.
    prompt_config:
      system_prompt: Find a flight.
  - name: hotels
    agent_type: llm_agent
    description: Knows hotels.
    prompt_config:
      system_prompt: Find a room.
`,
  },
  {
    name: "approval",
    title: "tools with approval",
    text: `name: Mail Assistant
description: Looks things up, and sends e-mails once you agree.
agent_type: react_agent
prompt_config:
  system_prompt: Look up what is needed, write the e-mail, and send it.
tools:
  - wikipedia_search
  - name: mail_send_email
    tool_type: mail_send_email
    hitl_config:
      confirmation_prompt: Send this e-mail?
max_iterations: 5
`,
  },
];
