"""What is made of a name: the key of an agent (D14), the dataset of a knowledge base. This module is that rule."""

import re
import unicodedata
from hashlib import sha256


def agent_key(name: str) -> str:
    """`Customer Support Agent` gives `customer_support_agent`.

    A name without Latin letters or digits gives `agent_` and six digits of its hash (D45).
    """
    return _slug(name, "agent")


def dataset_name(name: str) -> str:
    """The same of a knowledge base, which is `dataset_` without Latin letters [inferred: knowledge-bases/create@G2]."""
    return _slug(name, "dataset")


def _slug(name: str, kind: str) -> str:
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "_", ascii_name.lower()).strip("_")
    return slug or f"{kind}_{sha256(name.encode()).hexdigest()[:6]}"
