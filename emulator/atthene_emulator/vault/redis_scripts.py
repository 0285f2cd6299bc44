"""What Redis does in one step, as scripts in Lua. This module is those scripts; `redis.py` says what they are for.

The one key that a script is given is the vault's, `{prefix}`; the names of all others begin with it:

    {prefix}                      hash: format, seeds, secret, terms, and number, which counts namespaces that were added or removed
    {prefix}:node:<address>       the id of the emulator that is reached there; goes by itself when it is not renewed
    {prefix}:owner:<name>         hash of a namespace that is owned: node, address, claim, and how many writes were saved
    {prefix}:abouts               hash: `<number> <JSON>` by the names of namespaces
    {prefix}:key:<key>            sorted set: the names of namespaces that have a key, by their numbers
    {prefix}:tables:<name>        set: the tables that a namespace may have rows in
    {prefix}:rows:<table>:<name>  hash: `<place> <value>` by the keys of rows
    {prefix}:events               channel
"""

from hashlib import sha1
from typing import NamedTuple


class Script(NamedTuple):
    """A script, and the digest by which Redis knows it once it was loaded."""

    text: bytes
    digest: bytes


SCRIPTS: list[Script] = []  # that a connection loads


def _script(*parts: str) -> Script:
    text = "\n".join(parts).encode()
    script = Script(text, sha1(text, usedforsecurity=False).hexdigest().encode())
    SCRIPTS.append(script)
    return script


# ARGV[1] is the secret: without it, the vault that was opened is no longer there.
_HERE = """
local vault = KEYS[1]
if redis.call('HGET', vault, 'secret') ~= ARGV[1] then return redis.error_reply('EMPTIED of what was kept') end
local function rows(kind, name) return vault .. ':rows:' .. kind .. ':' .. name end
"""

# ARGV: secret, name, claim, writes that were saved by it before.
_OWNED = """
local name, record = ARGV[2], vault .. ':owner:' .. ARGV[2]
local held = redis.call('HMGET', record, 'claim', 'saved')
if held[1] ~= ARGV[3] or held[2] ~= ARGV[4] then return 0 end
"""

# Whether the first of two ids, `<emulator>.<number>`, is of the same emulator as the second and was made later.
_IS_LATER = """
local function is_later(one, other)
  local emulator, number = string.match(one or '', '^(%x+)%.(%d+)$')
  local same, before = string.match(other, '^(%x+)%.(%d+)$')
  return emulator ~= nil and emulator == same and tonumber(number) > tonumber(before)
end
"""

# From a place in ARGV on: how many tables were emptied, those, and table, key and value of each row; no value: it is gone.
_WRITE = """
local function write(name, at)
  local first, known = at + 1 + tonumber(ARGV[at]), {}
  for i = at + 1, first - 1 do redis.call('UNLINK', rows(ARGV[i], name)) end
  for i = first, #ARGV, 3 do
    local kind = ARGV[i]
    if not known[kind] then
      known[kind] = rows(kind, name)
      redis.call('SADD', vault .. ':tables:' .. name, kind)
    end
    if ARGV[i + 2] == '' then
      redis.call('HDEL', known[kind], ARGV[i + 1])
    else
      redis.call('HSET', known[kind], ARGV[i + 1], ARGV[i + 2])
    end
  end
end
"""

_FOLLOWERS = "return {1, redis.call('PUBSUB', 'NUMSUB', vault .. ':events')[2]}"
_DONE = "return 1 + redis.call('PUBSUB', 'NUMSUB', vault .. ':events')[2]"

# ARGV: format, seeds, secret. What the vault says of them; an empty list where something else is in its place.
OPEN = _script("""
local kind = redis.call('TYPE', KEYS[1]).ok
if kind == 'none' and redis.call('EXISTS', KEYS[1] .. ':abouts') == 0 then
  redis.call('HSET', KEYS[1], 'format', ARGV[1], 'seeds', ARGV[2], 'secret', ARGV[3])
elseif kind ~= 'hash' then
  return {}
end
return redis.call('HMGET', KEYS[1], 'format', 'seeds', 'secret')
""")

# ARGV: secret, address, node, milliseconds, terms. 1, and how many follow the events; the terms of those who live, if others.
JOIN = _script(
    _HERE,
    _IS_LATER,
    """
local terms = redis.call('HGET', vault, 'terms')
if terms ~= ARGV[5] then
  if #redis.call('KEYS', vault .. ':node:*') > 0 then return terms or '' end
  redis.call('HSET', vault, 'terms', ARGV[5])
end
local node = vault .. ':node:' .. ARGV[2]
if not is_later(redis.call('GET', node), ARGV[3]) then redis.call('SET', node, ARGV[3], 'PX', ARGV[4]) end
""",
    _FOLLOWERS,
)

# ARGV: secret, address, node, milliseconds. 1, and how many follow the events; nothing where the time was over, the other node where the address is another's by now.
BEAT = _script(
    _HERE,
    """
local node = vault .. ':node:' .. ARGV[2]
local found = redis.call('GET', node)
if found ~= ARGV[3] then return found end
redis.call('PEXPIRE', node, ARGV[4])
""",
    _FOLLOWERS,
)

# ARGV: secret, address, node.
LEAVE = _script(
    _HERE,
    """
local node = vault .. ':node:' .. ARGV[2]
if redis.call('GET', node) == ARGV[3] then redis.call('DEL', node) end
""",
)

# ARGV: secret, name, address, node, claim. The address of who owns it, if somebody else does and lives. It changes nothing if it
# comes after a later claim of the same emulator, which then waits for it no longer.
CLAIM = _script(
    _HERE,
    _IS_LATER,
    """
local record = vault .. ':owner:' .. ARGV[2]
local held = redis.call('HMGET', record, 'node', 'address', 'claim')
if is_later(held[3], ARGV[5]) then return false end
if held[1] and held[1] ~= ARGV[4] and redis.call('GET', vault .. ':node:' .. held[2]) == held[1] then return held[2] end
redis.call('HSET', record, 'node', ARGV[4], 'address', ARGV[3], 'claim', ARGV[5], 'saved', '0')
return false
""",
)

# As _OWNED. 0 if it is owned no longer, else 1, and how many follow the events besides where something was written.
RELEASE = _script(_HERE, _OWNED, "return redis.call('DEL', record)")

# As _OWNED, and behind it as _WRITE.
SAVE = _script(
    _HERE,
    _OWNED,
    _WRITE,
    """
write(name, 5)
redis.call('HINCRBY', record, 'saved', 1)
""",
    _DONE,
)

# As _OWNED, and behind it the namespace's keys.
REMOVE = _script(
    _HERE,
    _OWNED,
    """
for _, kind in ipairs(redis.call('SMEMBERS', vault .. ':tables:' .. name)) do redis.call('UNLINK', rows(kind, name)) end
redis.call('DEL', record, vault .. ':tables:' .. name)
redis.call('HDEL', vault .. ':abouts', name)
redis.call('HINCRBY', vault, 'number', 1)
for i = 5, #ARGV do redis.call('ZREM', vault .. ':key:' .. ARGV[i], name) end
""",
    _DONE,
)

# ARGV: secret, name, number, JSON, how many keys, those, and behind them as _WRITE. 1, or 0 if the name is there, or nothing where
# a namespace was added or removed since the number was asked for: what comes late brings none back.
ADD = _script(
    _HERE,
    _WRITE,
    """
local name, first = ARGV[2], 6 + tonumber(ARGV[5])
if (redis.call('HGET', vault, 'number') or '0') ~= ARGV[3] then return false end
if redis.call('HEXISTS', vault .. ':abouts', name) == 1 then return 0 end
local number = redis.call('HINCRBY', vault, 'number', 1)
redis.call('HSET', vault .. ':abouts', name, number .. ' ' .. ARGV[4])
for i = 6, first - 1 do redis.call('ZADD', vault .. ':key:' .. ARGV[i], number, name) end
write(name, first)
return 1
""",
)

# ARGV: secret, name. Tables and their fields in turn.
LOAD = _script(
    _HERE,
    """
local found = {}
for _, kind in ipairs(redis.call('SMEMBERS', vault .. ':tables:' .. ARGV[2])) do
  local fields = redis.call('HGETALL', rows(kind, ARGV[2]))
  if #fields > 0 then
    found[#found + 1] = kind
    found[#found + 1] = fields
  end
end
return found
""",
)

# ARGV: secret; secret; secret and name; secret and key.
NUMBER = _script(_HERE, "return redis.call('HGET', vault, 'number') or '0'")
ALL = _script(_HERE, "return redis.call('HGETALL', vault .. ':abouts')")
FIND = _script(_HERE, "return redis.call('HGET', vault .. ':abouts', ARGV[2])")
HOLDER = _script(_HERE, "return redis.call('ZRANGE', vault .. ':key:' .. ARGV[2], 0, 0)")
