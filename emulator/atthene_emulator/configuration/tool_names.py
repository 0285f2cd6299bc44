"""The names of tools that the documentation knows, and which of them take settings. This module is that list.

Companies have toolkits of their own, so other names are not wrong (K08).
"""

from types import MappingProxyType

CONFIGURABLE = ("tavily_search", "tavily_extract", "google_search", "randomizer", "memory")
WITHOUT_OPTIONS = (
    "calculator",
    "wikipedia_search",
    "arxiv_search",
    "youtube_search",
    "python_repl",
    "schedule_agent_task",
    "manage_agent_tasks",
    "list_agents",
    "search_knowledge_bases",
)
NAMES = (*CONFIGURABLE, *WITHOUT_OPTIONS)
_PREFIXES = ("mail_", "outlook_", "teams_", "mcp__")
_TODAY = MappingProxyType({"wikipedia": "wikipedia_search", "web_search": "tavily_search"})
_OLD_PREFIX = "microsoft_outlook_"


def is_documented(name: str) -> bool:
    """Whether a page has the name, or a prefix of it that names a toolkit or a server of tools."""
    return name in NAMES or any(name.startswith(prefix) and name != prefix for prefix in _PREFIXES)


def name_today(name: str) -> str | None:
    """How a tool is called that older pages call by another name."""
    return f"outlook_{name.removeprefix(_OLD_PREFIX)}" if name.startswith(_OLD_PREFIX) else _TODAY.get(name)
