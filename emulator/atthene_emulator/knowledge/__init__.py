"""What knowledge bases do: text of files is cut into chunks, and looked up by its words. No embedding is imitated.

Nothing here knows of namespaces, configurations or HTTP.
"""
