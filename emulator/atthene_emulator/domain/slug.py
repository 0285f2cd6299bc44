"""The key of an agent, from its name (D14). This module is that rule."""

import re
import unicodedata
from hashlib import sha256


def agent_key(name: str) -> str:
    """`Customer Support Agent` gives `customer_support_agent`.

    A name without Latin letters or digits gives `agent_` and six digits of its hash (D45).
    """
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "_", ascii_name.lower()).strip("_")
    return slug or f"agent_{sha256(name.encode()).hexdigest()[:6]}"
